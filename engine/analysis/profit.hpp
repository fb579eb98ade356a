// Profit: what is left on each channel after fees, VAT, costs, returns and the risk of not selling.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/analysis/break_even.hpp"
#include "engine/analysis/demand.hpp"
#include "engine/analysis/fees.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/sale.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// list_price + shipping_charged - fees_total - shipping - vat = net_proceeds, and net_proceeds -
// landed_cost - storage = profit_at_list, to the cent.
struct ChannelProfit {
    std::string_view channel;      // ebay_us
    std::string_view fee_version;  // effective date of its table
    // The item's price: the user's target price; else the median price less the shipping that the
    // buyer pays beside it, since the prices of comparables are delivered prices.
    MinorUnits list_price = 0;
    std::vector<FeeLine> fees;
    MinorUnits fees_total = 0;
    MinorUnits shipping = 0;  // what postage and packaging cost us
    MinorUnits vat = 0;  // margin scheme without a cost: on the whole price, the most it can be
    MinorUnits net_proceeds = 0;
    MinorUnits storage = 0;  // of a unit until it sells
    // Of a unit: of one sale, and over all units of the quantity on average, sold or not. Need a
    // cost; without one they are absent and `missing` of the verdict says so.
    std::optional<MinorUnits> landed_cost, profit_at_list;
    // Where the user names the list price a sale is one at that price, and the three are one.
    std::optional<MinorUnits> profit_p10, profit_p50, profit_p90, profit_expected, break_even;
    std::optional<MinorUnits>
        min_roi_price;  // the least list price that earns the return asked for
    // The dearest unit cost that meets both minima at the median price, or at the user's own; needs
    // no cost. Absent when not even a gift would.
    std::optional<MinorUnits> max_buy_cost;
    std::optional<double> roi_expected, margin, p_loss;
    std::optional<double> roi_p50;  // of profit_at_list: a sale at the median price
    std::optional<MinorUnits> profit_per_day;
    std::optional<double> cash_days;    // until a unit's money is paid out, on average
    std::optional<DeadZone> dead_zone;  // the one that holds list_price

    // Where the numbers come from; they live in the Tables.
    const Channel* home = nullptr;
    FeePlan plan;
    PartsPerMillion vat_rate = 0;

    void clear();  // capacity kept
};

// A channel that was meant and not tried, and why: needs_weight_and_dimensions,
// fulfilment_fee_unknown, no_fee_table_on_that_date, condition_refused, fee_option_unknown.
struct SkippedChannel {
    std::string_view channel, reason;
};

struct Profit {
    std::vector<ChannelProfit> channels;    // in the order of the channel list
    std::size_t used = 0;                   // entries in use; the rest are kept for their capacity
    std::size_t best = 0;                   // index of best_channel; only when used > 0
    std::vector<std::string_view> missing;  // channel, fee_table, unit_cost, weight_g ...
    std::vector<SkippedChannel> skipped;
    std::chrono::sys_days date;  // whose tables were used

    // What was assumed on the way, for the evidence.
    VatRegime regime = VatRegime::none;  // as applied
    bool regime_changed = false;         // margin scheme refused: the purchase carried VAT
    bool postage_assumed = false;        // from the channel's postage by weight
    bool sale_assumed = false;           // no demand known: expectations are given a sale
    bool returns_assumed = false;        // the rate of the group, or the default
    PartsPerMillion return_rate = 0;
    std::string_view
        return_group;  // of data/analysis/returns.json; empty: none names this category

    void clear();
};

// Buffers of one thread.
struct ProfitScratch {
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    std::vector<FeeLine> lines;
};

// Analyzer `profit`: fills the rest of the channels that choose_channels() left, and `best`: the
// one with the most expected profit, discounted by the time until it is paid out.
void estimate_profit(const Product& product, const Price& price, const Demand& demand,
                     const Tables& tables, ProfitScratch& scratch, Profit& out);

}  // namespace assay::engine
