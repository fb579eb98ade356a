// Chooses channels by name, currency and what they need; plans their fees.
// SPDX-License-Identifier: MIT
#include "engine/analysis/channel_choice.hpp"

#include <algorithm>
#include <bit>

#include "engine/analysis/fee_limits.hpp"

namespace assay::engine {
namespace {

bool is_measured(const Product& product) noexcept {
    return product.weight_grams && product.dimensions_mm;
}

// Whether the product names channels at all, and whether this is one of them.
enum class Naming : std::uint8_t { nothing, another, this_one };
Naming naming_of(const Product& product, const Channel& channel) noexcept {
    const auto answers = [&](std::string_view name) { return channel.answers_to(name); };
    const auto& named = product.overrides.channels;
    if (!named.empty()) {
        return std::any_of(named.begin(), named.end(), answers) ? Naming::this_one
                                                                : Naming::another;
    }
    const Market& market = product.market;
    const std::string_view name = market.channel.empty() ? market.marketplace : market.channel;
    if (name.empty()) return Naming::nothing;
    return answers(name) ? Naming::this_one : Naming::another;
}

void add_missing(Profit& out, std::string_view name) {
    if (std::find(out.missing.begin(), out.missing.end(), name) == out.missing.end())
        out.missing.push_back(name);
}

// The day whose tables hold: as_of, unless the product asks for a version.
std::chrono::sys_days date_of(const Product& product, TimePoint as_of, Profit& out) {
    const auto today = std::chrono::floor<std::chrono::days>(as_of);
    const std::string_view version = product.overrides.fee_version;
    if (version.empty()) return today;
    const auto asked = parse_time(version);
    if (asked) return std::chrono::floor<std::chrono::days>(*asked);
    add_missing(out, "fee_version");
    return today;
}

// Options that name this table's: "international" or "stockx:level_3".
std::uint32_t options_of(const Product& product, const Channel& channel, const FeeTable& table) {
    std::uint32_t bits = 0;
    for (std::string_view option : product.overrides.fee_options) {
        const std::size_t colon = option.find(':');
        if (colon != std::string_view::npos) {
            if (!channel.answers_to(option.substr(0, colon))) continue;
            option = option.substr(colon + 1);
        }
        const std::uint32_t bit = option_bit(table, option);
        if (static_cast<std::size_t>(std::popcount(bits | bit)) <= fee_limits::options_chosen_max)
            bits |= bit;
    }
    return bits;
}

// Fills plan.fulfilment where the table has one; the reason where it cannot.
std::string_view plan_fulfilment(const Product& product, FeePlan& plan) noexcept {
    if (!plan.table->fulfilment) return {};
    if (!is_measured(product)) return "needs_weight_and_dimensions";
    const Fulfilment& fulfilment = *plan.table->fulfilment;
    const bool other_amounts =
        plan.category != nullptr && std::find(fulfilment.not_for.begin(), fulfilment.not_for.end(),
                                              plan.category->name) != fulfilment.not_for.end();
    const auto fee =
        other_amounts ? std::nullopt
                      : fulfilment_fee(fulfilment, *product.weight_grams, *product.dimensions_mm);
    if (!fee) return "fulfilment_fee_unknown";
    plan.fulfilment = *fee;
    return {};
}

// The plan of a channel in `out`; else why there is none.
std::string_view plan_channel(const Product& product, Condition condition, const Channel& channel,
                              std::chrono::sys_days date, FeePlan& out) {
    if (channel.refuses[static_cast<std::size_t>(condition)]) return "condition_refused";
    const FeeTable* table = channel.in_force(date);
    if (table == nullptr) return "no_fee_table_on_that_date";
    out =
        plan_fees(*table, product.category,
                  product.overrides.fee_options.empty() ? 0 : options_of(product, channel, *table));
    if (table->base_includes_sales_tax) out.sales_tax = product.overrides.sales_tax.value_or(0);
    return plan_fulfilment(product, out);
}

// What the verdict names as missing where a channel was skipped.
void tell_missing(const Product& product, std::string_view reason, Profit& out) {
    if (reason == "no_fee_table_on_that_date" && out.used == 0) add_missing(out, "fee_table");
    if (reason == "fulfilment_fee_unknown") add_missing(out, "fulfilment_fee");
    if (reason != "needs_weight_and_dimensions") return;
    if (!product.weight_grams) add_missing(out, "weight_g");
    if (!product.dimensions_mm) add_missing(out, "dims_mm");
}

void add_channel(const Product& product, const Price& price, const Channel& channel,
                 const FeePlan& plan, Profit& out) {
    if (out.used == out.channels.size()) out.channels.emplace_back();
    ChannelProfit& entry = out.channels[out.used++];
    entry.clear();
    entry.channel = channel.name;
    entry.fee_version = plan.table->version;
    entry.home = &channel;
    entry.plan = plan;
    const MinorUnits charged = product.costs.ship_charged.value_or(0);
    entry.list_price = product.target_price.value_or(std::max<MinorUnits>(0, price.p50 - charged));
    compute_fees(plan, entry.list_price, charged, entry.fees);
    entry.fees_total = total(entry.fees);
}

}  // namespace

void choose_channels(const Product& product, Condition condition, const Price& price,
                     const Tables& tables, TimePoint as_of, Profit& out) {
    out.clear();
    if (price.basis == PriceBasis::none) return;
    out.date = date_of(product, as_of, out);
    for (const Channel& channel : tables.channels) {
        if (channel.currency != price.currency) continue;
        const Naming naming = naming_of(product, channel);
        if (naming == Naming::another) continue;
        const bool unasked = naming == Naming::nothing;
        if (unasked && channel.tried == Tried::named) continue;
        if (unasked && channel.tried == Tried::measured && !is_measured(product)) continue;
        FeePlan plan;
        const std::string_view reason = plan_channel(product, condition, channel, out.date, plan);
        if (reason.empty()) {
            add_channel(product, price, channel, plan, out);
        } else {
            out.skipped.push_back({channel.name, reason});
        }
    }
    for (const SkippedChannel& skipped : out.skipped) {
        // Nobody asked for a channel that was only tried because it could be.
        const Channel* channel = tables.find_channel(skipped.channel);
        const bool asked = channel == nullptr || channel->tried != Tried::measured ||
                           naming_of(product, *channel) == Naming::this_one;
        if (asked) tell_missing(product, skipped.reason, out);
    }
    if (out.used == 0 && (out.skipped.empty() || out.missing.empty())) add_missing(out, "channel");
}

}  // namespace assay::engine
