// Which channels a product is tried on, at what price, and what each takes by the table in force.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/analysis/profit.hpp"
#include "engine/base/clock.hpp"

namespace assay::engine {

// Analyzer `fees`: the channels in the currency of the price that overrides.channels, else
// market.channel, else market.marketplace names; without a name those that are always tried, and
// those that need weight and dimensions where both are known. Each with list price and fee lines of
// the table in force on `as_of`, or on the date that overrides.fee_version gives. A channel that
// was named and cannot be priced is skipped with its reason. Without a price there is none.
void choose_channels(const Product& product, Condition condition, const Price& price,
                     const Tables& tables, TimePoint as_of, Profit& out);

}  // namespace assay::engine
