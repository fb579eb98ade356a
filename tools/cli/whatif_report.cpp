// Puts decisions and amounts side by side, before and after.
// SPDX-License-Identifier: MIT
#include "tools/cli/whatif_report.hpp"

#include <algorithm>

#include "engine/base/json_writer.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/reason_words.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using namespace engine;

std::string money(const std::optional<MinorUnits>& amount, const Currency& currency) {
    return amount ? format_decimal(*amount, currency.exponent()) : "-";
}

std::string short_decision(Decision decision) {
    return decision == Decision::insufficient_data ? "no data" : std::string(to_string(decision));
}

// One name where it stays; "ebay_us > mercari" where another is best.
std::string channels_of(const Rejudged& result) {
    const auto shown = [](const std::string& name) { return name.empty() ? "-" : printable(name); };
    if (result.before.channel == result.after.channel) return shown(result.after.channel);
    return shown(result.before.channel) + " > " + shown(result.after.channel);
}

// The reasons that were not there before, those against it first.
std::string new_reasons(const Rejudged& result) {
    std::string against, in_favour;
    const auto& old = result.before.reasons;
    for (const std::string& reason : result.after.reasons) {
        if (std::find(old.begin(), old.end(), reason) != old.end()) continue;
        std::string& list = reason_words(reason).mark == "+" ? in_favour : against;
        list += (list.empty() ? "" : ", ") + printable(reason);
    }
    const auto& now = result.after.reasons;
    for (const std::string& reason : old) {
        if (reason_words(reason).mark != "!" ||
            std::find(now.begin(), now.end(), reason) != now.end())
            continue;
        in_favour += (in_favour.empty() ? "no longer " : ", no longer ") + printable(reason);
    }
    if (against.empty()) return in_favour;
    return in_favour.empty() ? against : against + ", " + in_favour;
}

void write_judgement(JsonWriter& json, std::string_view name, const Judgement& judgement) {
    const auto text_or_null = [&](std::string_view key, const std::string& text) {
        json.key(key);
        if (text.empty())
            json.null();
        else
            json.string(text);
    };
    json.key(name).begin_object().member("decision", to_string(judgement.decision));
    text_or_null("channel", judgement.channel);
    text_or_null("fee_version", judgement.fee_version);
    json.key("profit_expected");
    if (judgement.profit_expected)
        json.integer(*judgement.profit_expected);
    else
        json.null();
    json.key("reasons").begin_array();
    for (const std::string& reason : judgement.reasons)
        json.string(reason);
    json.end_array().end_object();
}

}  // namespace

void WhatifReport::Named::add(std::string id) {
    if (++count <= static_cast<std::int64_t>(names_max)) first.push_back(std::move(id));
}

std::string WhatifReport::Named::text() const {
    std::string list;
    for (const std::string& id : first)
        list += (list.empty() ? "" : ", ") + printable(id);
    return list + (count > static_cast<std::int64_t>(first.size()) ? " and others" : "");
}

void WhatifReport::add_unjudged(const std::string& kind, std::string product_id) {
    ++read_;
    unjudged_[kind].add(std::move(product_id));
}

void WhatifReport::add(const Rejudged& result) {
    ++read_;
    ++judged_;
    const auto from = static_cast<std::size_t>(result.before.decision);
    const auto to = static_cast<std::size_t>(result.after.decision);
    ++moves_[from][to];
    flips_ += result.flips() ? 1 : 0;
    if (!result.reproduced) unlike_.add(result.product_id);
    if (result.after.decision == Decision::insufficient_data) insufficient_.add(result.product_id);
    Sums& sums = sums_[std::string(result.currency.code())];
    if (result.before.decision == Decision::buy) {
        ++sums.buys_before;
        sums.before += result.before.profit_expected.value_or(0) * result.quantity;
    }
    if (result.after.decision == Decision::buy) {
        ++sums.buys_after;
        sums.after += result.after.profit_expected.value_or(0) * result.quantity;
    }
    if (!lists(result)) return;
    if (rows_.size() >= rows_max) {
        ++more_rows_;
        return;
    }
    const auto& [before, after] = std::tie(result.before, result.after);
    const std::string currency = printable(result.currency.code());
    rows_.push_back({printable(result.product_id), short_decision(before.decision),
                     short_decision(after.decision), money(before.profit_expected, result.currency),
                     money(after.profit_expected, result.currency), currency, channels_of(result),
                     new_reasons(result)});
}

std::string WhatifReport::table(const CommandContext& context) const {
    if (rows_.empty()) return {};
    std::vector<std::vector<std::string>> rows{
        {"PRODUCT", "WAS", "NOW", "PROFIT WAS", "NOW", "", "BEST CHANNEL", "WHY"}};
    rows.insert(rows.end(), rows_.begin(), rows_.end());
    std::string text = aligned(rows, {table_columns(context), {0, 6, 7}, {3, 4}});
    if (more_rows_ > 0) text += "... and " + grouped(more_rows_) + " more; --json lists them all\n";
    return text + "\n";
}

std::string WhatifReport::totals() const {
    std::string text = grouped(flips_) + " of " + counted(judged_, "result", "results") +
                       (flips_ == 1 ? " flips" : " flip");
    text += flips_ == 0 ? ".\n" : ":\n";
    std::vector<std::vector<std::string>> moves;
    for (std::size_t from = 0; from < decision_count; ++from) {
        for (std::size_t to = 0; to < decision_count; ++to) {
            if (from == to || moves_[from][to] == 0) continue;
            moves.push_back({"", grouped(moves_[from][to]),
                             short_decision(static_cast<Decision>(from)) + " -> " +
                                 short_decision(static_cast<Decision>(to))});
        }
    }
    if (!moves.empty()) text += aligned(moves, {0, {}, {1}});
    for (const auto& [code, sums] : sums_) {
        if (sums.buys_before == 0 && sums.buys_after == 0) continue;
        const auto currency = Currency::parse(code);
        const int exponent = currency ? currency->exponent() : 2;
        const auto shown = [&](MinorUnits amount) {
            return format_decimal(amount, exponent) + " " + code;
        };
        text += "Expected profit of the buys, all units: " + shown(sums.before) + " (" +
                counted(sums.buys_before, "buy", "buys") + ") before, " + shown(sums.after) + " (" +
                counted(sums.buys_after, "buy", "buys") +
                ") after: " + (sums.after >= sums.before ? "+" : "") +
                shown(sums.after - sums.before) + ".\n";
    }
    if (insufficient_.count > 0)
        text += counted(insufficient_.count, "result has", "results have") +
                " insufficient data for a verdict: " + insufficient_.text() + ".\n";
    for (const auto& [kind, named] : unjudged_)
        text += counted(named.count, "result was", "results were") + " not judged, " +
                printable(kind) + ": " + named.text() + ".\n";
    if (unlike_.count > 0)
        text += counted(unlike_.count, "result does", "results do") +
                " not come out as stored with the tables of today, so a part of the difference is "
                "theirs: " +
                unlike_.text() + ".\n";
    return text;
}

std::string WhatifReport::json(const Rejudged& result) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("product_id", result.product_id);
    json.member("title", result.title).member("flips", result.flips());
    json.key("currency");
    if (result.currency.empty())
        json.null();
    else
        json.string(result.currency.code());
    json.member("quantity", result.quantity);
    write_judgement(json, "before", result.before);
    write_judgement(json, "after", result.after);
    json.member("reproduced", result.reproduced).end_object();
    return out;
}

std::string WhatifReport::json_summary() const {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("summary").begin_object();
    json.member("results", read_).member("judged", judged_).member("flips", flips_);
    json.key("moves").begin_array();
    for (std::size_t from = 0; from < decision_count; ++from) {
        for (std::size_t to = 0; to < decision_count; ++to) {
            if (from == to || moves_[from][to] == 0) continue;
            json.begin_object().member("from", to_string(static_cast<Decision>(from)));
            json.member("to", to_string(static_cast<Decision>(to)));
            json.member("count", moves_[from][to]).end_object();
        }
    }
    json.end_array().key("buys").begin_array();
    for (const auto& [code, sums] : sums_) {
        if (sums.buys_before == 0 && sums.buys_after == 0) continue;
        json.begin_object().member("currency", code);
        json.member("count_before", sums.buys_before).member("count_after", sums.buys_after);
        json.member("profit_expected_before", sums.before);
        json.member("profit_expected_after", sums.after).end_object();
    }
    json.end_array().member("insufficient_data", insufficient_.count);
    json.key("not_judged").begin_array();
    for (const auto& [kind, named] : unjudged_)
        json.begin_object().member("why", kind).member("count", named.count).end_object();
    json.end_array().member("not_reproduced", unlike_.count).end_object().end_object();
    return out;
}

}  // namespace assay::tools
