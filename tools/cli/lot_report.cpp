// Writes the report section by section: worth, bid, verdicts, finds, lines, trust, next steps.
// SPDX-License-Identifier: MIT
#include "tools/cli/lot_report.hpp"

#include <algorithm>
#include <cmath>

#include "tools/cli/number_text.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {

namespace {

using namespace engine;

constexpr std::size_t finds_shown = 5;
constexpr std::size_t faults_shown = 5;
constexpr std::size_t columns_shown = 6;

// --- text --------------------------------------------------------------------------------------

// Made safe, and cut to `width` columns.
std::string shown(std::string_view text, std::size_t width) {
    return cut_to(printable(text), width);
}

// An estimate shows no more digits than it has: "586 EUR", and cents below ten.
std::string about(MinorUnits amount, const Currency& currency) {
    MinorUnits unit = 1;
    for (int digit = 0; digit < currency.exponent(); ++digit)
        unit *= 10;
    if (std::abs(amount) < 10 * unit) return amount_text(amount, currency);
    return grouped(divide_half_up(amount, unit)) + " " + std::string(currency.code());
}

std::string percent(double share) {
    const double value = 100 * share;
    const bool small = value < 9.95;
    std::string text = std::to_string(std::lround(value * (small ? 10 : 1)));
    if (small) {
        if (text.size() < 2) text.insert(0, 2 - text.size(), '0');
        text.insert(text.size() - 1, ".");
        if (text.ends_with(".0")) text.resize(text.size() - 2);
    }
    return text + " %";
}

std::string percent_of_rate(PartsPerMillion rate) {
    return percent(static_cast<double>(rate) / 1e6);
}

// "8 of 10" for .8, else "83 of 100".
std::string odds(double probability) {
    const double tenths = 10 * probability;
    if (std::abs(tenths - std::round(tenths)) < 1e-9) {
        return std::to_string(std::lround(tenths)) + " of 10";
    }
    return std::to_string(std::lround(100 * probability)) + " of 100";
}

// --- the report --------------------------------------------------------------------------------

class Report {
  public:
    Report(const LotReportInput& input, const LotReportStyle& style)
        : in_(input),
          analysis_(input.analysis),
          colour_(style.colour),
          width_(static_cast<std::size_t>(std::clamp(style.columns, 60, 100))) {}

    std::string text() {
        head();
        if (in_.lot != nullptr) {
            worth(*in_.lot);
            if (in_.lot->available) bid(*in_.lot);
        }
        verdicts();
        finds();
        if (in_.lot != nullptr && in_.lot->available) {
            lines("What carries it", in_.lot->carriers);
            lines("What drags it", in_.lot->draggers);
            pallets(*in_.lot);
        }
        if (in_.lot != nullptr) trust(*in_.lot);
        faults();
        next_steps();
        return std::move(out_);
    }

  private:
    std::string bold(const std::string& text) const {
        return colour_ ? "\x1b[1m" + text + "\x1b[0m" : text;
    }
    void line(const std::string& text) { out_ += text + "\n"; }
    void gap() { out_ += '\n'; }
    void heading(const std::string& text) {
        gap();
        line(bold(text));
    }
    // A paragraph, wrapped; `first` opens its first line, blanks of that width the others.
    void paragraph(const std::string& first, const std::string& text) {
        std::string current = first;
        bool fresh = true;
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t end = std::min(text.find(' ', at), text.size());
            const std::string word = text.substr(at, end - at);
            at = end + 1;
            if (!fresh && display_width(current) + 1 + display_width(word) > width_) {
                line(current);
                current = std::string(display_width(first), ' ');
                fresh = true;
            }
            current += (fresh ? "" : " ") + word;
            fresh = false;
        }
        line(current);
    }

    void head() {
        std::string facts = counted(analysis_.completed + analysis_.failed, "product", "products");
        if (in_.lot != nullptr && in_.lot->units > 0) {
            facts += ", " + counted(in_.lot->units, "unit", "units");
        }
        if (in_.lot != nullptr && in_.lot->retail > 0) {
            facts += ", " + amount_text(in_.lot->retail, in_.lot->currency) + " retail";
        }
        line(bold(shown(in_.name, width_)));
        line(facts);
    }

    void worth(const LotSummary& lot) {
        gap();
        if (!lot.available) {
            line(bold("What the lot is worth cannot be said yet."));
            for (const std::string& caveat : lot.caveats)
                paragraph("  ", caveat);
            return;
        }
        line(bold("Worth about " + about(lot.net_p50, lot.currency)) +
             " to you, after selling fees and postage.");
        paragraph("  ", "1 in 10 lots like this brings less than " +
                            about(lot.net_p10, lot.currency) + ", 1 in 10 more than " +
                            about(lot.net_p90, lot.currency) + ".");
    }

    void bid(const LotSummary& lot) {
        gap();
        std::string costs = "no freight or premium";
        if (lot.freight > 0 && lot.premium > 0) {
            costs = amount_text(lot.freight, lot.currency) + " freight and " +
                    percent_of_rate(lot.premium) + " premium";
        } else if (lot.freight > 0) {
            costs = amount_text(lot.freight, lot.currency) + " freight";
        } else if (lot.premium > 0) {
            costs = percent_of_rate(lot.premium) + " premium";
        }
        const std::string goal = "a return of " + percent_of_rate(lot.target_roi) + " or more in " +
                                 odds(lot.target_probability) + " cases";
        if (!lot.max_bid) {
            line(bold("Do not bid."));
            paragraph("  ", "With " + costs + " no bid leaves " + goal + ".");
        } else {
            line(bold("Bid at most " + about(*lot.max_bid, lot.currency)) +
                 (lot.max_bid_of_retail ? ", " + percent(*lot.max_bid_of_retail) + " of retail."
                                        : "."));
            paragraph("  ", "With " + costs + ", that leaves " + goal + ".");
        }
        outlook(lot);
    }

    void outlook(const LotSummary& lot) {
        if (lot.outlook.empty()) return;
        constexpr std::size_t bid_width = 14, odds_width = 18;
        gap();
        line("  " + pad_right("At a bid of", bid_width) + pad_left("you gain in", odds_width) +
             pad_left("gain " + percent_of_rate(lot.target_roi) + " in", odds_width));
        std::vector<BidOutlook> ascending = lot.outlook;
        std::sort(ascending.begin(), ascending.end(),
                  [](const BidOutlook& a, const BidOutlook& b) { return a.bid < b.bid; });
        for (const BidOutlook& one : ascending) {
            const bool yours = in_.terms.bid == one.bid;
            line("  " + pad_right(about(one.bid, lot.currency), bid_width) +
                 pad_left(odds_in_100(one.p_profit), odds_width) +
                 pad_left(odds_in_100(one.p_target), odds_width) + (yours ? "   <- your bid" : ""));
        }
    }
    static std::string odds_in_100(double probability) {
        return std::to_string(std::clamp(std::lround(100 * probability), 0L, 100L)) + " of 100";
    }

    void verdicts() {
        const auto unjudged =
            analysis_.by_decision[static_cast<std::size_t>(Decision::insufficient_data)];
        std::string text;
        for (std::size_t at = 0; at < decision_count; ++at) {
            const auto decision = static_cast<Decision>(at);
            if (analysis_.by_decision[at] == 0 || decision == Decision::insufficient_data) continue;
            if (!text.empty()) text += ", ";
            text += grouped(analysis_.by_decision[at]) + " " + std::string(to_string(decision));
        }
        if (analysis_.failed > 0) {
            text += (text.empty() ? "" : ", ") + grouped(analysis_.failed) + " failed";
        }
        if (text.empty() && unjudged == 0) return;
        heading("Verdicts");
        if (unjudged > 0) paragraph("  ", why_unjudged(unjudged));
        if (!text.empty()) paragraph("  ", text + ".");
        const std::int64_t copies = analysis_.duplicates.value_or(0);
        if (copies > 0) {
            paragraph("  ", counted(copies, "line lists", "lines list") +
                                " a product that another line has too.");
        }
    }
    // The verdict `insufficient_data` in words that say what is missing, not that something failed.
    std::string why_unjudged(std::int64_t lines) const {
        const bool no_costs = analysis_.cost.lines == 0;
        std::string text = counted(lines, "line", "lines") + " cannot be judged one by one: ";
        text += no_costs ? (lines == 1 ? "it does not name its cost" : "none names its cost")
                         : "too little is known of what " +
                               std::string(lines == 1 ? "it costs" : "they cost") + " or sell for";
        const bool has_lot = in_.lot != nullptr && in_.lot->available;
        return text + (has_lot ? "; the lot as a whole is judged above." : ".");
    }

    void finds() {
        std::vector<const ProductDigest*> best;
        for (const ProductDigest& digest : analysis_.digests) {
            const bool wanted =
                digest.decision == Decision::buy || digest.decision == Decision::review;
            if (wanted && digest.profit_expected.value_or(0) > 0) best.push_back(&digest);
        }
        if (best.empty()) return;
        std::stable_sort(best.begin(), best.end(), [](const auto* a, const auto* b) {
            return a->profit_expected > b->profit_expected;
        });
        if (best.size() > finds_shown) best.resize(finds_shown);
        heading("Best finds");
        const std::size_t title = width_ - 2 - 8 - 3 * 13;
        line("  " + pad_right("", title + 8) + pad_left("cost", 13) + pad_left("sells for", 13) +
             pad_left("profit", 13));
        for (const ProductDigest* digest : best) {
            const auto amount = [&](const std::optional<MinorUnits>& value) {
                return pad_left(value ? about(*value, digest->currency) : "-", 13);
            };
            line("  " + pad_right(std::string(to_string(digest->decision)), 8) +
                 pad_right(shown(digest->title, title - 1), title) + amount(digest->unit_cost) +
                 amount(digest->list_price) + amount(digest->profit_expected));
        }
    }

    std::string title_of(std::uint64_t index, std::size_t width) const {
        const auto found =
            std::lower_bound(analysis_.digests.begin(), analysis_.digests.end(), index,
                             [](const ProductDigest& digest, std::uint64_t wanted) {
                                 return digest.index < wanted;
                             });
        const bool known = found != analysis_.digests.end() && found->index == index;
        if (!known || found->title.empty()) return "product " + grouped(number_of(index));
        return shown(found->title, width);
    }
    static std::int64_t number_of(std::uint64_t index) {
        return static_cast<std::int64_t>(index) + 1;
    }

    void lines(const std::string& name, const std::vector<LotShare>& shares) {
        if (shares.empty()) return;
        const LotSummary& lot = *in_.lot;
        constexpr std::size_t number = 7, amount = 13, share = 8;
        const std::size_t title = width_ - number - 2 * amount - share;
        gap();
        line(pad_right(bold(name), number + title + (colour_ ? 8 : 0)) + pad_left("net", amount) +
             pad_left("of lot", share) + pad_left("retail", amount));
        for (const LotShare& one : shares) {
            const double part = lot.net_mean > 0 ? static_cast<double>(one.expected_net) /
                                                       static_cast<double>(lot.net_mean)
                                                 : 0;
            line(pad_left(grouped(number_of(one.index)), number - 2) + "  " +
                 pad_right(title_of(one.index, title - 1), title) +
                 pad_left(about(one.expected_net, lot.currency), amount) +
                 pad_left(percent(part), share) +
                 pad_left(one.retail > 0 ? about(one.retail, lot.currency) : "-", amount));
        }
    }

    // Each as if it were bought alone.
    void pallets(const LotSummary& lot) {
        if (lot.pallets.empty()) return;
        constexpr std::size_t count = 7, amount = 13;
        const std::size_t name = width_ - 2 - 2 * count - 3 * amount;
        gap();
        line(pad_right(bold("Pallets side by side"), 2 + name + (colour_ ? 8 : 0)) +
             pad_left("lines", count) + pad_left("units", count) + pad_left("retail", amount) +
             pad_left("net", amount) + pad_left("bid at most", amount));
        for (const engine::PalletOutlook& pallet : lot.pallets) {
            const std::string title =
                pallet.name.empty() ? "(no pallet named)" : shown(pallet.name, name - 1);
            line("  " + pad_right(title, name) + pad_left(grouped(pallet.lines), count) +
                 pad_left(grouped(pallet.units), count) +
                 pad_left(about(pallet.retail, lot.currency), amount) +
                 pad_left(about(pallet.net_p50, lot.currency), amount) +
                 pad_left(pallet.max_bid ? about(*pallet.max_bid, lot.currency) : "none", amount));
        }
        if (lot.pallets_left_out > 0)
            line("  " + counted(lot.pallets_left_out, "pallet more", "pallets more") +
                 ", worth less.");
    }

    void trust(const LotSummary& lot) {
        if (!lot.available) return;
        const std::string_view word = lot.trust >= 70   ? "well"
                                      : lot.trust >= 40 ? "fairly"
                                                        : "little";
        heading("How far to trust it: " + std::string(word) + " (" + std::to_string(lot.trust) +
                " of 100)");
        for (const std::string& caveat : lot.caveats)
            paragraph("  - ", caveat);
    }

    void faults() {
        if (analysis_.failed == 0) return;
        heading(counted(analysis_.failed, "product", "products") + " failed");
        std::size_t listed = 0;
        for (const ProductDigest& digest : analysis_.digests) {
            if (digest.error.empty()) continue;
            if (listed++ == faults_shown) break;
            paragraph("  - ", shown(digest.error, 400));
        }
        if (static_cast<std::size_t>(analysis_.failed) > faults_shown) {
            paragraph("  ", "The result lines of the others say why: --out FILE writes them.");
        }
    }

    void next_steps() {
        std::vector<std::string> steps;
        if (in_.lot != nullptr) lot_steps(*in_.lot, steps);
        column_steps(steps);
        for (const std::string& remark : analysis_.report.remarks) {
            steps.push_back("Note: " + shown(remark, 400) + ".");
        }
        if (steps.empty()) return;
        heading("For a better answer");
        for (const std::string& step : steps)
            paragraph("  - ", step);
    }

    void lot_steps(const LotSummary& lot, std::vector<std::string>& steps) const {
        if (!lot.available) {
            steps.emplace_back(
                "Give a retail price and a currency per line (columns such as msrp, UNIT RETAIL, "
                "currency), or a file with sold prices (--comps sold.csv).");
            return;
        }
        if (!in_.terms.freight) {
            steps.emplace_back("Say what it costs to bring the lot to you: --freight 60");
        }
        if (!in_.terms.premium) steps.emplace_back("Say the buyer's premium: --premium 5%");
        if (!in_.terms.bid && !lot.outlook.empty())
            steps.push_back("Have a bid of yours judged: --bid " +
                            format_decimal(lot.outlook.back().bid, lot.currency.exponent()));
        if (lot.lines_by_comparables < lot.lines_valued) {
            steps.emplace_back(
                "Look up what the lines that carry the lot were sold for, and name the file with "
                "those prices: --comps sold.csv");
        }
        if (analysis_.cost.lines == 0) {
            steps.emplace_back("Add a cost per line (unit_cost) for a verdict on each of them.");
        }
    }

    void column_steps(std::vector<std::string>& steps) const {
        std::string unknown;
        std::size_t count = 0;
        for (const ColumnMapping& column : analysis_.report.columns) {
            if (!column.field.empty()) continue;
            if (++count > columns_shown) continue;
            unknown += (unknown.empty() ? "" : ", ") + shown(column.header, 30);
        }
        if (count == 0) return;
        if (count > columns_shown)
            unknown +=
                " and " + grouped(static_cast<std::int64_t>(count - columns_shown)) + " more";
        steps.push_back("Columns that were not used: " + unknown +
                        ". If one of them matters, name it: --columns FIELD=HEADER");
    }

    const LotReportInput& in_;
    const LocalAnalysis& analysis_;
    const bool colour_;
    const std::size_t width_;
    std::string out_;
};

}  // namespace

std::string lot_report(const LotReportInput& input, const LotReportStyle& style) {
    return Report(input, style).text();
}

}  // namespace assay::tools
