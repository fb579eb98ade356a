// Fee files: what the program ships is read whole, and every fault names its place.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fee_tables.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tests/engine/analysis/fixtures.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::official_tables;

constexpr std::string_view sound = R"({"channel":"x","marketplace":"X_DE","currency":"EUR",
 "postage":{"steps":[{"up_to_grams":2000,"amount":549},{"amount":4900}],"unknown_weight":699},
 "tables":[{"effective":"2025-01-01","percentage_code":"final_value","net_of_vat":true,
  "standard":{"shape":"whole","minimum":1,"maximum":9,"steps":[{"up_to":1000,"ppm":1},{"ppm":2}]},
  "categories":[{"name":"books","secondary":true,"matches":["books"],
                 "schedule":{"shape":"marginal","steps":[{"ppm":3}]}}],
  "fixed":[{"code":"per_order","steps":[{"up_to":1000,"amount":35},{"amount":45}]}],
  "sources":["a page"]}]})";

Error fault_of(std::string_view what, std::string_view with) {
    std::string text(sound);
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    text.replace(at, what.size(), with);
    const auto channel = parse_channel(text, "data/x.json");
    EXPECT_FALSE(channel.has_value()) << with;
    return channel.has_value() ? Error{} : channel.error();
}

TEST(FeeTables, AreReadWhole) {
    const auto channel = parse_channel(sound, "data/x.json");
    ASSERT_THAT(channel, IsOk());
    EXPECT_EQ(channel->name, "x");
    EXPECT_EQ(channel->currency.code(), "EUR");
    EXPECT_EQ(channel->postage.unknown_weight, 699);
    const FeeTable& table = channel->tables.at(0);
    EXPECT_EQ(table.version, "2025-01-01");
    EXPECT_TRUE(table.net_of_vat);
    EXPECT_EQ(table.standard.shape, FeeShape::whole);
    EXPECT_EQ(table.standard.minimum, 1);
    EXPECT_EQ(table.standard.maximum, 9);
    EXPECT_EQ(table.standard.steps.at(0).up_to, 1000);
    EXPECT_EQ(table.standard.steps.at(1).up_to, testing::open_end);
    EXPECT_TRUE(table.categories.at(0).secondary);
    EXPECT_EQ(table.fixed.at(0).steps.at(1).second, 45);
    EXPECT_EQ(table.sources.at(0), "a page");
}

TEST(FeeTables, NameThePlaceOfAFault) {
    const Error fault = fault_of(R"("up_to":1000,"ppm":1)", R"("up_to":1000,"ppm":-1)");
    EXPECT_EQ(fault.code, ErrorCode::invalid_input);
    EXPECT_EQ(fault.field, "/tables/0/standard/steps/0/ppm");
    EXPECT_THAT(fault.message, HasSubstr("data/x.json"));
}

TEST(FeeTables, RefuseStepsThatDoNotAscendOrEndOpen) {
    EXPECT_EQ(fault_of(R"({"ppm":2})", R"({"up_to":5000,"ppm":2})").field,
              "/tables/0/standard/steps/1");
    EXPECT_EQ(fault_of(R"({"up_to":1000,"ppm":1},{"ppm":2})",
                       R"({"up_to":1000,"ppm":1},{"up_to":900,"ppm":1},{"ppm":2})")
                  .field,
              "/tables/0/standard/steps/1");
    fault_of(R"([{"up_to":1000,"ppm":1},{"ppm":2}])", "[]");
}

TEST(FeeTables, RefuseWhatIsMissingOrOfAnotherKind) {
    fault_of(R"("whole")", R"("steep")");
    fault_of(R"("2025-01-01")", R"("last year")");
    fault_of(R"("2025-01-01")", R"("2025-01-01T00:00:00Z")");
    fault_of(R"("EUR")", R"("EURO")");
    fault_of(R"("net_of_vat":true)", R"("net_of_vat":1)");
    fault_of(R"("postage")", R"("porto")");
    fault_of(R"(["a page"])", R"([1])");
    fault_of(R"("ppm":3)", R"("ppm":1000001)");
    fault_of(R"("minimum":1)", R"("minimum":10)");
    fault_of(R"(]})", "");
    EXPECT_THAT(parse_channel("[]", "x"), FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(parse_channel("", "x"), FailsWith(ErrorCode::invalid_input));
}

TEST(FeeTables, RefuseDatesThatDoNotAscend) {
    std::string text(sound);
    const auto open = text.find(R"([{"effective")") + 1;
    const std::string table = text.substr(open, text.size() - open - 2);
    text.insert(open, table + ",");
    EXPECT_THAT(parse_channel(text, "x"), FailsWith(ErrorCode::invalid_input));
}

TEST(FeeTables, BoundTheNumberOfSteps) {
    std::string steps;
    for (int i = 1; i <= 40; ++i)
        steps += R"({"up_to":)" + std::to_string(i) + R"(,"ppm":1},)";
    fault_of(R"({"up_to":1000,"ppm":1},)", steps);
}

TEST(Postage, GoesByWeight) {
    const Channel* channel = official_tables().find_channel("ebay_de");
    ASSERT_NE(channel, nullptr);
    EXPECT_EQ(channel->postage.amount_for(2000), 549);
    EXPECT_EQ(channel->postage.amount_for(2001), 699);
    EXPECT_EQ(channel->postage.amount_for(10'000), 1049);
    EXPECT_EQ(channel->postage.amount_for(31'500), 1999);
    EXPECT_EQ(channel->postage.amount_for(38'000), 4900);
    EXPECT_EQ(channel->postage.amount_for(std::nullopt), 699);
}

}  // namespace
}  // namespace assay::engine
