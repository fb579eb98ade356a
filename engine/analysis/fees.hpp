// Fees: what a channel takes from a sale, line by line, by the table in force on the date.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

struct FeeLine {
    std::string_view code;  // final_value, per_order ...: text of the table, which outlives it
    MinorUnits amount = 0;
    friend bool operator==(const FeeLine&, const FeeLine&) = default;
};

// The schedule for a category path "A > B": the deepest part that holds one of a category's words
// decides; else the standard one. Case does not matter, whole words do.
const FeeSchedule& find_schedule(const FeeTable& table, std::string_view category) noexcept;

// The fee lines for one sale at `price` with `shipping_charged`, each rounded half up; a fee of
// nothing leaves no line. Total = their sum.
void compute_fees(const FeeTable& table, const FeeSchedule& schedule, MinorUnits price,
                  MinorUnits shipping_charged, std::vector<FeeLine>& out);
void compute_fees(const FeeTable& table, std::string_view category, MinorUnits price,
                  MinorUnits shipping_charged, std::vector<FeeLine>& out);
MinorUnits total(const std::vector<FeeLine>& lines) noexcept;

// One stretch of price on which the unrounded fee is affine: fee = fixed + rate * price, for
// from <= price < until (`until` is the next segment's `from`, or infinity). `kept` is the part
// of it that the channel keeps when the sale is refunded: the fixed fees.
struct FeeSegment {
    double from = 0, until = 0, fixed = 0, rate = 0, kept = 0;
};
// In ascending order, without gaps, from 0 on. A jump of the fee stands at the first price (in
// whole minor units) that pays the new fee.
void fee_segments(const FeeTable& table, const FeeSchedule& schedule, MinorUnits shipping_charged,
                  std::vector<FeeSegment>& out);
void fee_segments(const FeeTable& table, std::string_view category, MinorUnits shipping_charged,
                  std::vector<FeeSegment>& out);

// The unrounded fee around one price, shipping included, without a buffer; `from` and `until` are
// that price.
FeeSegment fee_around(const FeeTable& table, const FeeSchedule& schedule, double price) noexcept;

}  // namespace assay::engine
