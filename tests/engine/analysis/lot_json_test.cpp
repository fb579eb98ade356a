// The JSON of a lot: fixed keys, and only what is known.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "engine/analysis/lot.hpp"
#include "tests/engine/analysis/lot_fixtures.hpp"

namespace assay::engine {
namespace {

boost::json::object read(const LotSummary& lot) {
    std::string text;
    append_lot_json(text, lot);
    return boost::json::parse(text).as_object();
}

TEST(LotJson, HoldsTheAnswerAndItsGrounds) {
    const auto json = read(
        value_lot(testing::worked_lines(), testing::worked_terms(), testing::official_tables()));
    EXPECT_TRUE(json.at("available").as_bool());
    EXPECT_EQ(json.at("currency").as_string(), "EUR");
    EXPECT_EQ(json.at("retail").as_int64(), 300'675);
    EXPECT_EQ(json.at("bids").as_array().size(), 2U);
    EXPECT_EQ(json.at("carriers").as_array().size(), 5U);
    EXPECT_GT(json.at("max_bid").as_int64(), 20'000);
    EXPECT_GT(json.at("net").at("p90").as_int64(), json.at("net").at("p50").as_int64());
    EXPECT_FALSE(json.at("caveats").as_array().empty());
}

TEST(LotJson, SetsPalletsSideBySide) {
    auto lines = testing::worked_lines();
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i].pallet[0] = i % 2 == 0 ? 'A' : '\0';
    lines[1].pallet[0] = 'B';
    const auto json = read(value_lot(lines, testing::worked_terms(), testing::official_tables()));
    const auto& pallets = json.at("pallets").as_array();
    ASSERT_EQ(pallets.size(), 3U);
    EXPECT_EQ(json.at("pallets_left_out").as_int64(), 0);
    std::int64_t lines_told = 0;
    bool unnamed = false;
    for (const auto& pallet : pallets) {
        lines_told += pallet.at("lines").as_int64();
        unnamed = unnamed || pallet.at("pallet_id").is_null();
        EXPECT_GE(pallet.at("net").at("p90").as_int64(), pallet.at("net").at("p10").as_int64());
    }
    EXPECT_EQ(lines_told, 15);
    EXPECT_TRUE(unnamed);
}

TEST(LotJson, WithoutAnAnswerGivesNoNumbers) {
    const auto json = read(LotSummary{});
    EXPECT_FALSE(json.at("available").as_bool());
    EXPECT_FALSE(json.contains("net"));
    EXPECT_FALSE(json.contains("max_bid"));
}

}  // namespace
}  // namespace assay::engine
