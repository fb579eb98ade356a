// The shipped channels: fees, dead zones and break-even as published, each by the table of its
// date.
// SPDX-License-Identifier: MIT
#include "engine/analysis/channel.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/break_even.hpp"
#include "tests/engine/analysis/sale_fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using testing::official_tables;
using testing::table_on;

constexpr std::string_view today = "2026-06-01";

MinorUnits fee(std::string_view channel, MinorUnits price, std::string_view category = {},
               std::string_view option = {}, std::string_view date = today) {
    const FeeTable& table = table_on(channel, date);
    const std::uint32_t bit = option.empty() ? 0 : option_bit(table, option);
    EXPECT_EQ(option.empty(), bit == 0);
    std::vector<FeeLine> lines;
    compute_fees(plan_fees(table, category, bit), price, 0, lines);
    return total(lines);
}

std::vector<FeeLine> lines_of(std::string_view channel, MinorUnits price,
                              std::string_view category) {
    std::vector<FeeLine> lines;
    compute_fees(plan_fees(table_on(channel, today), category), price, 0, lines);
    return lines;
}

std::optional<DeadZone> zone_at(std::string_view channel, std::string_view category,
                                MinorUnits price) {
    SaleTerms terms;
    terms.fees = plan_fees(table_on(channel, today), category);
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    std::vector<FeeLine> lines;
    sale_segments(terms, fees, segments);
    return dead_zone_at(terms, segments, price, lines);
}

TEST(EbayUs, ChargesByCategory) {
    EXPECT_EQ(fee("ebay_us", 10'000, "Books"), 1'530 + 40);
    EXPECT_EQ(fee("ebay_us", 300'000, "Women's Bags"), 30'000 + 9'000 + 40);
    EXPECT_EQ(fee("ebay_us", 600'000, "Jewelry"), 75'000 + 9'000 + 40);
    EXPECT_EQ(fee("ebay_us", 602'000, "Watches"), 47'630 + 40);
    EXPECT_EQ(fee("ebay_us", 10'000, "Video Games"), 1'325 + 40);
    EXPECT_EQ(fee("ebay_us", 14'999, "Sneakers"), 2'040 + 40);
    EXPECT_EQ(fee("ebay_us", 15'000, "Sneakers"), 1'200 + 40);
}

TEST(EbayUs, HasOptionsForStoresAndBuyersAbroad) {
    EXPECT_EQ(fee("ebay_us", 10'000, {}, "international"), 1'360 + 165 + 40);
    EXPECT_EQ(fee("ebay_us", 300'000, {}, "store"), 31'750 + 1'175 + 40);
    EXPECT_EQ(fee("ebay_us", 10'000, "Books", "store"), 1'530 + 40);
}

TEST(EbayUs, CountsSalesTaxWhereARateIsGiven) {
    FeePlan plan = plan_fees(table_on("ebay_us", today), {});
    plan.sales_tax = 80'000;
    std::vector<FeeLine> lines;
    compute_fees(plan, 10'000, 0, lines);
    EXPECT_THAT(lines, ElementsAre(FeeLine{"final_value", 1'469}, FeeLine{"per_order", 40}));
    compute_fees(plan, 926, 0, lines);  // 10.00 with tax: the lower per-order fee
    EXPECT_EQ(lines.back().amount, 30);
    compute_fees(plan, 927, 0, lines);
    EXPECT_EQ(lines.back().amount, 40);
}

TEST(AmazonUs, ChargesWholeCategoriesOneRate) {
    EXPECT_EQ(fee("amazon_us", 1'500, "Clothing"), 75);
    EXPECT_EQ(fee("amazon_us", 1'501, "Clothing"), 150);
    EXPECT_EQ(fee("amazon_us", 2'000, "Clothing"), 200);
    EXPECT_EQ(fee("amazon_us", 2'001, "Clothing"), 340);
    EXPECT_EQ(fee("amazon_us", 1'000, "Beauty & Personal Care"), 80);
    EXPECT_EQ(fee("amazon_us", 1'001, "Baby Products"), 150);
    EXPECT_EQ(fee("amazon_us", 1'500, "Grocery"), 120);
    EXPECT_EQ(fee("amazon_us", 1'600, "Grocery"), 240);
}

TEST(AmazonUs, ChargesMarginalCategoriesByTheSlice) {
    EXPECT_EQ(fee("amazon_us", 20'000, "Electronics > Electronics Accessories"), 1'500 + 800);
    EXPECT_EQ(fee("amazon_us", 40'000, "Compact Appliances"), 4'500 + 800);
    EXPECT_EQ(fee("amazon_us", 50'000, "Furniture"), 3'000 + 3'000);
    EXPECT_EQ(fee("amazon_us", 50'000, "Jewelry"), 5'000 + 1'250);
    EXPECT_EQ(fee("amazon_us", 200'000, "Watches"), 24'000 + 1'500);
    EXPECT_EQ(fee("amazon_us", 1'000'000, "Fine Art"), 2'000 + 13'500 + 40'000 + 25'000);
}

TEST(AmazonUs, ChargesFlatRatesAMinimumAndAClosingFeeOnMedia) {
    EXPECT_EQ(fee("amazon_us", 10'000, "Electronics"), 800);
    EXPECT_EQ(fee("amazon_us", 10'000, "Computers"), 800);
    EXPECT_EQ(fee("amazon_us", 10'000, "Automotive"), 1'200);
    EXPECT_EQ(fee("amazon_us", 10'000, "Industrial & Scientific"), 1'200);
    EXPECT_EQ(fee("amazon_us", 10'000, "Toys & Games"), 1'500);
    EXPECT_EQ(fee("amazon_us", 100), 30);
    EXPECT_EQ(fee("amazon_us", 200), 30);
    EXPECT_EQ(fee("amazon_us", 201), 30);
    EXPECT_EQ(fee("amazon_us", 1'000), 150);
    EXPECT_EQ(fee("amazon_us", 1'000, {}, "individual"), 150 + 99);
    EXPECT_THAT(lines_of("amazon_us", 2'000, "Books"),
                ElementsAre(FeeLine{"referral", 300}, FeeLine{"closing", 180}));
    EXPECT_THAT(lines_of("amazon_us", 30'000, "Video Games > Video Game Consoles"),
                ElementsAre(FeeLine{"referral", 2'400}, FeeLine{"closing", 180}));
}

TEST(AmazonUs, ShoesAreNoClothing) {
    EXPECT_EQ(fee("amazon_us", 1'400, "Clothing > Shoes"), 210);
    EXPECT_EQ(fee("amazon_us", 1'400, "Clothing"), 70);
}

TEST(AmazonUs, FbaChargesTheSameReferral) {
    for (const std::string_view category : {"Clothing", "Books", "Watches", ""}) {
        for (const MinorUnits price : {500, 1'800, 2'200, 90'000})
            EXPECT_EQ(fee("amazon_us_fba", price, category), fee("amazon_us", price, category));
    }
}

TEST(AmazonDe, ReducedItsFeesOnTwoDates) {
    const auto clothing = [](MinorUnits price, std::string_view date) {
        return fee("amazon_de", price, "Bekleidung", {}, date);
    };
    EXPECT_EQ(clothing(1'500, "2025-12-14"), 120);
    EXPECT_EQ(clothing(1'500, "2025-12-15"), 75);
    EXPECT_EQ(clothing(2'000, "2025-12-15"), 200);
    EXPECT_EQ(clothing(2'001, "2025-12-15"), 300);
    EXPECT_EQ(fee("amazon_de", 2'000, "Haustierbedarf", {}, "2026-01-04"), 300);
    EXPECT_EQ(fee("amazon_de", 1'000, "Haustierbedarf", {}, "2026-01-05"), 50);
    EXPECT_EQ(fee("amazon_de", 2'000, "Wohnen", {}, "2026-01-05"), 160);
    EXPECT_EQ(fee("amazon_de", 1'000, "Lebensmittel", {}, "2026-01-04"), 80);
    EXPECT_EQ(fee("amazon_de", 1'000, "Lebensmittel", {}, "2026-01-05"), 50);
}

TEST(SmallerChannels, ChargeAsPublished) {
    EXPECT_EQ(fee("mercari", 4'000), 400);
    EXPECT_EQ(fee("poshmark", 1'499), 295);
    EXPECT_EQ(fee("poshmark", 1'500), 300);
    EXPECT_EQ(fee("stockx", 20'000), 1'800 + 600);
    EXPECT_EQ(fee("stockx", 20'000, {}, "level_2"), 1'700 + 600);
    EXPECT_EQ(fee("stockx", 20'000, {}, "level_5"), 1'400 + 600);
    EXPECT_EQ(fee("stockx", 20'000, "Watches", "level_5"), 1'980 + 600);
    EXPECT_EQ(fee("stockx", 20'000, "Handbags"), 2'900 + 600);
    EXPECT_EQ(fee("discogs", 100), 10);
    EXPECT_EQ(fee("discogs", 10'000), 800);
    EXPECT_EQ(fee("discogs", 1'000'000), 15'000);
}

TEST(DeadZones, StandWhereThePublishedExamplesPutThem) {
    EXPECT_EQ(zone_at("amazon_us", "Clothing", 2'000), std::nullopt);
    EXPECT_EQ(zone_at("amazon_us", "Clothing", 2'001), (DeadZone{2'001, 2'169}));
    EXPECT_EQ(zone_at("amazon_us", "Clothing", 2'168), (DeadZone{2'001, 2'169}));
    EXPECT_EQ(zone_at("amazon_us", "Clothing", 2'169), std::nullopt);
    EXPECT_EQ(zone_at("amazon_us", "Clothing", 1'501), (DeadZone{1'501, 1'583}));
    EXPECT_EQ(zone_at("poshmark", "", 1'499), std::nullopt);
    EXPECT_EQ(zone_at("poshmark", "", 1'500), (DeadZone{1'500, 1'505}));
    EXPECT_EQ(zone_at("ebay_us", "Sneakers", 15'000), std::nullopt);
    EXPECT_EQ(zone_at("amazon_us", "Electronics Accessories", 12'000), std::nullopt);
}

TEST(Channels, AnswerToNameAliasMarketplaceAndPlatform) {
    const Channel* channel = official_tables().find_channel("amazon_us_fba");
    ASSERT_NE(channel, nullptr);
    for (const std::string_view name : {"Amazon_US_FBA", "amazon_fba_us", "AMAZON_US", "amazon"})
        EXPECT_TRUE(channel->answers_to(name)) << name;
    for (const std::string_view name : {"", "amazon_us", "AMAZON_DE", "ebay"})
        EXPECT_FALSE(channel->answers_to(name)) << name;
}

TEST(Channels, SayWhereEveryTableComesFrom) {
    for (const Channel& channel : official_tables().channels) {
        for (const FeeTable& table : channel.tables) {
            EXPECT_FALSE(table.sources.empty()) << channel.name << " " << table.version;
            EXPECT_NE(table.mark, "own") << channel.name << " " << table.version;
        }
    }
}

}  // namespace
}  // namespace assay::engine
