// Where a sale begins to pay, which prices pay less than lower ones, and what a unit may cost.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/analysis/sale.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

// Raising the price into [from, until) nets less than from - 1 did.
struct DeadZone {
    MinorUnits from = 0, until = 0;
    friend bool operator==(const DeadZone&, const DeadZone&) = default;
};

// The dead zone that holds `price`; the lowest where two do. It starts at a jump of the fee and
// ends where profit is back at what it was below the jump (the largest amount: never). `lines` is a
// buffer.
std::optional<DeadZone> dead_zone_at(const SaleTerms& terms, std::span<const SaleSegment> segments,
                                     MinorUnits price, std::vector<FeeLine>& lines);

// The smallest price from which on a sale leaves `level` or more, dead zones left out; none when no
// price does. Solved in each segment, since profit need not rise with the price. `lines` is a
// buffer.
std::optional<MinorUnits> price_for_profit(const SaleTerms& terms,
                                           std::span<const SaleSegment> segments, MinorUnits level,
                                           std::vector<FeeLine>& lines);
// From there on a sale never loses.
inline std::optional<MinorUnits> break_even_price(const SaleTerms& terms,
                                                  std::span<const SaleSegment> segments,
                                                  std::vector<FeeLine>& lines) {
    return price_for_profit(terms, segments, 0, lines);
}

struct BuyMinima {
    PartsPerMillion roi = 0;
    MinorUnits profit = 0;
};

// The dearest unit cost at which a sale at `price` leaves the least profit and the least return on
// landed cost. Whatever unit cost `terms` holds is ignored. None when not even a gift would.
std::optional<MinorUnits> max_unit_cost(SaleTerms terms, MinorUnits price, BuyMinima minima,
                                        std::vector<FeeLine>& lines);

}  // namespace assay::engine
