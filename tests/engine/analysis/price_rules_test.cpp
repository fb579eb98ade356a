// What prices have of their own by category and source; broken files name their place.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_rules.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "engine/analysis/tables.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class PriceRulesTest : public ::testing::Test {
  protected:
    double factor(std::string_view category, Condition condition) const {
        const PriceGroup& group = tables->prices.group_of(category);
        return std::exp(group.log_factors[static_cast<std::size_t>(condition)]);
    }
    std::shared_ptr<const Tables> tables = *load_tables();
};

TEST_F(PriceRulesTest, UsedOverNewIsWhatWasMeasured) {
    EXPECT_NEAR(factor("Games > Video Games", Condition::good), 0.79, 1e-12);
    EXPECT_NEAR(factor("Textbooks", Condition::good), 0.65, 1e-12);
    EXPECT_NEAR(factor("Kitchen", Condition::good), 0.85, 1e-12) << "all other goods";
    EXPECT_EQ(factor("Textbooks", Condition::new_), 1);
}

TEST_F(PriceRulesTest, TheStepsOfTheLadderKeepTheirProportions) {
    const double stretch = std::log(0.65) / std::log(0.85);
    for (const Condition condition : {Condition::like_new, Condition::acceptable}) {
        EXPECT_NEAR(std::log(factor("Books", condition)),
                    stretch * std::log(factor("Kitchen", condition)), 1e-12);
    }
}

TEST_F(PriceRulesTest, TheDeepestPartOfACategoryNamesTheGroup) {
    EXPECT_EQ(tables->prices.group_of("Electronics > Cell Phones").name, "phones_and_computers");
    EXPECT_EQ(tables->prices.group_of("Electronics > Headphones").name, "");
    EXPECT_EQ(tables->prices.group_of("").name, "");
    EXPECT_EQ(tables->prices.group_of("Bücher").half_life_days, 60);
    EXPECT_EQ(tables->prices.group_of("Electronics").half_life_days, std::nullopt);
}

TEST_F(PriceRulesTest, SourcesAreTrustedByName) {
    EXPECT_EQ(tables->prices.trust_in("ebay"), 0.9);
    EXPECT_EQ(tables->prices.trust_in("eBay"), 0.9);
    EXPECT_EQ(tables->prices.trust_in("estimate"), 0.5);
    EXPECT_EQ(tables->prices.trust_in("somewhere"), 1);
    EXPECT_EQ(tables->prices.trust_in(""), 1);
}

TEST(PriceRulesFile, EveryFaultHasItsPlace) {
    std::array<double, condition_count> factors{};
    factors.fill(0.85);
    const auto read = [&](std::string_view sources, std::string_view groups) {
        DataFile file("prices.json", R"({"date":"2026-01-01","sources":[)" + std::string(sources) +
                                         R"(],"groups":[)" + std::string(groups) + "]}");
        read_price_rules(file.root(), factors);
        return file.finish();
    };
    EXPECT_THAT(read("", ""), IsOk());
    EXPECT_THAT(read(R"({"name":"x","trust":1})", ""), FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(read(R"({"name":"x","trust":0,"why":"y"})", "").error().message,
                HasSubstr("/sources/0/trust"));
    EXPECT_THAT(read("", R"({"name":"x","matches":["x"],"used":{"over_new":0.8,"as":"fine"}})")
                    .error()
                    .message,
                HasSubstr("names no condition below new"));
    EXPECT_THAT(read("", R"({"name":"x","matches":["x"],"half_life":{"value":3}})").error().message,
                HasSubstr("/groups/0/half_life is not known here"));
}

}  // namespace
}  // namespace assay::engine
