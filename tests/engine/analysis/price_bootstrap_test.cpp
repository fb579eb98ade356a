// The bootstrap interval: repeatable, where it must lie, and how often it holds the truth.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_bootstrap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/analysis/price_math.hpp"
#include "engine/base/random.hpp"

namespace assay::engine {
namespace {

double normal(SeededRandom& random) {
    return std::sqrt(-2 * std::log(1 - random.next_unit())) *
           std::cos(2 * std::numbers::pi * random.next_unit());
}

std::vector<PricePoint> sample(SeededRandom& random, std::size_t count) {
    std::vector<PricePoint> points;
    for (std::size_t i = 0; i < count; ++i)
        points.push_back({0.3 * normal(random), 1, static_cast<std::uint32_t>(i)});
    std::sort(points.begin(), points.end(),
              [](const PricePoint& a, const PricePoint& b) { return a.value < b.value; });
    return points;
}

class Bootstrap : public ::testing::Test {
  protected:
    LogInterval interval(const std::vector<PricePoint>& points, std::uint64_t seed) {
        return bootstrap_interval(points, 0.9, defaults, seed, scratch);
    }
    Defaults defaults;
    PriceScratch scratch;
};

TEST_F(Bootstrap, TheSameSeedGivesTheSameInterval) {
    SeededRandom random(1);
    const auto points = sample(random, 12);
    const LogInterval first = interval(points, 77), again = interval(points, 77);
    EXPECT_EQ(first.low, again.low);
    EXPECT_EQ(first.high, again.high);
    const LogInterval other = interval(points, 78);
    EXPECT_TRUE(other.low != first.low || other.high != first.high);
    EXPECT_NEAR(other.low, first.low, 0.1) << "but only by the luck of the draw";
}

TEST_F(Bootstrap, HoldsTheEstimateAndStaysWithinTheSample) {
    SeededRandom random(2);
    for (const std::size_t count : {5U, 7U, 8U, 20U, 60U}) {
        const auto points = sample(random, count);
        const double location =
            estimate_location(points, is_pairwise(count, defaults), defaults, scratch);
        const LogInterval found = interval(points, count);
        EXPECT_LE(found.low, location) << count;
        EXPECT_GE(found.high, location) << count;
        EXPECT_GE(found.low, points.front().value);
        EXPECT_LE(found.high, points.back().value);
    }
}

TEST_F(Bootstrap, EqualPricesGiveOnePrice) {
    const std::vector<PricePoint> points(9, PricePoint{1.5, 1, 0});
    const LogInterval found = interval(points, 3);
    EXPECT_EQ(found.low, 1.5);
    EXPECT_EQ(found.high, 1.5);
}

TEST_F(Bootstrap, HoldsTheTruthAboutAsOftenAsItSays) {
    SeededRandom random(4);
    defaults.bootstrap_count = 200;
    int held = 0;
    constexpr int trials = 400;
    for (int trial = 0; trial < trials; ++trial) {
        const LogInterval found = interval(sample(random, 20), static_cast<std::uint64_t>(trial));
        held += found.low <= 0 && found.high >= 0 ? 1 : 0;
    }
    EXPECT_GT(held, trials * 83 / 100);
    EXPECT_LT(held, trials * 96 / 100);
}

}  // namespace
}  // namespace assay::engine
