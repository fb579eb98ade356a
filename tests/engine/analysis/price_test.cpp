// Prices from comparables and priors: golden values, filters, confidence, and what is never said.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "engine/analysis/lognormal.hpp"
#include "engine/base/random.hpp"
#include "tests/engine/analysis/price_fixture.hpp"

namespace assay::engine {
namespace {

using testing::PriceTest;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(PriceTest, TwoComparablesAreDrawnToThePriorAsPublished) {
    product.msrp = 10'000;  // global recovery .277
    sold(4'500);
    sold(4'500);
    estimate();
    EXPECT_EQ(price.basis, PriceBasis::shrunk);
    EXPECT_NEAR(price.spread, 0.35, 1e-12);
    EXPECT_NEAR(price.shrink_weight, 0.8546, 0.00005);
    EXPECT_EQ(price.p50, 4'193);
    EXPECT_EQ(price.n_used, 2);
    EXPECT_FALSE(price.interval_low.has_value());
    EXPECT_LT(price.confidence, 25);
    EXPECT_EQ(price.level, "low");
}

TEST_F(PriceTest, WithoutComparablesThePriorOfTheDepartmentSpeaks) {
    product.msrp = 10'000;
    product.category = "Electronics > Headphones";
    estimate();
    EXPECT_EQ(price.basis, PriceBasis::category_prior);
    EXPECT_EQ(price.p50, 2'345);
    EXPECT_EQ(price.p10, std::llround(2'345 * std::exp(-1.2815515655 * 0.6)));
    EXPECT_EQ(price.p90, std::llround(2'345 * std::exp(1.2815515655 * 0.6)));
    EXPECT_EQ(price.log_sd, 0.6);
    EXPECT_EQ(price.prior_group, "Electronics");
    EXPECT_LE(price.confidence, 25);
    EXPECT_GT(price.confidence, 0);
    EXPECT_EQ(price.level, "low");
    EXPECT_THAT(price.missing, ElementsAre("comparables"));
}

TEST_F(PriceTest, WithoutRetailAndComparablesThereIsNoNumber) {
    estimate();
    EXPECT_EQ(price.basis, PriceBasis::none);
    EXPECT_EQ(price.p50, 0);
    EXPECT_EQ(price.confidence, 0);
    EXPECT_EQ(price.level, "");
    EXPECT_THAT(price.missing, ElementsAre("comparables", "msrp"));
    product.msrp = 0;
    estimate();
    EXPECT_EQ(price.basis, PriceBasis::none);
}

// Two sales at 60.00 and a retail price of 5.00: the sales are right.
TEST_F(PriceTest, NothingIsDrawnTowardsARetailPriceThatNobodyBelieves) {
    product.msrp = 500;
    sold(6'000);
    sold(6'000);
    EXPECT_EQ(estimate().retail, RetailCheck::absurd);
    EXPECT_EQ(price.basis, PriceBasis::sold_comps);
    EXPECT_EQ(price.p50, 6'000);
    EXPECT_EQ(price.shrink_weight, 1);
    EvidenceList list;
    explain_price(price, *tables, list);
    EXPECT_TRUE(std::any_of(list.entries().begin(), list.entries().end(),
                            [](const Evidence& one) { return one.rule == "not_believed"; }));
    product.msrp = 601;  // a tenth: low, and a prior all the same
    EXPECT_EQ(estimate().retail, RetailCheck::low);
    EXPECT_EQ(price.basis, PriceBasis::shrunk);
    product.msrp = 2'401;  // 40 %
    EXPECT_EQ(estimate().retail, RetailCheck::plausible);
    product.comparables.clear();
    product.msrp = 1;
    EXPECT_EQ(estimate().retail, RetailCheck::plausible) << "nothing says otherwise";
}

TEST_F(PriceTest, ManyComparablesNeedNoPrior) {
    product.msrp = 1;  // absurd, and without any weight from eight comparables on
    sold_evenly(8, 0.2, 10);
    estimate();
    EXPECT_EQ(price.basis, PriceBasis::sold_comps);
    EXPECT_EQ(price.shrink_weight, 1);
    EXPECT_NEAR(static_cast<double>(price.p50), 10'000, 300);
    EXPECT_NEAR(price.interval_coverage, 0.9297, 0.00005);
    EXPECT_LT(*price.interval_low, price.p50);
    EXPECT_GT(*price.interval_high, price.p50);
}

TEST_F(PriceTest, ConfidenceHoldsItsThreeExamples) {
    sold_evenly(40, 0.25, 90);
    estimate();
    EXPECT_NEAR(price.spread, 0.25, 0.01);
    EXPECT_NEAR(price.confidence, 60, 3);

    product.comparables.clear();
    identity.valid = false;
    product.brand = "Sony";
    product.model = "WH-1000XM4";
    sold_evenly(8, 0.25, 60);
    estimate();
    EXPECT_NEAR(price.spread, 0.25, 0.04);
    EXPECT_GE(price.confidence, 35);
    EXPECT_LE(price.confidence, 45);

    product.comparables.clear();
    sold_evenly(3, 0.25, 30);
    estimate();
    EXPECT_LT(price.confidence, 25);
    product.msrp = 20'000;
    estimate();
    EXPECT_LT(price.confidence, 25) << "a prior beside them does not change that";
}

TEST_F(PriceTest, ConfidenceFallsWithAgeAndIdentity) {
    sold_evenly(20, 0.2, 20);
    const int fresh = estimate().confidence;
    identity.valid = false;
    const int by_title = estimate().confidence;
    EXPECT_NEAR(by_title, fresh * 0.6, 1);
    identity.valid = true;
    identity.conflicts.push_back("identifier_conflict");
    EXPECT_EQ(estimate().confidence, 35);
    identity.conflicts.clear();
    for (Comparable& comparable : product.comparables) {
        comparable.sold_at = *comparable.sold_at - std::chrono::days(60);
    }
    estimate();
    EXPECT_NEAR(price.confidence, fresh * std::exp2(-0.5), 2) << "the newest is 60 days old";
}

TEST_F(PriceTest, APlantedBundleIsRemovedAndNamed) {
    for (const MinorUnits amount : {4'100, 4'150, 4'200, 4'230, 4'250, 4'300, 4'400})
        sold(amount);
    Comparable& bundle = sold(32'651);
    bundle.shipping = 400;
    estimate();
    EXPECT_EQ(price.n, 8);
    EXPECT_EQ(price.n_used, 7);
    ASSERT_EQ(price.outliers.size(), 1U);
    EXPECT_EQ(price.outliers[0].id, "c7");
    EXPECT_EQ(price.outliers[0].price, 33'051);
    EXPECT_EQ(price.outliers[0].reason, "mad");
    EXPECT_NEAR(static_cast<double>(price.p50), 4'230, 1);
}

TEST_F(PriceTest, ThreeValuesHaveNoOutlier) {
    sold(1'000);
    sold(1'010);
    sold(90'000);
    EXPECT_EQ(estimate().n_used, 3);
}

TEST_F(PriceTest, AFarValueAmongEqualOnesIsRemovedThoughTheMadIsZero) {
    for (int i = 0; i < 4; ++i)
        sold(1'000);
    sold(9'000);
    estimate();
    EXPECT_EQ(price.n_used, 4);
    product.comparables.back().price = 1'200;  // within the floor: stays
    EXPECT_EQ(estimate().n_used, 5);
}

TEST_F(PriceTest, EveryReasonToLeaveOutIsCounted) {
    sold(1'000).kind = ComparableKind::active;
    sold(1'000).currency = *Currency::parse("USD");
    sold(0);
    sold(1'000).match = 0.49;
    sold(1'000, 90.01);
    sold(1'000, -0.01);
    sold(1'000).condition = Condition::parts;
    sold(1'000).title = "Sony WH-1000XM4 defekt";
    sold(1'000).title = "Sony WH-1000XM4 BOX ONLY";
    sold(1'000).title = "Sony headphones bundle";
    sold(2'500, 90);
    estimate();
    EXPECT_EQ(price.n, 1);
    EXPECT_EQ(price.p50, 2'500);
    EXPECT_EQ(left_out(LeftOut::asking_price), 1);
    EXPECT_EQ(left_out(LeftOut::other_currency), 1);
    EXPECT_EQ(left_out(LeftOut::no_price), 1);
    EXPECT_EQ(left_out(LeftOut::match_low), 1);
    EXPECT_EQ(left_out(LeftOut::too_old), 1);
    EXPECT_EQ(left_out(LeftOut::after_as_of), 1);
    EXPECT_EQ(left_out(LeftOut::parts), 2);
    EXPECT_EQ(left_out(LeftOut::box_only), 1);
    EXPECT_EQ(left_out(LeftOut::bundle), 1);
    EvidenceList evidence;
    explain_price(price, *tables, evidence);
    ASSERT_FALSE(evidence.entries().empty());
    EXPECT_EQ(evidence.entries()[0].rule, "left_out");
    EXPECT_THAT(evidence.entries()[0].detail, HasSubstr("1 asking_price, 1 other_currency"));
}

TEST_F(PriceTest, ThePriceIsTheDeliveredOne) {
    sold(2'000).shipping = 500;
    EXPECT_EQ(estimate().p50, 2'500);
}

TEST_F(PriceTest, ConditionsMoveAComparable) {
    attributes.condition = Condition::good;
    sold(10'000).condition = Condition::new_;
    EXPECT_EQ(estimate().p50, 8'500);
    attributes.condition = Condition::new_;
    product.comparables[0].condition = Condition::good;
    EXPECT_EQ(estimate().p50, 11'765);
    product.comparables[0].condition = Condition::new_;
    EXPECT_EQ(estimate().p50, 10'000);
}

TEST_F(PriceTest, PartsArePricedByPartsOnly) {
    attributes.parts_only = true;
    sold(1'000).condition = Condition::parts;
    sold(9'000).condition = Condition::good;
    estimate();
    EXPECT_EQ(price.n, 1);
    EXPECT_EQ(price.p50, 1'000);
}

TEST_F(PriceTest, LotsAreBroughtToOneUnitAndToTheProductsOwnLot) {
    sold(4'000).title = "Lot of 4 controllers";
    EXPECT_EQ(estimate().p50, 1'000);
    attributes.lot_quantity = 8;
    EXPECT_EQ(estimate().p50, 8'000);
    product.comparables[0].title = {};
    EXPECT_EQ(estimate().p50, 4'000) << "without a title: sold as the product is";
    product.comparables[0].quantity = 2;
    EXPECT_EQ(estimate().p50, 16'000);
    product.comparables[0].title = "controllers 8 pack";
    EXPECT_EQ(estimate().p50, 4'000) << "the larger count is that of the units";
}

TEST_F(PriceTest, ABundleIsComparedWithBundlesAndNeverDivided) {
    attributes.is_bundle = true;
    attributes.lot_quantity = 3;
    sold(6'000).title = "Lot of 3 games bundle";
    sold(1'000).title = "one game";
    estimate();
    EXPECT_EQ(price.n, 1);
    EXPECT_EQ(price.p50, 6'000);
}

TEST_F(PriceTest, NewerSalesWeighMore) {
    sold(1'000, 80);
    sold(1'000, 80);
    sold(2'000, 0);
    estimate();
    EXPECT_EQ(price.p50, 2'000);
    EXPECT_LT(price.n_effective, 2);
    product.overrides.half_life_days = 10'000;
    EXPECT_EQ(estimate().p50, 1'000);
}

TEST_F(PriceTest, UndatedComparablesCountAsMiddleAged) {
    for (int i = 0; i < 8; ++i)
        sold(1'000).sold_at.reset();
    estimate();
    EXPECT_EQ(price.p50, 1'000);
    EXPECT_NEAR(price.n_effective, 8, 1e-9);
    EXPECT_NEAR(price.confidence, 100 * std::exp(-2 * 0.07413) * std::exp2(-0.25), 1);
}

TEST_F(PriceTest, ACurrencyThatAllComparablesShareIsTaken) {
    product.currency = {};
    sold(1'000).currency = *Currency::parse("USD");
    sold(1'000).currency = *Currency::parse("USD");
    estimate();
    EXPECT_EQ(price.currency.code(), "USD");
    EXPECT_EQ(price.n, 2);
    sold(1'000).currency = *Currency::parse("GBP");
    estimate();
    EXPECT_EQ(price.n, 0);
    EXPECT_EQ(left_out(LeftOut::other_currency), 3);
}

TEST_F(PriceTest, TheIntervalHoldsOrderStatisticsOfWhatWasKept) {
    for (const MinorUnits amount : {900, 950, 1'000, 1'050, 1'100})
        sold(amount);
    estimate();
    EXPECT_EQ(price.interval_low, 900);
    EXPECT_EQ(price.interval_high, 1'100);
    EXPECT_EQ(price.interval_coverage, 0.9375);
    product.comparables.pop_back();
    estimate();
    EXPECT_FALSE(price.interval_low.has_value()) << "none below five";
    EXPECT_EQ(price.interval_coverage, 0);
}

TEST_F(PriceTest, LevelHighNeedsManySteadySales) {
    sold_evenly(12, 0.15, 20);
    EXPECT_EQ(estimate().level, "high");
    for (Comparable& comparable : product.comparables)
        comparable.match = 0.55;
    EXPECT_EQ(estimate().level, "medium");
    product.comparables.clear();
    sold_evenly(12, 0.5, 20);
    EXPECT_NE(estimate().level, "high");
}

TEST_F(PriceTest, FiveHundredComparablesAreTaken) {
    sold_evenly(500, 0.3, 80);
    estimate();
    EXPECT_EQ(price.n_used, 500);
    EXPECT_NEAR(static_cast<double>(price.p50), 10'000, 400);
}

TEST_F(PriceTest, ExtremeAmountsStayInRange) {
    for (const MinorUnits amount : {MinorUnits{1}, MinorUnits{1'000'000'000'000'000}}) {
        for (int i = 0; i < 6; ++i)
            sold(amount);
    }
    estimate();
    EXPECT_GE(price.p10, 0);
    EXPECT_LE(price.p90, 1'000'000'000'000'000);
    EXPECT_EQ(price.confidence, 0);
}

TEST_F(PriceTest, TheSameInputGivesTheSameNumbersAfterAnother) {
    sold_evenly(9, 0.3, 60);
    const Price first = estimate();
    const Product kept = product;
    product.comparables.clear();
    product.msrp = 5'000;
    estimate();
    product = kept;
    estimate();
    EXPECT_EQ(price.log_mean, first.log_mean);
    EXPECT_EQ(price.log_sd, first.log_sd);
    EXPECT_EQ(price.p10, first.p10);
    EXPECT_EQ(price.confidence, first.confidence);
    EXPECT_THAT(price.missing, IsEmpty());
}

TEST_F(PriceTest, NewestPricesSayWhereTheyGo) {
    for (int i = 0; i < 10; ++i)
        sold(std::llround(10'000 * std::exp(-0.02 * i)), 3.0 * i);
    EXPECT_EQ(estimate().trend, Trend::rising);
    EXPECT_NEAR(price.trend_30_days, std::expm1(0.2), 0.001);
    EvidenceList evidence;
    explain_price(price, *tables, evidence);
    std::string text;
    for (const Evidence& entry : evidence.entries())
        text += std::string(entry.rule) + ": " + entry.detail + "\n";
    EXPECT_THAT(text, HasSubstr("theil_sen: rising 22.1"));
    for (Comparable& comparable : product.comparables)
        comparable.sold_at.reset();
    EXPECT_EQ(estimate().trend, Trend::unknown) << "undated sales have no order";
}

// 84 used copies of a video game, 82 quantiles that lie as the published ones do and the two
// bundles that were among them: a plain mean of 47.15, a robust 42.3.
TEST_F(PriceTest, TwoBundlesAmongEightyFourSalesAreFoundAndTheMeanIsNot) {
    double sum = 0;
    const auto add = [&](MinorUnits amount) {
        sold(amount, static_cast<double>(product.comparables.size() % 30));
        sum += static_cast<double>(amount);
    };
    for (int i = 0; i < 82; ++i) {
        const double z = normal_quantile((i + 0.5) / 82);
        add(std::llround(4'228 * std::exp(0.16 * z)));
    }
    add(11'850);
    add(32'651);
    EXPECT_NEAR(sum / 84, 4'715, 60);
    estimate();
    EXPECT_EQ(price.n, 84);
    EXPECT_EQ(price.n_used, 82);
    ASSERT_EQ(price.outliers.size(), 2U);
    EXPECT_EQ(price.outliers[0].price, 11'850);
    EXPECT_EQ(price.outliers[1].price, 32'651);
    EXPECT_NEAR(static_cast<double>(price.p50), 4'230, 40);
    EXPECT_NEAR(price.interval_coverage, 0.90, 0.05);
}

TEST_F(PriceTest, QuantilesStandInTheirOrderWhateverComes) {
    SeededRandom random(11);
    const auto draw = [&](std::size_t count) {
        return static_cast<std::size_t>(random.next_unit() * static_cast<double>(count));
    };
    constexpr std::string_view titles[] = {"", "lot of 4", "defekt", "bundle", "OVP leer", "x 2"};
    for (int trial = 0; trial < 5'000; ++trial) {
        product.comparables.clear();
        product.msrp.reset();
        if (draw(2) == 0) product.msrp = 1 + static_cast<MinorUnits>(draw(100'000));
        attributes.condition = static_cast<Condition>(draw(condition_count));
        for (std::size_t i = draw(14); i > 0; --i) {
            Comparable& one = sold(
                1 + static_cast<MinorUnits>(std::exp(25 * random.next_unit() * random.next_unit())),
                100 * random.next_unit() - 5);
            one.condition = static_cast<Condition>(draw(condition_count));
            one.title = titles[draw(6)];
            one.match = random.next_unit();
            one.quantity = 1 + static_cast<std::int64_t>(draw(4));
        }
        estimate();
        ASSERT_LE(price.p10, price.p50) << trial;
        ASSERT_LE(price.p50, price.p90) << trial;
        ASSERT_EQ(price.p50 > 0 || price.p90 > 0 || price.log_mean != 0,
                  price.basis != PriceBasis::none)
            << trial;
        ASSERT_GE(price.confidence, 0);
        ASSERT_LE(price.confidence, 100);
        ASSERT_LE(price.n_effective, static_cast<double>(price.n_used) + 1e-9);
        ASSERT_LE(price.interval_low.value_or(0), price.interval_high.value_or(0));
        names.clear();
    }
}

TEST_F(PriceTest, WhatTheRulesDidIsSaid) {
    product.msrp = 10'000;
    product.category = "Toys";
    sold(4'500);
    estimate();
    EvidenceList evidence;
    explain_price(price, *tables, evidence);
    const auto entries = evidence.entries();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].rule, "weighted_median");
    EXPECT_EQ(entries[1].rule, "spread");
    EXPECT_EQ(entries[2].rule, "log_shrinkage");
    EXPECT_EQ(entries[2].detail, "retail x 0.245 of Toy; the comparables weigh 0.746");
}

}  // namespace
}  // namespace assay::engine
