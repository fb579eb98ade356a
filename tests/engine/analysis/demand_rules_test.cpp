// What categories have of their own in demand: the curve by rank as published, and broken files.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand_rules.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/tables.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

TEST(RankModel, GivesTheSalesThatWerePublished) {
    const auto tables = *load_tables();
    const RankModel* books = tables->demand.rank_model_of("Books", "", "amazon_us", "");
    ASSERT_NE(books, nullptr);
    struct Row {
        std::int64_t rank;
        double week, near;
    };
    for (const Row& row : {Row{100, 678, 1}, Row{1'000, 91.5, 0.1}, Row{10'000, 12.3, 0.05},
                           Row{100'000, 1.67, 0.01}, Row{1'000'000, .225, 0.001}})
        EXPECT_NEAR(7 * books->units_per_day(row.rank), row.week, row.near) << row.rank;
    EXPECT_EQ(books->fitted, "2005-12-31");
}

TEST(RankModel, HoldsForItsMarketsAlone) {
    const auto tables = *load_tables();
    const DemandRules& rules = tables->demand;
    EXPECT_NE(rules.rank_model_of("", "Books", "", "AMAZON_US"), nullptr);
    EXPECT_NE(rules.rank_model_of("", "Books", "", "ATVPDKIKX0DER"), nullptr);
    EXPECT_EQ(rules.rank_model_of("", "Books", "amazon_de", ""), nullptr);
    EXPECT_EQ(rules.rank_model_of("", "Books", "", ""), nullptr);
    EXPECT_EQ(rules.rank_model_of("Toys", "Books", "amazon_us", ""), nullptr);
}

Result<void> read(std::string_view text) {
    DataFile file("demand.json", text);
    read_demand_rules(file.root());
    return file.finish();
}

TEST(DemandRulesFile, EveryFaultHasItsPlace) {
    const std::string head = R"({"date":"2026-01-01",)";
    const auto with = [&](std::string_view seasons, std::string_view models) {
        return read(head + R"("priors":[],"seasons":[)" + std::string(seasons) +
                    R"(],"rank_models":[)" + std::string(models) + "]}");
    };
    EXPECT_THAT(with("", ""), IsOk());
    EXPECT_THAT(with(R"({"name":"a","matches":["a"],"months":[1,1]})", "").error().message,
                HasSubstr("/seasons/0/months needs twelve factors"));
    EXPECT_THAT(with(R"({"name":"a","matches":["a"],"months":[2,1,1,1,1,1,1,1,1,1,1,1]})", "")
                    .error()
                    .message,
                HasSubstr("does not have the mean 1"));
    EXPECT_THAT(with("", R"({"name":"a","matches":["a"],"markets":["m"],"fitted":"once",
                             "intercept":1,"slope":1})")
                    .error()
                    .message,
                HasSubstr("/rank_models/0/fitted is not a date"));
    EXPECT_THAT(read(head + R"("priors":[{"name":"a","matches":["a"],"shape":0,"rate":1}],
                                "seasons":[],"rank_models":[]})"),
                FailsWith(ErrorCode::invalid_input));
}

}  // namespace
}  // namespace assay::engine
