// The statistics behind a price: medians, spread, Hodges-Lehmann, exact intervals.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/analysis/price.hpp"

namespace assay::engine {

// All of these take points sorted by value and at least one of them, and are pure.

double median_of_sorted(std::span<const PricePoint> sorted) noexcept;

// The median distance from `center`; linear, since distances grow away from it on both sides.
double median_distance(std::span<const PricePoint> sorted, double center) noexcept;
double mean_distance(std::span<const PricePoint> sorted, double center) noexcept;

// The robust standard deviation: 1.4826 MAD with the MAD floored; where the MAD is zero, 1.2533
// times the mean absolute deviation instead (Iglewicz and Hoaglin), with the same floor.
double robust_spread(std::span<const PricePoint> sorted, double mad_floor) noexcept;

// Half of the weight lies on either side; the mean of two values when it lies between them.
double weighted_median(std::span<const PricePoint> sorted) noexcept;

// The weighted median of the means of all pairs i <= j, weighted by the product of the two weights.
// `pairs` is a buffer. Up to 24 points by selection among the pairs, above that by bisection of
// the values until few pairs are left: O(n log n), and exact as well.
double weighted_hodges_lehmann(std::span<const PricePoint> sorted, std::vector<PricePoint>& pairs);

// The interval (x_(rank), x_(n - rank + 1)) of n sorted values for the median, and the coverage it
// reaches, which depends on nothing but n: 1 - 2 sum_{i < rank} C(n, i) / 2^n.
struct OrderInterval {
    std::size_t rank = 0;  // 1-based; 0: no interval reaches the nominal coverage
    double coverage = 0;
};
OrderInterval order_interval(std::size_t count, double nominal) noexcept;

// Where the price lies: by the weighted median, or by the weighted Hodges-Lehmann estimate (of the
// heaviest pairwise_count_max), which is the better one from pairwise_count_min on.
bool is_pairwise(std::size_t count, const Defaults& defaults) noexcept;
double estimate_location(std::span<const PricePoint> sorted, bool pairwise,
                         const Defaults& defaults, PriceScratch& scratch);

// (sum w)^2 / sum w^2
double effective_count(std::span<const PricePoint> points) noexcept;

}  // namespace assay::engine
