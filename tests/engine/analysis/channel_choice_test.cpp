// Which channels are tried: by name, currency, date, and what they need to know of a product.
// SPDX-License-Identifier: MIT
#include "engine/analysis/channel_choice.hpp"

#include <gmock/gmock.h>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using testing::day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::official_tables;
using testing::price_of;

class ChannelChoice : public ::testing::Test {
  protected:
    std::vector<std::string_view> run(std::string_view currency = "USD",
                                      Condition condition = Condition::good) {
        choose_channels(product, condition, price_of(currency, 2'499, 0.2), official_tables(),
                        day(date), profit);
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < profit.used; ++i)
            names.push_back(profit.channels[i].channel);
        return names;
    }
    std::vector<std::string> skipped() const {
        std::vector<std::string> list;
        for (const SkippedChannel& one : profit.skipped)
            list.push_back(std::string(one.channel) + ": " + std::string(one.reason));
        return list;
    }
    void measure() {
        product.weight_grams = 198;  // 7 oz
        product.dimensions_mm = {220, 150, 15};
    }
    Product product;
    Profit profit;
    std::string_view date = "2026-06-01";
};

TEST_F(ChannelChoice, TriesTheGeneralChannelsOfTheCurrency) {
    EXPECT_THAT(run("USD"), ElementsAre("ebay_us", "amazon_us"));
    EXPECT_THAT(run("EUR"), ElementsAre("ebay_de", "amazon_de"));
    EXPECT_THAT(profit.missing, IsEmpty());
    EXPECT_THAT(run("GBP"), IsEmpty());
    EXPECT_THAT(profit.missing, ElementsAre("channel"));
}

TEST_F(ChannelChoice, TriesFulfilmentWhereWeightAndDimensionsAreKnown) {
    measure();
    EXPECT_THAT(run("USD"), ElementsAre("ebay_us", "amazon_us", "amazon_us_fba"));
    EXPECT_THAT(run("EUR"), ElementsAre("ebay_de", "amazon_de", "amazon_de_fba"));
    const ChannelProfit& fba = (run("USD"), profit.channels[2]);
    EXPECT_THAT(fba.fees, ElementsAre(FeeLine{"referral", 375}, FeeLine{"fba_fulfilment", 366}));
}

TEST_F(ChannelChoice, SkipsFulfilmentThatWasAskedForAndCannotBePriced) {
    product.overrides.channels = {"amazon_us_fba"};
    EXPECT_THAT(run(), IsEmpty());
    EXPECT_THAT(profit.missing, ElementsAre("weight_g", "dims_mm"));
    EXPECT_THAT(skipped(), ElementsAre("amazon_us_fba: needs_weight_and_dimensions"));
    product.weight_grams = 198;
    run();
    EXPECT_THAT(profit.missing, ElementsAre("dims_mm"));
    product.dimensions_mm = {3'000, 400, 400};
    EXPECT_THAT(run(), IsEmpty());
    EXPECT_THAT(profit.missing, ElementsAre("fulfilment_fee"));
}

TEST_F(ChannelChoice, ClothingHasFulfilmentFeesThatAreNotKnown) {
    measure();
    product.category = "Clothing";
    EXPECT_THAT(run(), ElementsAre("ebay_us", "amazon_us"));
    EXPECT_THAT(skipped(), ElementsAre("amazon_us_fba: fulfilment_fee_unknown"));
    EXPECT_THAT(profit.missing, IsEmpty());  // nobody asked for it
}

TEST_F(ChannelChoice, TakesNamesAliasesPlatformsAndMarketplaces) {
    product.overrides.channels = {"poshmark", "Mercari_US", "stockx", "discogs"};
    EXPECT_THAT(run("USD", Condition::new_),
                ElementsAre("mercari", "poshmark", "stockx", "discogs"));
    product.overrides.channels = {"amazon"};
    EXPECT_THAT(run("EUR"), ElementsAre("amazon_de"));
    EXPECT_THAT(profit.missing, ElementsAre("weight_g", "dims_mm"));
    product.overrides.channels = {"amazon_us"};  // the channel, not all of its marketplace
    EXPECT_THAT(run("USD"), ElementsAre("amazon_us"));
    EXPECT_THAT(profit.missing, IsEmpty());
    product.overrides.channels.clear();
    product.market.marketplace = "AMAZON_US";
    EXPECT_THAT(run("USD"), ElementsAre("amazon_us"));
    product.market.channel = "ebay";
    EXPECT_THAT(run("USD"), ElementsAre("ebay_us"));
}

TEST_F(ChannelChoice, LeavesOutWhatAChannelDoesNotTake) {
    EXPECT_THAT(run("USD", Condition::parts), ElementsAre("ebay_us"));
    product.overrides.channels = {"stockx"};
    EXPECT_THAT(run("USD", Condition::good), IsEmpty());
    EXPECT_THAT(skipped(), ElementsAre("stockx: condition_refused"));
    EXPECT_THAT(profit.missing, ElementsAre("channel"));
}

TEST_F(ChannelChoice, UsesTheTablesOfTheDate) {
    measure();
    product.overrides.channels = {"amazon_us_fba"};
    date = "2026-04-16";
    run();
    EXPECT_EQ(profit.channels[0].fee_version, "2026-01-15");
    EXPECT_EQ(profit.channels[0].fees_total, 375 + 354);
    date = "2026-04-17";
    run();
    EXPECT_EQ(profit.channels[0].fee_version, "2026-04-17");
    EXPECT_EQ(profit.channels[0].fees_total, 375 + 366);
    date = "2025-06-01";
    EXPECT_THAT(run(), IsEmpty());
    EXPECT_THAT(profit.missing, ElementsAre("fee_table"));
}

TEST_F(ChannelChoice, AFeeVersionIsTheDateWhoseTablesHold) {
    product.overrides.fee_version = "2024-12-24";
    run();
    EXPECT_EQ(profit.channels[0].fee_version, "2024-03-15");
    EXPECT_EQ(profit.channels[1].fee_version, "2024-01-15");
    product.overrides.fee_version = "the old one";
    run();
    EXPECT_EQ(profit.channels[0].fee_version, "2025-02-14");
    EXPECT_THAT(profit.missing, ElementsAre("fee_version"));
}

TEST_F(ChannelChoice, TakesOptionsForEveryChannelOrForOne) {
    product.overrides.channels = {"ebay_us", "amazon_us"};
    product.overrides.fee_options = {"international", "amazon:individual"};
    run();
    EXPECT_EQ(profit.channels[0].fees_total, 340 + 41 + 40);
    EXPECT_EQ(profit.channels[1].fees_total, 375 + 99);
    product.overrides.fee_options = {"ebay_us:individual", "unheard_of"};
    run();
    EXPECT_EQ(profit.channels[0].fees_total, 340 + 40);
    EXPECT_EQ(profit.channels[1].fees_total, 375);
}

TEST_F(ChannelChoice, CountsSalesTaxOnlyWhereTheBaseIncludesIt) {
    product.overrides.sales_tax = 80'000;
    run();
    EXPECT_EQ(profit.channels[0].fees_total, 367 + 40);
    EXPECT_EQ(profit.channels[1].fees_total, 375);
}

}  // namespace
}  // namespace assay::engine
