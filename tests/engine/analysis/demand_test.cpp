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
        estimate_demand(product, product.comparables, condition, price, *tables, as_of,
                        complete_since, demand);
        return demand;
    }
    std::shared_ptr<const Tables> tables = *load_tables();
    Comparable& sold(double days_ago, Condition its = Condition::unknown) {
        Comparable comparable;
        comparable.price = 1'000;
        comparable.condition = its;
        comparable.sold_at = as_of - std::chrono::milliseconds(std::llround(days_ago * 86'400'000));
        product.comparables.push_back(comparable);
        return product.comparables.back();
    }
    std::string explained() {
        EvidenceList list;
        explain_demand(demand, list);
        std::string text;
        for (const Evidence& entry : list.entries()) {
            text += std::string(entry.source) + " " + std::string(entry.rule) + ": " +
                    entry.detail + "\n";
        }
        return text;
    }
    TimePoint as_of = *parse_time("2026-05-25T10:30:00Z");
    std::optional<TimePoint> complete_since;
    Condition condition = Condition::unknown;
    Price price;
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

TEST_F(DemandTest, ARoundNumberOfManySalesIsWrittenOut) {
    product.market.sold_count = 199'999;
    product.market.sold_window_days = 90;
    estimate();
    EXPECT_EQ(demand.shape, 200'000);
    EXPECT_EQ(explained(), "sold_count gamma_poisson: a=200000 b=120 g=1\n");
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

// P(N >= q) by drawing the rate and then the sales would be slow: the sum over Erlang times of a
// finely cut Gamma instead.
double erlang_tail(double shape, double rate, double share, double days, int units) {
    const double step = 1e-4;
    double sum = 0, mass = 0;
    for (double u = step / 2; u < 40; u += step) {  // u = rate * lambda ~ Gamma(shape, 1)
        const double density = std::exp((shape - 1) * std::log(u) - u - std::lgamma(shape));
        const double mean = u / rate * share * days;
        double below = 0, term = std::exp(-mean);
        for (int n = 0; n < units; ++n) {
            below += term;
            term *= mean / (n + 1);
        }
        sum += density * (1 - below) * step;
        mass += density * step;
    }
    EXPECT_NEAR(mass, 1, 1e-3);
    return sum;
}

TEST(UnitsSold, AllAreByTheMixtureOfErlangTimesOverTheRate) {
    EXPECT_NEAR(units_sold(8, 120, 0.2, 30, 1).p_all, probability_sold(8, 120, 0.2, 30), 1e-12);
    for (const int units : {2, 3, 7}) {
        EXPECT_NEAR(units_sold(8, 120, 1, 90, units).p_all, erlang_tail(8, 120, 1, 90, units), 1e-3)
            << units;
    }
    EXPECT_EQ(units_sold(8, 120, 0.2, 0, 1).p_all, 0);
    double before = 1;
    for (std::int64_t units = 1; units < 3'000; units += 37) {
        const double now = units_sold(900, 90, 1, 90, units).p_all;
        ASSERT_LE(now, before + 2e-3) << units;  // the normal form takes over at 1,000
        before = now;
    }
    EXPECT_EQ(units_sold(2, 30, 1, 90, 1'000'000'000).p_all, 0);
    EXPECT_NEAR(units_sold(900, 90, 1, 90, 1'001).p_all, units_sold(900, 90, 1, 90, 1'000).p_all,
                0.01);
}

// sum over n of min(n, units) P(N = n), with the probabilities written out.
TEST(UnitsSold, ExpectsWhatTheNegativeBinomialDoes) {
    EXPECT_NEAR(units_sold(8, 120, 0.2, 30, 1).expected, 0.3232, 5e-5) << "the spec's vector";
    for (const double shape : {1.5, 6.0, 40.0}) {
        for (const std::int64_t units : {2, 5, 60, 500, 1'000, 1'001, 2'500}) {
            const double rate = shape / 9, p = 90 / (rate + 90);  // some 800 a horizon
            double expected = 0, mass = 0;
            for (int n = 0; n < 40'000; ++n) {
                const double probability =
                    std::exp(std::lgamma(shape + n) - std::lgamma(shape) - std::lgamma(n + 1.0) +
                             shape * std::log1p(-p) + n * std::log(p));
                mass += probability;
                expected += probability * static_cast<double>(std::min<std::int64_t>(n, units));
            }
            EXPECT_NEAR(mass, 1, 1e-6);
            // Above 1,000 units by an approximation.
            const double within = units > 1'000 ? 0.01 : 1e-8;
            EXPECT_NEAR(units_sold(shape, rate, 1, 90, units).expected / expected, 1, within)
                << shape << " " << units;
        }
    }
    EXPECT_EQ(units_sold(8, 120, 0.2, 0, 3).expected, 0);
    // That none of so many sells has no probability that a double could hold.
    EXPECT_NEAR(units_sold(20'000, 2'160, 1, 90, 900).expected, 833, 1);
    EXPECT_EQ(units_sold(20'000, 90, 1, 90, 900).expected, 900);
}

TEST_F(DemandTest, OfFiveHundredUnitsFewAreSold) {
    product.market.sold_count = 5;
    product.quantity = 500;
    estimate();
    EXPECT_GT(demand.p_sold_horizon, 0.9) << "the first one";
    EXPECT_NEAR(500 * demand.sold_share, 6.0 / 120 * 90, 0.01);
    EXPECT_NEAR(demand.unit_days(), 250.5 * *demand.days_expected, 1e-6);
    product.quantity = 1;
    estimate();
    EXPECT_EQ(demand.sold_share, demand.p_sold_horizon);
    EXPECT_EQ(demand.unit_days(), *demand.days_expected);
}

TEST_F(DemandTest, ManyUnitsTakeLongerThanOne) {
    product.market.sold_count = 7;
    product.quantity = 4;
    estimate();
    EXPECT_NEAR(demand.p_all_horizon, units_sold(8, 120, 1, 90, 4).p_all, 1e-12);
    EXPECT_LT(demand.p_all_horizon, demand.p_sold_horizon);
    EXPECT_NE(explained().find("negative_binomial: 4 units within the horizon: p=0."),
              std::string::npos)
        << explained();
}

TEST_F(DemandTest, WhatIsKnownBestSpeaksFirst) {
    product.category = "Books";
    product.market.channel = "amazon_us";
    product.market.sales_rank = 10'000;
    product.market.monthly_sold = 50;
    for (int day = 0; day < 40; ++day) {
        product.market.rank_history.push_back(
            {as_of - std::chrono::days(40 - day), day % 2 == 0 ? 200'000 : 150'000});
    }
    sold(10);
    product.market.sold_count = 3;
    EXPECT_EQ(estimate().basis, DemandBasis::sold_count);
    product.market.sold_count.reset();
    EXPECT_EQ(estimate().basis, DemandBasis::sold_comps);
    EXPECT_EQ(demand.sold, 1);
    EXPECT_EQ(demand.days, 90);
    product.comparables.clear();
    EXPECT_EQ(estimate().basis, DemandBasis::monthly_sold);
    EXPECT_EQ(demand.sold, 50);
    EXPECT_EQ(demand.days, 30);
    product.market.monthly_sold.reset();
    EXPECT_EQ(estimate().basis, DemandBasis::rank_drops);
    EXPECT_EQ(demand.sold, 20);
    EXPECT_NEAR(demand.days, 40, 1e-9);
    EXPECT_EQ(demand.escore, 20);
    product.market.rank_history.clear();
    EXPECT_EQ(estimate().basis, DemandBasis::rank_model);
    EXPECT_NEAR(demand.units_per_day * 7, 12.3, 0.1) << "the curve's own mean";
    EXPECT_EQ(demand.shape, 2) << "and as uncertain as two sales";
    EXPECT_NE(explained().find("rank_model books_us of 2005-12-31"), std::string::npos);
    product.market.channel = "amazon_de";
    EXPECT_EQ(estimate().basis, DemandBasis::none) << "fitted elsewhere";
}

TEST_F(DemandTest, NewVelocityIsNeverMixedWithAUsedPrice) {
    sold(5, Condition::new_);
    sold(6, Condition::new_);
    sold(7, Condition::good);
    condition = Condition::very_good;
    EXPECT_EQ(estimate().sold, 1);
    condition = Condition::new_;
    EXPECT_EQ(estimate().sold, 2);
    condition = Condition::unknown;
    EXPECT_EQ(estimate().sold, 3);

    product.comparables.clear();
    product.market.monthly_sold = 90;
    condition = Condition::good;
    estimate();
    EXPECT_EQ(demand.basis, DemandBasis::none);
    EXPECT_NE(explained().find("new_velocity_left_out"), std::string::npos);
    product.market.channel = "amazon_us";
    product.category = "Books > Novels";
    product.market.rank_category = "Kitchen";
    EXPECT_EQ(estimate().basis, DemandBasis::none) << "that list has no rank model";
    product.market.rank_category = "Books";
    EXPECT_EQ(estimate().basis, DemandBasis::monthly_sold) << "used books sell under one rank";
}

TEST_F(DemandTest, ADearListPriceSellsSlowerAndACheapOneAtMostThreeTimesAsFast) {
    product.market.sold_count = 7;
    price.basis = PriceBasis::sold_comps;
    price.log_mean = std::log(1'000.0);
    price.spread = 0.25;
    price.p50 = 1'000;
    EXPECT_EQ(estimate().price_factor, 1) << "no list price: at the market";
    product.target_price = 1'284;  // one spread above
    EXPECT_NEAR(estimate().price_factor, std::exp(-0.8), 1e-3);
    EXPECT_NEAR(demand.share, std::exp(-0.8), 1e-3);
    product.target_price = 100;
    EXPECT_EQ(estimate().price_factor, 3);
    price = Price{};
    EXPECT_EQ(estimate().price_factor, 1) << "without a price nothing is dear";
}

TEST_F(DemandTest, OnlyOffersAsCheapAsOursCompete) {
    product.market.sold_count = 7;
    product.market.competing_offers = 4;
    product.market.lowest_offer = 1'000;
    product.target_price = 1'000;
    EXPECT_EQ(estimate().share, 0.2);
    product.target_price = 999;
    EXPECT_EQ(estimate().share, 1);
    product.target_price.reset();
    price.basis = PriceBasis::sold_comps;
    price.spread = 0.2;
    price.p50 = 990;
    EXPECT_EQ(estimate().share, 1) << "without a list price the market's";
}

TEST_F(DemandTest, ASeasonMovesWhatWasCountedToTheTimeToCome) {
    product.market.sold_count = 30;
    product.category = "Toys";
    as_of = *parse_time("2026-10-03T00:00:00Z");
    estimate();
    EXPECT_EQ(demand.season_group, "toys");
    EXPECT_GT(demand.season, 1.6) << "from summer into Christmas";
    const double into = demand.p_sold_30;
    as_of = *parse_time("2027-01-02T00:00:00Z");
    estimate();
    EXPECT_LT(demand.season, 0.6) << "and out of it";
    EXPECT_LT(demand.p_sold_30, into);
    product.category = "Kitchen";
    EXPECT_EQ(estimate().season, 1);
}

TEST_F(DemandTest, SlowCategoriesHaveAPriorOfTheirOwn) {
    product.market.sold_count = 0;
    product.category = "Books";
    estimate();
    EXPECT_EQ(demand.shape, 1);
    EXPECT_EQ(demand.rate, 210);
    EXPECT_EQ(demand.prior_group, "books");
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
