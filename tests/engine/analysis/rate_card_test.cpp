// A user's own files: channels that replace ours, rate cards, and the place of every fault.
// SPDX-License-Identifier: MIT
#include "engine/analysis/rate_card.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/tables.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr std::string_view channel = R"({"channel":"ebay_us","marketplace":"EBAY_US",
 "currency":"USD","postage":{"steps":[{"amount":100}],"unknown_weight":100},
 "tables":[{"effective":"2026-01-01","percentage_code":"mine",
  "standard":{"shape":"marginal","steps":[{"ppm":50000}]}}]})";
constexpr std::string_view shop = R"({"channel":"my_shop","marketplace":"MY_SHOP",
 "currency":"EUR","postage":{"steps":[{"amount":100}],"unknown_weight":100},
 "tables":[{"effective":"2026-01-01","percentage_code":"payment",
  "standard":{"shape":"marginal","steps":[{"ppm":15000}]}}]})";
constexpr std::string_view card = R"({"rate_card":"my parcels","currency":"EUR",
 "zones":[{"name":"DE","postage":{"steps":[{"up_to_grams":5000,"amount":420},{"amount":900}],
                                  "unknown_weight":420}}],
 "use":[{"channel":"ebay_de","zone":"DE"},{"channel":"my_shop","zone":"DE"}]})";

Result<std::shared_ptr<const Tables>> load(std::vector<embedded::EmbeddedFile> own) {
    return load_tables(own);
}
std::string changed(std::string_view text, std::string_view from, std::string_view to) {
    std::string result(text);
    result.replace(result.find(from), from.size(), to);
    return result;
}

TEST(OwnFiles, ReplaceAChannelInItsPlaceAndAddOthersBehind) {
    const auto tables = load({{"a.json", channel}, {"b.json", shop}});
    ASSERT_THAT(tables, IsOk());
    EXPECT_EQ((*tables)->channels.size(), 11U);
    EXPECT_EQ((*tables)->channels.front().name, "ebay_us");
    EXPECT_EQ((*tables)->channels.front().tables.back().percentage_code, "mine");
    EXPECT_EQ((*tables)->channels.front().tables.back().mark, "own");
    EXPECT_EQ((*tables)->channels.back().name, "my_shop");
}

TEST(OwnFiles, RateCardsGiveTheirPostageToTheChannelsThatUseThem) {
    const auto tables = load({{"a card.json", card}, {"shop.json", shop}});
    ASSERT_THAT(tables, IsOk());
    for (const std::string_view name : {"ebay_de", "my_shop"}) {
        const Channel* found = (*tables)->find_channel(name);
        EXPECT_EQ(found->postage.amount_for(5'000), 420) << name;
        EXPECT_EQ(found->postage.amount_for(5'001), 900) << name;
    }
    EXPECT_EQ((*tables)->find_channel("amazon_de")->postage.amount_for(5'000), 699);
}

TEST(OwnFiles, NameFileAndPlaceOfAFault) {
    const auto broken = changed(channel, "50000", "-1");
    const auto tables = load({{"fees/mine.json", broken}});
    ASSERT_THAT(tables, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(tables.error().message, HasSubstr("fees/mine.json"));
    EXPECT_EQ(tables.error().field, "/tables/0/standard/steps/0/ppm");
    EXPECT_THAT(load({{"x.json", "{"}}), FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(load({{"x.json", "[]"}}), FailsWith(ErrorCode::invalid_input));
}

TEST(OwnFiles, RefuseKeysThatMeanNothing) {
    const auto tables = load({{"x.json", changed(channel, "\"percentage_code\"", "\"percent\"")}});
    ASSERT_THAT(tables, FailsWith(ErrorCode::invalid_input));
    EXPECT_EQ(tables.error().field, "/tables/0/percent");
}

TEST(OwnFiles, ATableMayTakeItsFeesFromAnotherChannel) {
    constexpr std::string_view standard =
        R"("percentage_code":"mine",
  "standard":{"shape":"marginal","steps":[{"ppm":50000}]})";
    const auto with = [&](std::string_view as_in) {
        return changed(channel, standard, "\"as_in\":\"" + std::string(as_in) + "\"");
    };
    const auto tables = load({{"x.json", with("mercari")}});
    ASSERT_THAT(tables, IsOk());
    EXPECT_EQ((*tables)->channels.front().tables.back().percentage_code, "selling");
    EXPECT_EQ((*tables)->channels.front().tables.back().version, "2026-01-01");
    EXPECT_EQ(load({{"x.json", with("nowhere")}}).error().field, "/tables/0/as_in");
}

TEST(RateCards, NameWhatTheyCannotUse) {
    const auto fault_of = [&](std::string_view from, std::string_view to) {
        const auto tables = load({{"card.json", changed(card, from, to)}, {"shop.json", shop}});
        return tables ? std::string("none") : tables.error().field;
    };
    EXPECT_EQ(fault_of("\"ebay_de\"", "\"ebay_fr\""), "/use/0/channel");
    EXPECT_EQ(fault_of("\"ebay_de\"", "\"ebay_us\""), "/use/0/channel");
    EXPECT_EQ(fault_of("\"ebay_de\",\"zone\":\"DE\"", "\"ebay_de\",\"zone\":\"AT\""),
              "/use/0/zone");
    EXPECT_EQ(fault_of("\"up_to_grams\":5000,", ""), "/zones/0/postage/steps/0");
    EXPECT_EQ(fault_of("my parcels", "my parcels"), "none");
}

}  // namespace
}  // namespace assay::engine
