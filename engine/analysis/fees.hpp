// Fees: what a channel takes from a sale, line by line, by the table in force on the date.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/analysis/channel.hpp"
#include "engine/analysis/fulfilment.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

struct FeeLine {
    std::string_view code;  // final_value, per_order ...: text of the table, which outlives it
    MinorUnits amount = 0;
    friend bool operator==(const FeeLine&, const FeeLine&) = default;
};

// Everything one product pays on one channel, chosen from its table. A value that points into it.
struct FeePlan {
    const FeeTable* table = nullptr;
    const FeeSchedule* schedule = nullptr;  // of the main percentage
    const FeeCategory* category = nullptr;  // nullptr: the standard schedule
    std::uint32_t options = 0;              // bit per option of the table
    PartsPerMillion sales_tax = 0;          // only where the table's base includes it
    FulfilmentFee fulfilment;
};

// The category for a path "A > B": the deepest part that holds one of a category's words decides,
// in it the first category of the table. Case does not matter, whole words do. nullptr: none.
const FeeCategory* find_category(const FeeTable& table, std::string_view category) noexcept;
const FeeSchedule& find_schedule(const FeeTable& table, std::string_view category) noexcept;

// `options`: bit per option of the table that holds.
FeePlan plan_fees(const FeeTable& table, std::string_view category,
                  std::uint32_t options = 0) noexcept;
// The bit of an option by name; 0: the table has none of that name.
std::uint32_t option_bit(const FeeTable& table, std::string_view name) noexcept;

// The fee lines for one sale at `price` with `shipping_charged`, each rounded half up; a fee of
// nothing leaves no line. Total = their sum.
void compute_fees(const FeePlan& plan, MinorUnits price, MinorUnits shipping_charged,
                  std::vector<FeeLine>& out);
MinorUnits total(const std::vector<FeeLine>& lines) noexcept;

// One stretch of price on which the unrounded fee is affine: fee = fixed + rate * price, for
// from <= price < until (`until` is the next segment's `from`, or infinity). `kept` is the part
// of it that the channel keeps when the sale is refunded: the fixed fees.
struct FeeSegment {
    double from = 0, until = 0, fixed = 0, rate = 0, kept = 0;
};
// In ascending order, without gaps, from 0 on, of the price that the buyer pays (shipping
// included). A jump of the fee stands at the first price (in whole minor units) that pays it.
void fee_segments(const FeePlan& plan, std::vector<FeeSegment>& out);

// The unrounded fee around one price, shipping included, without a buffer; `from` and `until` are
// that price.
FeeSegment fee_around(const FeePlan& plan, double price) noexcept;

}  // namespace assay::engine
