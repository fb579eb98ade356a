// Resamples by seeded draws, estimates each, and reads the corrected quantiles.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/analysis/lognormal.hpp"
#include "engine/analysis/price_math.hpp"
#include "engine/base/random.hpp"

namespace assay::engine {
namespace {

// (mean - value)^3 over 6 ((mean - value)^2)^1.5 of the estimates that leave one point out each.
double acceleration(std::span<const PricePoint> points, bool pairwise, const Defaults& defaults,
                    PriceScratch& scratch) {
    std::vector<double>& left_out = scratch.numbers;
    left_out.clear();
    for (std::size_t skipped = 0; skipped < points.size(); ++skipped) {
        scratch.resample.assign(points.begin(), points.end());
        scratch.resample.erase(scratch.resample.begin() + static_cast<std::ptrdiff_t>(skipped));
        left_out.push_back(estimate_location(scratch.resample, pairwise, defaults, scratch));
    }
    double mean = 0, cubes = 0, squares = 0;
    for (const double value : left_out)
        mean += value / static_cast<double>(left_out.size());
    for (const double value : left_out) {
        const double distance = mean - value;
        squares += distance * distance;
        cubes += distance * distance * distance;
    }
    return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

}  // namespace

LogInterval bootstrap_interval(std::span<const PricePoint> points, double nominal,
                               const Defaults& defaults, std::uint64_t seed,
                               PriceScratch& scratch) {
    assert(points.size() >= 2 && nominal > 0 && nominal < 1);
    const bool pairwise = is_pairwise(points.size(), defaults);  // also of one point less
    const double location = estimate_location(points, pairwise, defaults, scratch);
    const double skew = acceleration(points, pairwise, defaults, scratch);

    SeededRandom random(seed);
    std::vector<double>& estimates = scratch.numbers;
    estimates.clear();
    std::vector<std::uint32_t> times(points.size());
    const auto draws = static_cast<std::size_t>(defaults.bootstrap_count);
    double below = 0;
    for (std::size_t draw = 0; draw < draws; ++draw) {
        // Counted rather than copied: the resample stays sorted.
        std::fill(times.begin(), times.end(), 0U);
        for (std::size_t i = 0; i < points.size(); ++i)
            ++times[random.next_u64() % points.size()];
        scratch.resample.clear();
        for (std::size_t i = 0; i < points.size(); ++i)
            scratch.resample.insert(scratch.resample.end(), times[i], points[i]);
        estimates.push_back(estimate_location(scratch.resample, pairwise, defaults, scratch));
        if (estimates.back() < location) below += 1;
        if (estimates.back() == location) below += 0.5;
    }
    std::sort(estimates.begin(), estimates.end());
    const double count = static_cast<double>(draws);
    const double bias = normal_quantile(std::clamp(below / count, 0.5 / count, 1 - 0.5 / count));
    const auto at = [&](double share) {
        const double z = bias + normal_quantile(share);
        const double corrected = normal_cdf(bias + z / (1 - skew * z));
        const double place = std::floor(corrected * count);
        return estimates[static_cast<std::size_t>(std::clamp(place, 0.0, count - 1))];
    };
    const double tail = (1 - nominal) / 2;
    const double low = at(tail), high = at(1 - tail);
    return {std::min(low, high), std::max(low, high)};
}

}  // namespace assay::engine
