// What a result line says is read back; what it does not hold is named.
// SPDX-License-Identifier: MIT
#include "engine/analysis/stored_result.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cmath>

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

namespace json = boost::json;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr const char* stored_line = R"({"product_id":"p","product_data":{},"status":"completed",
  "result":{"as_of":"2026-05-25T10:30:00.000Z","fee_version":"2026-02-12",
    "identity":{"conflicts":["identifier_conflict"]},
    "attributes":{"condition":"like_new"},"duplicates":{"role":"member"},
    "price":{"currency":"USD","p10":52698,"p50":100000,"p90":189759,"n":9,"n_used":8,"n_eff":7.5,
             "basis":"sold_comps","log_sd":0.4999,"confidence":61,"level":"high"},
    "demand":{"basis":"sold_count","units_per_day":0.3417,"p_sold_30":0.9,"p_sold_90":0.99,
              "days_expected":12.3,"days_median":7.0},
    "channels":[{"channel":"mercari","profit_expected":900,"fee_version":"2025-01-01"},
                {"channel":"ebay_us","profit_expected":1200,"fee_version":"2026-02-12"}],
    "best_channel":"ebay_us","risks":[{"code":"bundle_in_comps","severity":"info"}],
    "verdict":{"decision":"review","reasons":["roi_ok","price_spread_wide"]},
    "evidence":[]},"error":null})";

Result<StoredResult> read(const json::value& line, std::int64_t horizon = 90,
                          std::int64_t quantity = 1) {
    return read_stored_result(line, Defaults{}, horizon, quantity);
}

TEST(StoredResult, HoldsWhatTheLineSays) {
    const json::value line = json::parse(stored_line);
    const auto stored = read(line);
    ASSERT_THAT(stored, IsOk());
    EXPECT_EQ(to_rfc3339(stored->as_of), "2026-05-25T10:30:00.000Z");
    EXPECT_EQ(stored->condition, Condition::like_new);
    EXPECT_EQ(stored->identity.conflicts.size(), 1U);
    EXPECT_EQ(stored->duplicates.role, DuplicateRole::member);
    EXPECT_EQ(stored->price.basis, PriceBasis::sold_comps);
    EXPECT_EQ(stored->price.p50, 100000);
    EXPECT_EQ(stored->price.confidence, 61);
    EXPECT_EQ(stored->price.left_out[static_cast<std::size_t>(LeftOut::bundle)], 1);
    EXPECT_EQ(stored->decision, Decision::review);
    EXPECT_EQ(stored->best_channel, "ebay_us");
    EXPECT_EQ(stored->profit_expected(), 1200);
    EXPECT_EQ(stored->profits.size(), 2U);
    EXPECT_EQ(stored->fee_version, "2026-02-12");
}

TEST(StoredResult, FindsTheSpreadBetweenItsFourDecimals) {
    const json::value line = json::parse(stored_line);
    const auto stored = read(line);
    ASSERT_THAT(stored, IsOk());
    // The quantiles are those of 0.49985.
    EXPECT_NEAR(stored->price.log_sd, 0.49985, 5e-6);
}

TEST(StoredResult, TheVerdictSaysOnWhichSideOfALimitTheSpreadLies) {
    json::value line = json::parse(stored_line);
    json::object& price = line.at("result").at("price").as_object();
    price["p10"] = 6;  // quantiles too coarse to help
    price["p50"] = 10;
    price["p90"] = 17;
    price["log_sd"] = 0.4;
    auto stored = read(line);
    ASSERT_THAT(stored, IsOk());
    EXPECT_GT(stored->price.log_sd, 0.4);
    line.at("result").at("verdict").as_object()["reasons"] = json::array{"roi_ok"};
    stored = read(line);
    ASSERT_THAT(stored, IsOk());
    EXPECT_LE(stored->price.log_sd, 0.4);
}

TEST(StoredResult, TheOddsOfAnotherHorizonComeFromTheEvidence) {
    json::value line = json::parse(stored_line);
    const double shape = 41, rate = 120, share = 1.0 / 3;
    json::object& demand = line.at("result").at("demand").as_object();
    demand["p_sold_30"] = std::round(1e4 * probability_sold(shape, rate, share, 30)) / 1e4;
    demand["p_sold_90"] = std::round(1e4 * probability_sold(shape, rate, share, 90)) / 1e4;
    const auto without = read(line, 45);
    ASSERT_THAT(without, IsOk());
    const double exact = probability_sold(shape, rate, share, 45);
    EXPECT_NEAR(without->demand.p_sold_horizon, exact, 0.01) << "between the two that are written";
    line.at("result").as_object()["evidence"] = json::array{
        {{"stage", "demand"}, {"source", "sold_count"}, {"detail", "a=41 b=120 g=0.333"}}};
    const auto with = read(line, 45);
    ASSERT_THAT(with, IsOk());
    EXPECT_DOUBLE_EQ(with->demand.p_sold_horizon, exact);
}

TEST(StoredResult, OfManyUnitsTheShareThatSellsIsReadBack) {
    json::value line = json::parse(stored_line);
    json::object& demand = line.at("result").at("demand").as_object();
    demand["sold_share"] = 0.0412;
    EXPECT_EQ(read(line, 90, 500)->demand.sold_share, 0.0412);
    EXPECT_EQ(read(line, 90, 1)->demand.sold_share, 0.99) << "one unit is sold or it is not";
    demand["p_sold_90"] = std::round(1e4 * probability_sold(6, 120, 1, 90)) / 1e4;
    line.at("result").as_object()["evidence"] =
        json::array{{{"stage", "demand"}, {"source", "sold_count"}, {"detail", "a=6 b=120 g=1"}}};
    EXPECT_DOUBLE_EQ(read(line, 90, 500)->demand.sold_share,
                     units_sold(6, 120, 1, 90, 500).expected / 500);
}

TEST(StoredResult, EvidenceThatContradictsTheFiguresIsNotBelieved) {
    json::value line = json::parse(stored_line);
    line.at("result").as_object()["evidence"] =
        json::array{{{"stage", "demand"}, {"source", "sold_count"}, {"detail", "a=2 b=900 g=1"}}};
    const auto stored = read(line);
    ASSERT_THAT(stored, IsOk());
    EXPECT_EQ(stored->demand.p_sold_horizon, 0.99);
}

TEST(StoredResult, NamesEachPartThatIsMissing) {
    for (const char* part :
         {"as_of", "price", "demand", "channels", "best_channel", "verdict", "risks"}) {
        json::value line = json::parse(stored_line);
        line.at("result").as_object().erase(part);
        EXPECT_THAT(read(line), FailsWith(ErrorCode::invalid_input)) << part;
    }
    json::value line = json::parse(stored_line);
    line.at("result").at("price").as_object().erase("p50");
    const auto stored = read(line);
    ASSERT_THAT(stored, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(describe(stored.error()), HasSubstr("complete price"));
    line = json::parse(stored_line);
    line.as_object()["result"] = nullptr;
    EXPECT_THAT(read(line), FailsWith(ErrorCode::invalid_input));
}

}  // namespace
}  // namespace assay::engine
