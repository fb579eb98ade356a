// Section by section, in the order in which the analysis ran.
// SPDX-License-Identifier: MIT
#include "tools/cli/explanation.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/cli/number_text.hpp"
#include "tools/cli/reason_words.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/terminal.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using boost::json::value;

std::string number_text(double number, int decimals) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
    return text.data();
}

const value* at(const value* object, std::string_view name) {
    const value* found = object == nullptr ? nullptr : member(*object, name);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string words_of(const value* object, std::string_view name) {
    const value* found = at(object, name);
    return found != nullptr && found->is_string() ? printable(found->get_string()) : std::string();
}

double number_of(const value* object, std::string_view name) {
    const value* found = at(object, name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : std::nan("");
}

std::string decimal(const value* object, std::string_view name, int decimals) {
    const double number = number_of(object, name);
    return std::isnan(number) ? "unknown" : number_text(number, decimals);
}

std::string percent(const value* object, std::string_view name) {
    const double number = number_of(object, name);
    return std::isnan(number) ? "unknown" : percent_text(number);
}

const boost::json::array* list_of(const value* object, std::string_view name) {
    const value* found = at(object, name);
    return found != nullptr && found->is_array() ? &found->get_array() : nullptr;
}

class Explanation {
  public:
    Explanation(const value& line, const ExplanationStyle& style)
        : line_(line),
          result_(at(&line, "result")),
          currency_(words_of(at(result_, "price"), "currency")),
          style_(style),
          width_(static_cast<std::size_t>(std::clamp(style.columns, 40, 120))) {}

    std::string text() {
        head();
        if (result_ == nullptr) {
            failure();
            return std::move(out_);
        }
        verdict();
        identity();
        duplicates();
        price();
        demand();
        channels();
        sale();
        cautions();
        provenance();
        return std::move(out_);
    }

  private:
    void put(const std::string& text) { out_ += text + "\n"; }

    // `text` wrapped, its first line behind `first`, the others as far in.
    void paragraph(const std::string& first, std::string_view text) {
        const std::size_t indent = display_width(first);
        std::string row = first;
        bool fresh = true;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find(' '), text.size());
            const std::string_view word = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (!fresh && display_width(row) + 1 + display_width(word) > width_) {
                put(row);
                row = std::string(indent, ' ');
                fresh = true;
            }
            row.append(fresh ? "" : " ").append(word);
            fresh = false;
        }
        put(row);
    }
    void say(const std::string& text) { paragraph("  ", text); }
    void section(const std::string& name) { put("\n" + inked(Ink::bold, name, style_.colour)); }

    std::string money(const value* object, std::string_view name) const {
        const value* found = at(object, name);
        if (found == nullptr || !found->is_int64()) return "unknown";
        return amount_text(found->get_int64(), currency_);
    }

    // What the result itself gives as reasons for a stage.
    void because(std::string_view stage) {
        const auto* evidence = list_of(result_, "evidence");
        if (evidence == nullptr) return;
        for (const value& entry : *evidence) {
            if (words_of(&entry, "stage") != stage) continue;
            std::string text = words_of(&entry, "source") + ", " + words_of(&entry, "rule");
            const std::string detail = words_of(&entry, "detail");
            if (!detail.empty()) text += ": " + detail;
            paragraph("  - ", text);
        }
    }

    void head() {
        const value* data = at(&line_, "product_data");
        const std::string title = words_of(data, "title");
        std::string name = words_of(&line_, "product_id");
        if (!title.empty()) name += "  " + title;
        put(inked(Ink::bold, cut_to(name, width_), style_.colour));
    }

    void failure() {
        const value* error = at(&line_, "error");
        if (error == nullptr) {
            say("There is no result: the product is " + words_of(&line_, "status") + ".");
            return;
        }
        std::string text = "Not analysed. ";
        const std::string field = words_of(error, "field");
        if (!field.empty()) text += field + ": ";
        text += words_of(error, "message") + " (" + words_of(error, "code") + ", at the stage " +
                words_of(error, "stage") + ").";
        say(text);
    }

    void verdict() {
        const value* verdict = at(result_, "verdict");
        if (verdict == nullptr) return;
        const std::string decision = words_of(verdict, "decision");
        section("Verdict: " + decision_words(decision) + ", score " + decimal(verdict, "score", 0) +
                " of 100");
        if (const auto* reasons = list_of(verdict, "reasons")) {
            for (const value& reason : *reasons) {
                if (!reason.is_string()) continue;
                const std::string code = printable(reason.get_string());
                const ReasonWords words = reason_words(code);
                const std::string mark = inked(words.ink, words.mark, style_.colour);
                put("  " + mark + " " + pad_right(code, 24) + " " + std::string(words.sentence));
            }
        }
        because("verdict");
        const std::string missing = joined_member(*verdict, "missing");
        if (!missing.empty()) say("It would know more with: " + missing + ".");
    }

    void identity() {
        const value* identity = at(result_, "identity");
        if (identity == nullptr) return;
        section("What it is");
        std::string codes;
        for (const char* name : {"gtin14", "isbn13", "asin", "imei"}) {
            const std::string code = words_of(identity, name);
            if (code.empty()) continue;
            codes += (codes.empty() ? "" : ", ") + std::string(name) + " " + code;
        }
        const std::string issuer = words_of(identity, "issuer");
        if (!codes.empty())
            say(codes + (issuer.empty() ? "" : ", issued by " + issuer) + ".");
        else
            say("No valid identifier: brand, model and title have to do.");
        const value* attributes = at(result_, "attributes");
        const std::string condition = words_of(attributes, "condition");
        if (!condition.empty())
            say("Condition " + condition + ", " + decimal(attributes, "lot_qty", 0) +
                " piece(s) a unit.");
        because("identity");
        because("attributes");
    }

    void duplicates() {
        const value* duplicates = at(result_, "duplicates");
        const std::string role = words_of(duplicates, "role");
        if (role.empty() || role == "unique") return;
        section("Copies in the batch");
        if (role == "canonical")
            say("The best row of its group " + words_of(duplicates, "group") + ".");
        else
            say("A copy of " + words_of(duplicates, "of") + " (group " +
                words_of(duplicates, "group") + ", likeness " + decimal(duplicates, "score", 2) +
                ").");
        because("duplicates");
    }

    void price() {
        const value* price = at(result_, "price");
        if (price == nullptr) return;
        section("Price");
        const std::string basis = words_of(price, "basis");
        if (at(price, "p50") == nullptr) {
            say("None: " + basis_words(basis) + ".");
        } else {
            say(money(price, "p50") + ", from " + basis_words(basis) + ". Four of five sales are " +
                "expected between " + money(price, "p10") + " and " + money(price, "p90") + ".");
            say(decimal(price, "n_used", 0) + " of " + decimal(price, "n", 0) +
                " comparables were used; by age and likeness they weigh as much as " +
                decimal(price, "n_eff", 1) + ". Their spread (standard deviation of logs) is " +
                decimal(price, "log_sd", 2) + ".");
        }
        interval(price);
        if (const auto* outliers = list_of(price, "outliers"); outliers && !outliers->empty())
            say(grouped(static_cast<std::int64_t>(outliers->size())) +
                " comparable(s) were set aside as outliers.");
        const std::string trend = words_of(price, "trend");
        if (!trend.empty()) say("The trend is " + trend + ".");
        say("Confidence " + decimal(price, "confidence", 0) + " of 100, level " +
            words_of(price, "level") + ".");
        because("price");
    }

    void interval(const value* price) {
        const auto* ci = list_of(price, "ci");
        if (ci == nullptr || ci->size() != 2 || !(*ci)[0].is_int64() || !(*ci)[1].is_int64())
            return;
        say("The middle of the market lies between " +
            amount_text((*ci)[0].get_int64(), currency_) + " and " +
            amount_text((*ci)[1].get_int64(), currency_) + " with a certainty of " +
            percent(price, "ci_coverage") + ".");
    }

    void demand() {
        const value* demand = at(result_, "demand");
        if (demand == nullptr) return;
        section("Demand");
        if (words_of(demand, "basis") == "none") {
            say("Unknown: nothing says how often it sells.");
        } else {
            say(decimal(demand, "units_per_day", 3) + " units a day are sold, by " +
                words_of(demand, "basis") + ". Yours sells within 30 days with " +
                percent(demand, "p_sold_30") + ", within 90 days with " +
                percent(demand, "p_sold_90") + "; expected after " +
                decimal(demand, "days_expected", 1) + " days.");
            if (quantity() > 1)
                say("Of all " + grouped(quantity()) + " units " + percent(demand, "sold_share") +
                    " are expected to be sold within the horizon; the other figures are those of "
                    "the first.");
        }
        because("demand");
    }

    // The best channel's amounts, as a bill whose sums can be followed.
    void sale() {
        const value* best = best_channel();
        if (best == nullptr) return;
        section("The sale on " + words_of(best, "channel"));
        std::vector<std::vector<std::string>> rows{{"", ""}};
        const auto line = [&](const std::string& name, const std::string& amount) {
            rows.push_back({"  " + name, amount});
        };
        line("price", money(best, "list_price"));
        if (const auto* fees = list_of(best, "fees")) {
            for (const value& fee : *fees)
                line("- " + words_of(&fee, "code"), money(&fee, "amount"));
        }
        line("- shipping", money(best, "shipping"));
        line("- VAT", money(best, "vat"));
        line("= net proceeds", money(best, "net_proceeds"));
        if (at(best, "profit_at_list") != nullptr) {
            line("- landed cost", money(best, "landed_cost"));
            line("- storage", money(best, "storage"));
            line("= profit at that price", money(best, "profit_at_list"));
        }
        const std::string bill = aligned(rows, {0, {}, {1}});
        out_ += bill.substr(bill.find('\n') + 1);
        if (at(best, "profit_expected") != nullptr) expectation(best);
        if (at(best, "break_even") != nullptr)
            say("It breaks even at " + money(best, "break_even") +
                ", and returns what is asked from " + money(best, "min_roi_price") + ".");
        if (at(best, "max_buy_cost") != nullptr)
            say("Pay at most " + money(best, "max_buy_cost") + ".");
        because("profit");
    }

    // What the sale leaves on average, beside what single sales do.
    void expectation(const value* best) {
        std::string text = "Expected profit " + money(best, "profit_expected") + " (" +
                           percent(best, "roi_expected") + " of the cost)";
        if (quantity() > 1) text += " for each of " + grouped(quantity()) + " units, sold or not";
        if (at(at(&line_, "product_data"), "target_price") != nullptr)
            text += "; a sale is taken to be one at your list price";
        else
            text += "; nine of ten sales leave at least " + money(best, "profit_p10") +
                    ", one of ten more than " + money(best, "profit_p90");
        say(text + ". Chance that a sale loses: " + percent(best, "p_loss") + ".");
    }

    std::int64_t quantity() const {
        const value* found = at(at(&line_, "product_data"), "quantity");
        return found != nullptr && found->is_int64() ? found->get_int64() : 1;
    }

    const value* best_channel() const {
        const std::string name = words_of(result_, "best_channel");
        const auto* channels = list_of(result_, "channels");
        if (channels == nullptr || name.empty()) return nullptr;
        for (const value& channel : *channels) {
            if (words_of(&channel, "channel") == name) return &channel;
        }
        return nullptr;
    }

    void channels() {
        const auto* channels = list_of(result_, "channels");
        if (channels == nullptr) return;
        section("Channels");
        if (channels->empty()) {
            say("None: without a price there is nothing to compare.");
        } else {
            std::vector<std::vector<std::string>> rows{
                {"  CHANNEL", "PRICE", "FEES", "SHIPPING", "NET", "PROFIT", "ROI"}};
            for (const value& channel : *channels) {
                rows.push_back({"  " + words_of(&channel, "channel"), bare(channel, "list_price"),
                                bare(channel, "fees_total"), bare(channel, "shipping"),
                                bare(channel, "net_proceeds"), bare(channel, "profit_expected"),
                                at(&channel, "roi_expected") == nullptr
                                    ? "-"
                                    : percent(&channel, "roi_expected")});
            }
            out_ += aligned(rows, {width_, {0}, {1, 2, 3, 4, 5, 6}});
        }
        because("fees");
    }

    // An amount without its currency, for tables.
    std::string bare(const value& channel, std::string_view name) const {
        const value* found = at(&channel, name);
        if (found == nullptr || !found->is_int64()) return "-";
        const std::string text = amount_text(found->get_int64(), currency_);
        return text.substr(0, text.find(' '));
    }

    void cautions() {
        const auto* risks = list_of(result_, "risks");
        const value* listing = at(result_, "listing");
        if (risks != nullptr && !risks->empty()) {
            section("Risks");
            for (const value& risk : *risks)
                paragraph("  - ", words_of(&risk, "code") + ", " + words_of(&risk, "severity"));
            because("risk");
        }
        if (listing == nullptr) return;
        section("Listing, " + decimal(listing, "score", 0) + " of 100");
        if (const auto* defects = list_of(listing, "defects")) {
            for (const value& defect : *defects) {
                std::string text = words_of(&defect, "code");
                if (const std::string place = words_of(&defect, "at"); !place.empty())
                    text += ", on " + place;
                paragraph("  - ", text);
            }
        }
    }

    void provenance() {
        section("Computed");
        const std::string fees = words_of(result_, "fee_version");
        say("by Assay " + words_of(result_, "engine") + " as of " + words_of(result_, "as_of") +
            (fees.empty() ? ", with no fees" : " with the fees of " + fees) + "; input " +
            words_of(result_, "input_hash") + ".");
        because("intake");
    }

    const value& line_;
    const value* const result_;
    const std::string currency_;
    const ExplanationStyle style_;
    const std::size_t width_;
    std::string out_;
};

}  // namespace

std::string explanation(const boost::json::value& line, const ExplanationStyle& style) {
    return Explanation(line, style).text();
}

}  // namespace assay::tools
