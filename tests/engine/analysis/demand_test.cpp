// Demand from counts: the golden values of the Lomax time to sell, and what is said without data.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::engine {
namespace {

class DemandTest : public ::testing::Test {
  protected:
    const Demand& estimate() {
        estimate_demand(product, *tables, demand);
        return demand;
    }
    std::shared_ptr<const Tables> tables = *load_tables();
    Product product;
    Demand demand;
};

TEST(ProbabilitySold, AgreesWithThePublishedVector) {
    EXPECT_NEAR(probability_sold(8, 120, 0.2, 30), 0.3232, 0.00005);
    // The plug-in of the mean rate ignores that the rate is uncertain and reads high.
    EXPECT_NEAR(1 - std::exp(-8.0 / 120 * 0.2 * 30), 0.3297, 0.00005);
    EXPECT_EQ(probability_sold(8, 120, 0.2, 0), 0);
    EXPECT_NEAR(probability_sold(1, 30, 1, 1e-9), 1e-9 / 30, 1e-18) << "precise when tiny";
}

TEST_F(DemandTest, SevenSalesInNinetyDaysGiveThePosteriorOfTheVector) {
    product.market.sold_count = 7;
    product.market.sold_window_days = 90;
    product.market.competing_offers = 4;
    estimate();
    EXPECT_EQ(demand.basis, DemandBasis::sold_count);
    EXPECT_EQ(demand.shape, 8);
    EXPECT_EQ(demand.rate, 120);
    EXPECT_EQ(demand.share, 0.2);
    EXPECT_NEAR(demand.p_sold_30, 0.3232, 0.00005);
    EXPECT_NEAR(demand.units_per_day, 8.0 / 120, 1e-12);
    EXPECT_NEAR(*demand.days_expected, 120 / (0.2 * 7), 1e-9);
    EXPECT_NEAR(demand.days_median, 120 / 0.2 * (std::pow(2, 1.0 / 8) - 1), 1e-9);
    EXPECT_NEAR(probability_sold(8, 120, 0.2, demand.days_median), 0.5, 1e-12);
}

TEST_F(DemandTest, BothSellThroughsAreGivenSinceToolsDisagree) {
    product.market.sold_count = 40;
    product.market.active_listings = 60;
    estimate();
    EXPECT_NEAR(*demand.str_ratio, 40.0 / 60, 1e-12);
    EXPECT_NEAR(*demand.str_share, 0.40, 1e-12);
    EXPECT_NEAR(*demand.months_of_supply, 60 / (40.0 * 30 / 90), 1e-12);
}

TEST_F(DemandTest, NothingCountedIsNoDemandAtAll) {
    product.market.active_listings = 60;
    estimate();
    EXPECT_EQ(demand.basis, DemandBasis::none);
    EXPECT_FALSE(demand.str_ratio.has_value());
    EXPECT_EQ(demand.p_sold_90, 0);
}

TEST_F(DemandTest, NothingSoldHasNoExpectedTime) {
    product.market.sold_count = 0;
    product.market.active_listings = 0;
    estimate();
    EXPECT_EQ(demand.basis, DemandBasis::sold_count);
    EXPECT_FALSE(demand.days_expected.has_value()) << "the mean of a Lomax with a <= 1 is infinite";
    EXPECT_FALSE(demand.str_ratio.has_value());
    EXPECT_FALSE(demand.str_share.has_value());
    EXPECT_FALSE(demand.months_of_supply.has_value());
    EXPECT_NEAR(demand.days_median, 120, 1e-9);
}

TEST_F(DemandTest, TheHorizonMayBeOverridden) {
    product.market.sold_count = 7;
    estimate();
    EXPECT_EQ(demand.p_sold_horizon, demand.p_sold_90);
    product.overrides.horizon_days = 30;
    estimate();
    EXPECT_EQ(demand.p_sold_horizon, demand.p_sold_30);
}

}  // namespace
}  // namespace assay::engine
