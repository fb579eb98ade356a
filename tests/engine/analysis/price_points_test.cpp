// What a comparable is worth: other currencies at the rate of their day, categories, sources.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_points.hpp"

#include <gmock/gmock.h>

#include "tests/engine/analysis/price_fixture.hpp"

namespace assay::engine {
namespace {

using testing::PriceTest;

TEST_F(PriceTest, ATitleThatSeveralSalesShareCountsForEachOfThem) {
    product.title = "Sony WH-1000XM4 headphones";
    read_attributes(product, *tables, attributes);
    ASSERT_TRUE(attributes.title_facts);
    for (const std::string_view title :
         {"Sony WH-1000XM4 headphones", "Sony WH-1000XM4 for parts", "Sony WH-1000XM4 for parts",
          "2er Set Sony WH-1000XM4", "2er Set Sony WH-1000XM4", "", "Sony WH-1000XM4 headphones"})
        sold(10'000).title = title;
    estimate();
    EXPECT_EQ(left_out(LeftOut::parts), 2);
    EXPECT_EQ(price.n, 5);
    product.comparables.erase(product.comparables.begin() + 5, product.comparables.end());
    product.comparables.erase(product.comparables.begin(), product.comparables.begin() + 3);
    EXPECT_EQ(estimate().p50, 5'000) << "each sale of two is worth half per unit";
}

TEST_F(PriceTest, ADefectiveProductsOwnTitleSaysWhichSalesAreLikeIt) {
    product.title = "Sony WH-1000XM4 for parts";
    read_attributes(product, *tables, attributes);
    sold(3'000).title = product.title;
    sold(10'000).title = "Sony WH-1000XM4 headphones";
    estimate();
    EXPECT_EQ(price.n, 1);
    EXPECT_EQ(left_out(LeftOut::parts), 1);
}

class PriceInOtherCurrencies : public PriceTest {
  protected:
    void SetUp() override {
        PriceTest::SetUp();
        auto rates = read_exchange_rates(
            "date,base,quote,rate\n2026-05-08,EUR,USD,1.25\n2026-05-20,EUR,USD,1.00\n"
            "2026-05-22,EUR,GBP,0.80\n2026-05-22,EUR,JPY,160\n",
            "rates.csv");
        tables = *load_tables({}, std::make_shared<const ExchangeRates>(*std::move(rates)));
    }
    Comparable& sold_in(std::string_view currency, MinorUnits amount, double days_ago) {
        Comparable& comparable = sold(amount, days_ago);
        comparable.currency = *Currency::parse(currency);
        return comparable;
    }
    std::string said(std::string_view rule) {
        EvidenceList evidence;
        explain_price(price, *tables, evidence);
        for (const Evidence& entry : evidence.entries()) {
            if (entry.source == "exchange_rates" && entry.rule == rule) return entry.detail;
        }
        return {};
    }
};

TEST_F(PriceInOtherCurrencies, ASaleIsWorthWhatItWasOnItsDay) {
    sold_in("USD", 1'250, 12);  // 13 May: the rate of the 8th
    EXPECT_EQ(estimate().p50, 1'000);
    EXPECT_EQ(said("USD"), "1 converted to EUR at the rate of 2026-05-08");
    product.comparables[0].sold_at = as_of;  // the 25th: that of the 20th
    EXPECT_EQ(estimate().p50, 1'250);
    EXPECT_EQ(said("USD"), "1 converted to EUR at the rate of 2026-05-20");
    product.comparables[0].sold_at.reset();
    EXPECT_EQ(estimate().p50, 1'250) << "undated: as of the day that we look from";
}

TEST_F(PriceInOtherCurrencies, PostageComesAlongAndYenHaveNoCents) {
    sold_in("JPY", 1'400, 1).shipping = 200;
    EXPECT_EQ(estimate().p50, 1'000);
    EXPECT_EQ(price.currency.code(), "EUR");
}

TEST_F(PriceInOtherCurrencies, WithoutARateOfThatWeekTheSaleIsLeftOutByName) {
    sold_in("USD", 1'250, 1);
    sold_in("USD", 1'250, 80);  // before the table begins
    sold_in("CHF", 1'000, 1);   // not in it
    sold_in("CHF", 1'000, 2);
    estimate();
    EXPECT_EQ(price.n, 1);
    EXPECT_EQ(left_out(LeftOut::no_exchange_rate), 3);
    EXPECT_EQ(left_out(LeftOut::other_currency), 0);
    EXPECT_EQ(said("USD"),
              "1 converted to EUR at the rate of 2026-05-20; 1 left out: no rate for them");
    EXPECT_EQ(said("CHF"), "2 left out: no rate for them");
}

TEST_F(PriceInOtherCurrencies, TwoRatesAreNamedByTheOlderAndTheCurrencyBetween) {
    product.currency = *Currency::parse("GBP");
    sold_in("USD", 1'000, 1);
    EXPECT_EQ(estimate().p50, 800);
    EXPECT_EQ(said("USD"), "1 converted to GBP at the rate of 2026-05-20, through EUR");
}

TEST_F(PriceInOtherCurrencies, AnOutlierIsNamedInTheProductsCurrency) {
    for (int i = 0; i < 6; ++i)
        sold(1'000 + i);
    sold_in("USD", 9'000, 1);
    estimate();
    ASSERT_EQ(price.outliers.size(), 1U);
    EXPECT_EQ(price.outliers[0].price, 9'000);
    product.comparables.back().sold_at = as_of - std::chrono::days(12);
    estimate();
    ASSERT_EQ(price.outliers.size(), 1U);
    EXPECT_EQ(price.outliers[0].price, 7'200);
}

TEST_F(PriceInOtherCurrencies, WithoutATableTheCurrencyIsNamedAllTheSame) {
    tables = *load_tables();
    sold_in("USD", 1'250, 1);
    estimate();
    EXPECT_EQ(left_out(LeftOut::other_currency), 1);
    EXPECT_EQ(said("USD"), "1 left out: no rate for them");
}

TEST_F(PriceTest, ACategoryHasItsOwnConditionsSpreadAndHalfLife) {
    attributes.condition = Condition::good;
    product.category = "Textbooks";
    sold(10'000).condition = Condition::new_;
    EXPECT_EQ(estimate().p50, 6'500) << "used textbooks bring .65 of new ones";
    EXPECT_EQ(price.spread, 0.4);
    EXPECT_EQ(price.group, "books");
    product.category = "Video Games";
    EXPECT_EQ(estimate().p50, 7'900);
    EXPECT_EQ(price.spread, 0.35);
    product.category = "Books";
    attributes.condition = Condition::unknown;
    product.comparables.clear();
    sold(1'000, 60);
    sold(1'000, 60);
    sold(2'000, 0);
    EXPECT_EQ(estimate().p50, 1'414) << "after 60 days two weigh as much as a new one";
}

TEST_F(PriceTest, ASourceThatIsTrustedLessWeighsLess) {
    for (int i = 0; i < 2; ++i)
        sold(1'000).source = "estimate";
    sold(2'000);
    EXPECT_EQ(estimate().p50, 1'414) << "two halves against one: between them, on logs";
    for (int i = 0; i < 2; ++i)
        product.comparables[static_cast<std::size_t>(i)].source = "price_guide";
    EXPECT_EQ(estimate().p50, 1'000);
}

}  // namespace
}  // namespace assay::engine
