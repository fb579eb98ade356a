// Profit per channel: the schema's example, the grid as oracle, channels, regimes, dead zones.
// SPDX-License-Identifier: MIT
#include "engine/analysis/profit.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "engine/analysis/break_even.hpp"
#include "engine/analysis/channel_choice.hpp"
#include "engine/analysis/lognormal.hpp"
#include "tests/engine/analysis/sale_fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using testing::day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::official_tables;
using testing::price_of;

class ProfitTest : public ::testing::Test {
  protected:
    void SetUp() override {
        product.product_id = "p";
        product.currency = *Currency::parse("USD");
        product.unit_cost = 1'500;
        product.costs.ship_out = 620;
        product.overrides.channels = {"ebay"};  // in whatever currency
    }
    const ChannelProfit& run(const Price& price, const Tables& tables = official_tables()) {
        choose_channels(product, Condition::unknown, price, tables, day(date), profit);
        estimate_profit(product, price, demand, tables, scratch, profit);
        static const ChannelProfit none;
        return profit.used > 0 ? profit.channels[profit.best] : none;
    }
    void sells_with(double probability, double days) {
        demand.basis = DemandBasis::sold_count;
        demand.p_sold_horizon = demand.sold_share = probability;
        demand.days_expected = days;
        demand.days_median = days / 2;
    }

    Product product;
    Demand demand;
    Profit profit;
    ProfitScratch scratch;
    std::string_view date = "2026-06-01";
};

TEST_F(ProfitTest, GivesTheSchemasExample) {
    Price price = price_of("USD", 4'232, 0.17);
    price.p10 = 3'403;
    const ChannelProfit& channel = run(price);
    EXPECT_EQ(channel.channel, "ebay_us");
    EXPECT_EQ(channel.list_price, 4'232);
    EXPECT_THAT(channel.fees, ElementsAre(FeeLine{"final_value", 576}, FeeLine{"per_order", 40}));
    EXPECT_EQ(channel.fees_total, 616);
    EXPECT_EQ(channel.shipping, 620);
    EXPECT_EQ(channel.vat, 0);
    EXPECT_EQ(channel.net_proceeds, 2'996);
    EXPECT_EQ(channel.profit_p50, 1'496);
    EXPECT_EQ(channel.profit_p10, 780);
    EXPECT_EQ(channel.break_even, 2'500);
    EXPECT_EQ(channel.max_buy_cost, 2'304);
    EXPECT_NEAR(*channel.roi_p50, 0.9973, 1e-4);
    EXPECT_FALSE(channel.dead_zone);
}

TEST_F(ProfitTest, LinesSumToTheirTotals) {
    sells_with(0.8, 20);
    for (const std::string_view currency : {"USD", "EUR"}) {
        for (const auto regime :
             {VatRegime::none, VatRegime::standard, VatRegime::margin, VatRegime::small_business}) {
            for (double median = 300; median < 1'500'000; median *= 1.37) {
                product.tax = Tax{regime, 190'000, false};
                product.costs.ads_rate = 30'000;
                product.costs.packaging = 55;
                product.costs.ship_charged = 499;
                product.costs.ship_out.reset();
                const ChannelProfit& channel = run(price_of(currency, median, 0.3));
                EXPECT_EQ(total(channel.fees), channel.fees_total);
                EXPECT_EQ(
                    channel.list_price + 499 - channel.fees_total - channel.shipping - channel.vat,
                    channel.net_proceeds);
                EXPECT_LE(*channel.profit_p10, *channel.profit_p50);
                EXPECT_LE(*channel.profit_p50, *channel.profit_p90);
                EXPECT_GE(*channel.p_loss, 0);
                EXPECT_LE(*channel.p_loss, 1);
            }
        }
    }
}

TEST_F(ProfitTest, FallsWithTheCost) {
    sells_with(0.8, 20);
    MinorUnits previous = 1'000'000;
    for (MinorUnits cost = 0; cost < 6'000; cost += 61) {
        product.unit_cost = cost;
        const ChannelProfit& channel = run(price_of("USD", 4'232, 0.3));
        EXPECT_LT(*channel.profit_expected, previous);
        previous = *channel.profit_expected;
    }
}

// The expectation by a grid of 64 equally likely quantiles.
double by_grid(const SaleTerms& terms, double median, double log_sd, double returns, double sold) {
    // Quantiles of the normal by bisection: slow and beyond doubt.
    const auto normal_quantile = [](double p) {
        double low = -10, high = 10;
        for (int i = 0; i < 80; ++i) {
            const double middle = 0.5 * (low + high);
            (normal_cdf(middle) < p ? low : high) = middle;
        }
        return low;
    };
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    sale_segments(terms, fees, segments);
    double sum = 0;
    for (int i = 0; i < 64; ++i) {
        const double price = median * std::exp(log_sd * normal_quantile((i + 0.5) / 64));
        for (const SaleSegment& s : segments) {
            if (price < s.from || price >= s.until) continue;
            sum += sold * ((1 - returns) * s.sold.at(price) + returns * s.returned.at(price)) +
                   (1 - sold) * s.unsold.at(price);
        }
    }
    return sum / 64;
}

TEST_F(ProfitTest, ExpectationAgreesWithTheGrid) {
    product.costs.ship_out = 0;
    for (const auto regime : {VatRegime::none, VatRegime::standard, VatRegime::margin}) {
        for (const double sold : {1.0, 0.6}) {
            for (const double log_sd : {0.05, 0.2, 0.35, 0.6}) {
                for (const double median : {950.0, 4'232.0, 30'000.0, 760'000.0}) {
                    sells_with(sold, 20);
                    product.tax = Tax{regime, 190'000, false};
                    product.unit_cost = static_cast<MinorUnits>(0.4 * median);
                    const double ours =
                        static_cast<double>(*run(price_of("USD", median, log_sd)).profit_expected);
                    SaleTerms terms = testing::sale_terms("ebay_us", *product.unit_cost);
                    terms.regime = regime;
                    terms.vat_rate = 190'000;
                    terms.salvage_rate = 300'000;
                    terms.return_regain = 0.7;
                    const double theirs = by_grid(terms, median, log_sd, 0.08, sold);
                    // 0.6 % of what is at stake, the mean price; the grid reads low.
                    const double mean = median * std::exp(0.5 * log_sd * log_sd);
                    EXPECT_NEAR(ours, theirs, 0.006 * mean + 0.5)
                        << "sd " << log_sd << " median " << median;
                }
            }
        }
    }
}

TEST_F(ProfitTest, LossProbabilityIsThatOfThePriceBelowBreakEven) {
    const double log_sd = 0.3;
    const ChannelProfit& channel = run(price_of("USD", 3'000, log_sd));
    const double expected =
        normal_cdf((std::log(static_cast<double>(*channel.break_even)) - std::log(3'000)) / log_sd);
    EXPECT_NEAR(*channel.p_loss, expected, 0.001);
}

TEST_F(ProfitTest, UnsoldUnitsBringSalvage) {
    sells_with(0, 20);
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.05));
    EXPECT_NEAR(static_cast<double>(*channel.profit_expected), 0.3 * 4'232 - 1'500, 3);
}

TEST_F(ProfitTest, ReturnsCostMoneyAndTheProductsOwnRateWins) {
    product.risk.return_rate = 0;
    const MinorUnits without = *run(price_of("USD", 4'232, 0.2)).profit_expected;
    EXPECT_FALSE(profit.returns_assumed);
    product.risk.return_rate = 300'000;
    EXPECT_LT(*run(price_of("USD", 4'232, 0.2)).profit_expected, without);
    product.risk.return_rate.reset();
    run(price_of("USD", 4'232, 0.2));
    EXPECT_TRUE(profit.returns_assumed);
}

TEST_F(ProfitTest, WithoutACostStillSaysWhatMayBePaid) {
    product.unit_cost.reset();
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(channel.max_buy_cost, 2'304);
    EXPECT_FALSE(channel.profit_p50);
    EXPECT_FALSE(channel.break_even);
    EXPECT_FALSE(channel.roi_p50);
    EXPECT_THAT(profit.missing, ElementsAre("unit_cost"));
}

TEST_F(ProfitTest, OfAGiftHasNoReturnOnCost) {
    product.unit_cost = 0;
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(channel.profit_p50, 2'996);
    EXPECT_FALSE(channel.roi_p50);
}

TEST_F(ProfitTest, GoesToTheChannelsOfThePricesCurrency) {
    EXPECT_EQ(run(price_of("EUR", 4'232, 0.2)).channel, "ebay_de");
    EXPECT_EQ(run(price_of("USD", 4'232, 0.2)).channel, "ebay_us");
    run(price_of("GBP", 4'232, 0.2));
    EXPECT_EQ(profit.used, 0U);
    EXPECT_THAT(profit.missing, Contains("channel"));
}

TEST_F(ProfitTest, GoesOnlyToNamedChannels) {
    product.market.channel = "ebay_de";
    product.overrides.channels.clear();
    run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(profit.used, 0U);
    product.overrides.channels = {"EBAY_US"};
    EXPECT_EQ(run(price_of("USD", 4'232, 0.2)).channel, "ebay_us");
    product.overrides.channels.clear();
    product.market.channel = {};
    product.market.marketplace = "EBAY_US";
    EXPECT_EQ(run(price_of("USD", 4'232, 0.2)).channel, "ebay_us");
}

TEST_F(ProfitTest, UsesTheTableOfTheDateOrTheOneAskedFor) {
    date = "2024-06-01";
    EXPECT_EQ(run(price_of("USD", 2'500, 0.2)).fee_version, "2024-03-15");
    EXPECT_EQ(profit.channels[0].fees_total, 371);
    product.overrides.fee_version = "2025-02-14";
    EXPECT_EQ(run(price_of("USD", 2'500, 0.2)).fee_version, "2025-02-14");
    product.overrides.fee_version = {};
    date = "2020-01-01";
    run(price_of("USD", 2'500, 0.2));
    EXPECT_THAT(profit.missing, Contains("fee_table"));
}

TEST_F(ProfitTest, TakesPostageFromTheWeightWhereNoneIsGiven) {
    product.costs.ship_out.reset();
    product.weight_grams = 3'000;
    EXPECT_EQ(run(price_of("EUR", 4'232, 0.2)).shipping, 699);
    EXPECT_TRUE(profit.postage_assumed);
}

TEST_F(ProfitTest, LeavesPostageToTheChannelThatSends) {
    product.costs.ship_out.reset();
    product.overrides.channels = {"amazon_us_fba"};
    product.weight_grams = 198;
    product.dimensions_mm = {220, 150, 15};
    const ChannelProfit& channel = run(price_of("USD", 2'499, 0.2));
    EXPECT_EQ(channel.shipping, 0);
    EXPECT_EQ(channel.profit_p50, 2'499 - 375 - 366 - 1'500);
    EXPECT_FALSE(profit.postage_assumed);
}

TEST_F(ProfitTest, BillsVolumeAsWeightWhereTheCarrierDoes) {
    product.costs.ship_out.reset();
    product.weight_grams = 900;
    EXPECT_EQ(run(price_of("USD", 9'000, 0.2)).shipping, 880);
    product.dimensions_mm = {508, 305, 305};  // 18 lb by USPS
    EXPECT_EQ(run(price_of("USD", 9'000, 0.2)).shipping, 2'300);
}

TEST_F(ProfitTest, TakesTheReturnsOfItsCategory) {
    run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(profit.return_rate, 80'000);
    product.category = "Clothing > Dresses";
    run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(profit.return_rate, 180'000);
    EXPECT_EQ(profit.return_group, "apparel");
}

TEST_F(ProfitTest, TaxesAtTheRateOfTheChannelsCountryWhereNoneIsGiven) {
    product.tax = Tax{VatRegime::standard, std::nullopt, false};
    EXPECT_EQ(run(price_of("EUR", 11'900, 0.2)).vat, 1'900);
    product.tax->rate = 70'000;
    EXPECT_EQ(run(price_of("EUR", 10'700, 0.2)).vat, 700);
}

TEST_F(ProfitTest, PaysTheEquivalenceSurchargeOnThePurchase) {
    product.unit_cost = 12'100;  // 100.00 and 21 % VAT
    product.tax = Tax{VatRegime::equivalence, 210'000, true};
    const ChannelProfit& channel = run(price_of("EUR", 20'000, 0.2));
    EXPECT_EQ(channel.vat, 0);
    // Fees 22.45 and the VAT on them 4.71; 5.2 % of 100.00 on top of what was paid.
    EXPECT_EQ(channel.fees_total, 2'245 + 471);
    EXPECT_EQ(channel.profit_p50, 20'000 - 2'716 - 620 - 12'100 - 520);
}

TEST_F(ProfitTest, NamesThePriceThatEarnsTheReturnAskedFor) {
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    // 15.00 and 30 % of it after 13.6 %, 0.40 and 6.20 of postage.
    EXPECT_EQ(channel.min_roi_price, 3'021);
    product.overrides.min_roi = 0;
    EXPECT_EQ(run(price_of("USD", 4'232, 0.2)).min_roi_price, 2'500);
}

TEST_F(ProfitTest, OfTwoChannelsTheOneThatPaysSoonerMayLeaveLess) {
    sells_with(0.9, 20);
    Tables tables = official_tables();
    tables.channels = {*official_tables().find_channel("ebay_us"),
                       *official_tables().find_channel("ebay_us")};
    tables.channels[0].payout_days = 200;
    tables.channels[1].tables.back().fixed[0].steps.back().second = 60;  // 0.20 dearer
    run(price_of("USD", 4'232, 0.2), tables);
    ASSERT_EQ(profit.used, 2U);
    EXPECT_EQ(profit.best, 1U);
    EXPECT_LT(*profit.channels[1].profit_expected, *profit.channels[0].profit_expected);
    EXPECT_NEAR(*profit.channels[1].cash_days, 22, 1e-9);
    tables.defaults.hurdle_rate = 0;
    run(price_of("USD", 4'232, 0.2), tables);
    EXPECT_EQ(profit.best, 0U);
}

TEST_F(ProfitTest, ListsBelowThePriceByTheShippingThatTheBuyerPays) {
    product.costs.ship_charged = 500;
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(channel.list_price, 3'732);
    EXPECT_EQ(channel.net_proceeds, 2'996);  // the buyer pays the same
    EXPECT_EQ(channel.break_even, 2'000);
}

TEST_F(ProfitTest, ListsAtTheTargetPriceWhereOneIsGiven) {
    product.target_price = 1'005;
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(channel.list_price, 1'005);
    EXPECT_EQ(channel.dead_zone, (DeadZone{1'001, 1'011}));
    // 10.05 less 13.6 %, .40, 6.20 and the 15.00 it cost, whatever others sell it for.
    EXPECT_EQ(channel.net_proceeds, 1'005 - 137 - 40 - 620);
    EXPECT_EQ(channel.profit_at_list, 208 - 1'500);
    for (const auto& left : {channel.profit_p10, channel.profit_p50, channel.profit_p90})
        EXPECT_EQ(left, channel.profit_at_list);
    EXPECT_EQ(channel.p_loss, 1);
    EXPECT_NEAR(*channel.roi_p50, -1'292.0 / 1'500, 1e-9);
    EXPECT_LT(*channel.profit_expected, *channel.profit_at_list) << "some come back";
    EXPECT_FALSE(channel.max_buy_cost) << "2.08 is less than the profit asked for";
    product.target_price = 3'000;
    EXPECT_EQ(run(price_of("USD", 4'232, 0.2)).p_loss, 0);
    EXPECT_EQ(profit.channels[0].max_buy_cost, 1'486);  // 19.32 / 1.3
}

// Sold at 80.00 by demand's word, the revenue is 80.00; what is left over is worth the market's.
TEST_F(ProfitTest, ADearListPriceEarnsMoreSeldomerAndLeavesTheMarketsPriceUnsold) {
    product.risk.return_rate = 0;
    product.target_price = 8'000;
    sells_with(0.25, 200);
    const Price market = price_of("USD", 4'232, 0.2);
    const ChannelProfit& channel = run(market);
    EXPECT_EQ(channel.profit_at_list, 8'000 - 1'088 - 40 - 620 - 1'500);
    const double mean = 4'232 * std::exp(0.5 * 0.2 * 0.2);
    EXPECT_NEAR(static_cast<double>(*channel.profit_expected),
                0.25 * 4'752 + 0.75 * (0.3 * mean - 1'500), 1);
    product.target_price = 3'000;
    EXPECT_NEAR(static_cast<double>(*run(market).profit_expected),
                0.25 * (3'000 - 408 - 40 - 620 - 1'500) + 0.75 * (0.3 * 3'000 - 1'500), 1)
        << "nobody pays more for the rest than was asked for it";
    product.target_price = 0;
    EXPECT_LE(*run(market).profit_at_list, -620 - 1'500) << "a gift";
}

TEST_F(ProfitTest, TheBillOfASaleAddsUpToItsProfit) {
    sells_with(0.8, 20);
    product.costs.storage_per_day = 10;
    product.costs.inbound = 120;
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_EQ(channel.landed_cost, 1'620);
    EXPECT_EQ(channel.storage, 200);
    EXPECT_EQ(channel.profit_at_list, channel.net_proceeds - 1'620 - 200);
    product.unit_cost.reset();
    EXPECT_FALSE(run(price_of("USD", 4'232, 0.2)).profit_at_list);
}

// Spec: roi_p50 = (pi at p50) / C, also where a jump of the fee puts other profits in between.
TEST_F(ProfitTest, TheReturnAtTheMedianIsThatOfASaleAtTheMedian) {
    Tables tables = official_tables();
    tables.channels.resize(1);
    tables.channels[0].name = "clothes";
    tables.channels[0].currency = *Currency::parse("USD");
    tables.channels[0].tables = {testing::clothing_table()};
    product.unit_cost = 900;
    product.costs.ship_out = 0;
    const ChannelProfit& channel = run(price_of("USD", 2'050, 0.06), tables);
    EXPECT_EQ(channel.profit_at_list, 2'050 - 349 - 900);
    EXPECT_NEAR(*channel.roi_p50, 801.0 / 900, 1e-9);
    EXPECT_GT(*channel.profit_p50, *channel.profit_at_list) << "20.00 leaves more than 20.50";
}

TEST_F(ProfitTest, OfManyUnitsTheAverageOneLiesLongerAndSellsSeldomer) {
    product.risk.return_rate = 0;
    sells_with(0.9, 10);
    product.costs.storage_per_day = 10;
    const MinorUnits one = *run(price_of("USD", 4'232, 0.2)).profit_expected;
    product.quantity = demand.quantity = 5;
    EXPECT_EQ(run(price_of("USD", 4'232, 0.2)).storage, 300) << "sold after 10, 20 ... 50 days";
    EXPECT_NEAR(*profit.channels[0].cash_days, 30 + profit.channels[0].home->payout_days, 1e-9);
    demand.sold_share = 0.4;
    EXPECT_LT(*run(price_of("USD", 4'232, 0.2)).profit_expected, one - 1'000);
}

TEST_F(ProfitTest, RefusesTheMarginSchemeForPurchasesWithVat) {
    product.tax = Tax{VatRegime::margin, 190'000, true};
    run(price_of("EUR", 12'000, 0.2));
    EXPECT_EQ(profit.regime, VatRegime::standard);
    EXPECT_TRUE(profit.regime_changed);
    EXPECT_EQ(profit.channels[0].vat, 1'916);
}

TEST_F(ProfitTest, TaxesTheMarginOnly) {
    product.unit_cost = 8'000;
    product.tax = Tax{VatRegime::margin, 190'000, false};
    EXPECT_EQ(run(price_of("EUR", 12'000, 0.2)).vat, 639);
}

TEST_F(ProfitTest, StorageIsPaidForTheTimeOnTheShelf) {
    sells_with(1, 20);
    const MinorUnits without = *run(price_of("USD", 4'232, 0.2)).profit_p50;
    product.costs.storage_per_day = 10;
    EXPECT_EQ(*run(price_of("USD", 4'232, 0.2)).profit_p50, without - 200);
}

TEST_F(ProfitTest, PerDayIsTheExpectedProfitOverTheExpectedDays) {
    sells_with(0.9, 21.4);
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_NEAR(static_cast<double>(*channel.profit_per_day),
                static_cast<double>(*channel.profit_expected) / 21.4, 0.51);
}

// A channel whose fee jumps up at 20.01, with the price right there.
TEST_F(ProfitTest, QuantilesStayInOrderAcrossADeadZone) {
    Tables tables = official_tables();
    tables.channels.resize(1);
    tables.channels[0].name = "clothes";
    tables.channels[0].currency = *Currency::parse("USD");
    tables.channels[0].tables = {testing::clothing_table()};
    product.unit_cost = 900;
    product.costs.ship_out = 0;
    for (double median = 1'300; median < 2'600; median += 13) {
        const ChannelProfit& channel = run(price_of("USD", median, 0.06), tables);
        ASSERT_EQ(channel.channel, "clothes");
        EXPECT_LE(*channel.profit_p10, *channel.profit_p50) << median;
        EXPECT_LE(*channel.profit_p50, *channel.profit_p90) << median;
    }
    product.target_price = 2'050;
    EXPECT_EQ(run(price_of("USD", 2'050, 0.06), tables).dead_zone, (DeadZone{2'001, 2'169}));
}

TEST_F(ProfitTest, WithoutAPriceThereIsNoChannel) {
    run(Price{});
    EXPECT_EQ(profit.used, 0U);
}

TEST_F(ProfitTest, OfOneProductLeavesNothingBehindForTheNext) {
    product.target_price = 1'005;
    run(price_of("USD", 4'232, 0.2));
    product.target_price.reset();
    product.unit_cost.reset();
    const ChannelProfit& channel = run(price_of("USD", 4'232, 0.2));
    EXPECT_FALSE(channel.dead_zone);
    EXPECT_FALSE(channel.profit_expected);
    EXPECT_FALSE(channel.p_loss);
}

TEST(Lognormal, PartsSumToTheWhole) {
    const Lognormal price(8, 0.4);
    const auto below = price.below(3'000);
    EXPECT_GT(below.probability, 0);
    EXPECT_LT(below.mean, price.mean());
    EXPECT_EQ(price.below(0).probability, 0);
    EXPECT_EQ(price.below(std::numeric_limits<double>::infinity()).mean, price.mean());
    EXPECT_NEAR(price.below(std::exp(8.0)).probability, 0.5, 1e-12);
    EXPECT_EQ(price.probability_below(3'000), below.probability);
    EXPECT_EQ(price.probability_below(0), 0);
    const Lognormal certain(8, 0);
    EXPECT_EQ(certain.probability_below(2'982), 1);
    EXPECT_EQ(certain.below(2'980).probability, 0);
    EXPECT_EQ(certain.below(2'982).probability, 1);
}

}  // namespace
}  // namespace assay::engine
