// One look at each list, one line for each kind of trouble.
// SPDX-License-Identifier: MIT
#include "engine/analysis/input_checks.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "engine/analysis/fees.hpp"

namespace assay::engine {
namespace {

void tell(EvidenceList& out, std::string_view rule, std::string_view field,
          std::string_view detail) {
    out.add("intake", "input", rule).detail.append(field).append(": ").append(detail);
}

// Tells of the first of `entries` that `is_wrong`, and how many there are.
template <class Entries, class IsWrong>
void tell_of_list(EvidenceList& out, std::string_view rule, const Entries& entries,
                  std::string_view list, std::string_view member, std::string_view detail,
                  IsWrong&& is_wrong) {
    const auto first = std::find_if(entries.begin(), entries.end(), is_wrong);
    if (first == entries.end()) return;
    const auto count = std::count_if(first, entries.end(), is_wrong);
    std::string& text = out.add("intake", "input", rule).detail;
    text.append(list).append("/").append(std::to_string(first - entries.begin())).append(member);
    text.append(": ").append(detail);
    if (count > 1) text.append(" (").append(std::to_string(count)).append(" such entries)");
}

bool any_table_on(const Tables& tables, TimePoint time) {
    const auto date = std::chrono::floor<std::chrono::days>(time);
    return std::any_of(tables.channels.begin(), tables.channels.end(),
                       [&](const Channel& channel) { return channel.in_force(date) != nullptr; });
}

// Whether any table has the option: "international", of one channel "stockx:level_3".
bool is_fee_option(const Tables& tables, std::string_view option) {
    const std::size_t colon = option.find(':');
    const bool of_one = colon != std::string_view::npos;
    const std::string_view name = of_one ? option.substr(colon + 1) : option;
    return std::any_of(tables.channels.begin(), tables.channels.end(), [&](const Channel& channel) {
        if (of_one && !channel.answers_to(option.substr(0, colon))) return false;
        return std::any_of(channel.tables.begin(), channel.tables.end(),
                           [&](const FeeTable& table) { return option_bit(table, name) != 0; });
    });
}

// The tables of any date are those in force on it; what is no date is left out.
void check_fee_version(std::string_view version, const Tables& tables, EvidenceList& out) {
    if (version.empty()) return;
    const auto time = parse_time(version);
    if (!time) {
        tell(out, "unknown_fee_version", "/overrides/fee_version",
             "is no date; the tables of the batch's as_of are used");
    } else if (!any_table_on(tables, *time)) {
        tell(out, "unknown_fee_version", "/overrides/fee_version",
             "is before the first fee table; no channel is priced");
    }
}

}  // namespace

void check_input(const Product& product, const Tables& tables,
                 std::span<const std::string_view> analyzers, TimePoint as_of, EvidenceList& out) {
    tell_of_list(out, "after_as_of", product.comparables, "/comparables", "/sold_at",
                 "is after the batch's as_of; the sale is left out",
                 [&](const Comparable& one) { return one.sold_at && *one.sold_at > as_of; });
    tell_of_list(out, "after_as_of", product.market.rank_history, "/market/rank_history", "/0",
                 "is after the batch's as_of",
                 [&](const RankPoint& one) { return one.time > as_of; });
    const auto is_unknown = [&](std::string_view name) {
        return !name.empty() && tables.find_channel(name) == nullptr;
    };
    const Market& market = product.market;
    if (is_unknown(market.channel))
        tell(out, "unknown_channel", "/market/channel", "has no fee table; no profit is computed");
    if (market.channel.empty() && is_unknown(market.marketplace)) {
        tell(out, "unknown_channel", "/market/marketplace",
             "has no fee table; no profit is computed");
    }
    const Overrides& overrides = product.overrides;
    tell_of_list(out, "unknown_channel", overrides.channels, "/overrides/channels", "",
                 "has no fee table and is left out", is_unknown);
    check_fee_version(overrides.fee_version, tables, out);
    tell_of_list(out, "unknown_fee_option", overrides.fee_options, "/overrides/fee_options", "",
                 "is no fee table's option and is left out",
                 [&](std::string_view option) { return !is_fee_option(tables, option); });
    tell_of_list(out, "unknown_analyzer", overrides.analyzers, "/overrides/analyzers", "",
                 "is no analyzer's name", [&](std::string_view name) {
                     return std::find(analyzers.begin(), analyzers.end(), name) == analyzers.end();
                 });
}

}  // namespace assay::engine
