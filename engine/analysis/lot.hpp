// Lot mode: what the whole batch is worth, and what to bid for it at most.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/batch.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

enum class LotBasis : std::uint8_t { none, comparables, recovery };

// What one product line brings to the lot. Trivially copyable: chunks store arrays of it as they
// are.
struct LotLine {
    std::uint64_t index = 0;
    double log_median = 0;  // of one unit's value, in log minor units
    double log_sd = 0;      // tau or the predictive sd
    double fee_rate = 0;    // net of a unit = max(0, value * (1 - fee_rate) - fixed)
    double fixed = 0;       // per-order fee + postage, minor units
    double retail = 0;      // unit retail, minor units; 0: unknown
    std::uint32_t quantity = 0;
    LotBasis basis = LotBasis::none;
    std::array<char, 3> currency{};
    // As the manifest names it, zeros behind; names are cut to what fits.
    std::array<char, limits::pallet_name_bytes_max> pallet{};
};

LotLine make_lot_line(const Product& product, std::uint64_t index, const Attributes& attributes,
                      const Price& price, const Tables& tables, TimePoint as_of);

struct LotShare {
    std::uint64_t index = 0;
    MinorUnits expected_net = 0;
    MinorUnits retail = 0;
};

struct BidOutlook {
    MinorUnits bid = 0;
    double p_profit = 0, p_target = 0;
};

// One pallet as if it were bought alone, its freight shared out by retail.
struct PalletOutlook {
    std::string name;  // empty: the lines that name none
    std::int64_t lines = 0, lines_valued = 0, units = 0;
    MinorUnits retail = 0;
    MinorUnits net_mean = 0, net_p10 = 0, net_p50 = 0, net_p90 = 0;
    MinorUnits freight = 0;
    std::optional<MinorUnits> max_bid;  // none: no bid reaches the target
};

struct LotSummary {
    bool available = false;  // false: no line could be valued; `caveats` says why
    Currency currency;
    std::int64_t lines = 0, lines_valued = 0, lines_by_comparables = 0;
    std::int64_t units = 0;
    MinorUnits retail = 0;
    MinorUnits expected_gross = 0;  // sum of unit values
    MinorUnits net_mean = 0, net_p10 = 0, net_p50 = 0, net_p90 = 0;
    MinorUnits freight = 0;
    PartsPerMillion premium = 0, target_roi = 0;
    double target_probability = 0;
    std::optional<MinorUnits> max_bid;  // none: no bid reaches the target
    std::optional<double> max_bid_of_retail;
    std::vector<BidOutlook> outlook;  // the user's bid, and two round ones around the maximum
    std::vector<LotShare> carriers, draggers;  // up to five each
    // Side by side, the best (by the mean of the net) first; empty where the lines name fewer
    // than two. At most limits::pallets_shown_max; the rest are counted.
    std::vector<PalletOutlook> pallets;
    std::int64_t pallets_left_out = 0;
    std::vector<std::string> caveats;  // how far to trust it and why, each a sentence
    int trust = 0;                     // 0..100
};

// The currency of most of the lines that have a value; empty when none has. What value_lot() uses.
Currency lot_currency(std::span<const LotLine> lines);

// Deterministic: a fixed design of quantiles and a draw seeded by the lines. `lines` sorted by
// index. Takes under 100 ms for 100,000 lines.
LotSummary value_lot(std::span<const LotLine> lines, const LotTerms& terms, const Tables& tables);

// As the `lot` object of a batch's summary.
void append_lot_json(std::string& out, const LotSummary& lot);
// What a summary says by the lot: expected_revenue, recovery_pct, max_bid, where they are known,
// and lot.
void append_lot_members(JsonWriter& json, const LotSummary& lot);

}  // namespace assay::engine
