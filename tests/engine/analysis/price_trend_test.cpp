// Trend and stability against slow versions of themselves, known values, and chance alone.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_trend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/base/random.hpp"

namespace assay::engine {
namespace {

class PriceTrend : public ::testing::Test {
  protected:
    const Price& rate(std::vector<DatedValue> dated, double location = 0) {
        price = Price{};
        rate_movement(dated, location, defaults, buffer, price);
        return price;
    }
    // A value every `step` days up to today, moving by `slope` a day.
    std::vector<DatedValue> line(int count, double step, double slope) {
        std::vector<DatedValue> dated;
        for (int i = 0; i < count; ++i)
            dated.push_back({-i * step, -i * step * slope});
        return dated;
    }
    Defaults defaults;
    Price price;
    std::vector<double> buffer;
};

TEST_F(PriceTrend, EightSalesInARowThatRiseAreARise) {
    rate(line(8, 5, 0.01));
    EXPECT_EQ(price.trend, Trend::rising);
    EXPECT_NEAR(price.trend_30_days, std::expm1(0.3), 1e-9);
    EXPECT_LT(price.trend_p, 0.001);
    rate(line(8, 5, -0.01));
    EXPECT_EQ(price.trend, Trend::falling);
    EXPECT_NEAR(price.trend_30_days, std::expm1(-0.3), 1e-9);
}

TEST_F(PriceTrend, SevenSalesSayNothing) {
    rate(line(7, 5, 0.01));
    EXPECT_EQ(price.trend, Trend::unknown);
    EXPECT_EQ(price.trend_30_days, 0);
}

TEST_F(PriceTrend, EqualPricesAndEqualDaysAreFlat) {
    rate(line(12, 5, 0));
    EXPECT_EQ(price.trend, Trend::flat);
    std::vector<DatedValue> one_day = line(12, 5, 0.01);
    for (DatedValue& one : one_day)
        one.day = -3;
    EXPECT_EQ(rate(one_day).trend, Trend::flat);
}

TEST_F(PriceTrend, AgreesWithAWorkedKendallTest) {
    // Six of 45 pairs are in the wrong order: S = 33, variance 10 * 9 * 25 / 18 = 125,
    // z = 32 / sqrt(125) = 2.8622, p = .0042.
    const double values[] = {1, 4, 2, 3, 7, 5, 6, 10, 8, 9};
    std::vector<DatedValue> dated;
    for (int i = 0; i < 10; ++i)
        dated.push_back({static_cast<double>(i), values[i]});
    const KendallTest test = kendall_test(dated, buffer);
    EXPECT_EQ(test.s, 33);
    EXPECT_NEAR(test.p, 0.0042, 0.00005);
    EXPECT_NEAR(test.p, std::erfc(32 / std::sqrt(125.0) / std::sqrt(2.0)), 1e-12);
    // Ties: values 1 1 2 2 against four days: S = 4, variance (4*3*13 - 2*(2*1*9)) / 18.
    const std::vector<DatedValue> tied = {{0, 1}, {1, 1}, {2, 2}, {3, 2}};
    const KendallTest with_ties = kendall_test(tied, buffer);
    EXPECT_EQ(with_ties.s, 4);
    EXPECT_NEAR(with_ties.p, std::erfc(3 / std::sqrt(120.0 / 18) / std::sqrt(2.0)), 1e-12);
}

TEST_F(PriceTrend, TheSlopeIsTheMedianOfAllPairs) {
    SeededRandom random(5);
    for (int trial = 0; trial < 50; ++trial) {
        std::vector<DatedValue> dated;
        std::vector<double> slopes;
        for (int i = 0; i < 9; ++i)
            dated.push_back({std::floor(-90 * random.next_unit()), random.next_unit()});
        for (std::size_t i = 0; i < dated.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (dated[i].day != dated[j].day) {
                    slopes.push_back((dated[i].value - dated[j].value) /
                                     (dated[i].day - dated[j].day));
                }
            }
        }
        std::sort(slopes.begin(), slopes.end());
        const std::size_t middle = slopes.size() / 2;
        const double expected =
            slopes.size() % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
        EXPECT_NEAR(theil_sen_slope(dated, buffer), expected, 1e-15);
    }
}

TEST_F(PriceTrend, OneWildSaleDoesNotMakeATrend) {
    std::vector<DatedValue> dated = line(20, 4, 0);
    SeededRandom random(6);
    for (DatedValue& one : dated)
        one.value = 0.1 * random.next_unit();
    dated.front().value = 5;
    EXPECT_EQ(rate(dated).trend, Trend::flat);
}

TEST_F(PriceTrend, ChanceAloneIsCalledATrendInATenthOfAllCases) {
    SeededRandom random(7);
    int trends = 0;
    constexpr int trials = 4'000;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<DatedValue> dated;
        for (int i = 0; i < 15; ++i)
            dated.push_back({-90 * random.next_unit(), random.next_unit()});
        trends += rate(dated).trend != Trend::flat ? 1 : 0;
    }
    EXPECT_GT(trends, trials * 6 / 100);
    EXPECT_LT(trends, trials * 11 / 100);
}

TEST_F(PriceTrend, OfALongListTheNewestDecide) {
    std::vector<DatedValue> dated;
    for (int i = 0; i < 500; ++i)
        dated.push_back({-0.18 * i, i < 256 ? -0.01 * i : 0.05 * i});
    EXPECT_EQ(rate(dated).trend, Trend::rising);
}

TEST_F(PriceTrend, MonthsThatStandApartAreUnsteady) {
    std::vector<DatedValue> dated;
    for (const double day : {-1.0, -10.0, -20.0, -31.0, -40.0, -50.0, -61.0, -70.0})
        dated.push_back({day, day < -30 && day > -60 ? 0.2 : 0.01});
    rate(dated, 0);
    EXPECT_EQ(price.windows, 2) << "the third has two sales, which is too few";
    EXPECT_EQ(price.windows_unsteady, 1);
    dated.push_back({-80, 0.0});
    rate(dated, 0);
    EXPECT_EQ(price.windows, 3);
    EXPECT_EQ(price.windows_unsteady, 1);
    EXPECT_EQ(rate(dated, 0.15).windows_unsteady, 2) << "what counts is the distance to the price";
}

}  // namespace
}  // namespace assay::engine
