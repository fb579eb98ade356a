// The bootstrap interval of a price, for those who ask for it: resampled, corrected for bias and
// skew (BCa).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "engine/analysis/price.hpp"

namespace assay::engine {

struct LogInterval {
    double low = 0, high = 0;
};

// Of the location that `estimate_location` gives, at a nominal coverage. `points`: sorted, at least
// five. The same points and seed give the same interval. Costs bootstrap_count + n estimates.
LogInterval bootstrap_interval(std::span<const PricePoint> points, double nominal,
                               const Defaults& defaults, std::uint64_t seed, PriceScratch& scratch);

}  // namespace assay::engine
