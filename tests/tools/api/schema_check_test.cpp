// Which schemas are taken, and what an event is told that does not fit its own.
// SPDX-License-Identifier: MIT
#include "tools/api/schema_check.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::tools {
namespace {

using assay::testing::FailsWith;
using assay::testing::IsOk;
using ::testing::HasSubstr;

constexpr std::string_view order = R"({
    "type":"object","required":["id","lines"],
    "properties":{"id":{"type":"integer"},"pattern":{"type":"string"},
      "lines":{"type":"array","minItems":1,"items":{"type":"object",
        "properties":{"price":{"type":"number","minimum":0}}}}}})";

TEST(SchemaCheck, TakesWhatFits) {
    EXPECT_THAT(check_schema(order), IsOk()) << "a property may be called pattern";
    EXPECT_THAT(hold_against(order, R"({"id":1,"lines":[{"price":1.5}]})"), IsOk());
    EXPECT_THAT(hold_against("{}", R"({"any":["thing"]})"), IsOk());
}

TEST(SchemaCheck, NamesThePlaceAndTheRuleOfWhatDoesNotFit) {
    const auto missing = hold_against(order, R"({"lines":[{}]})");
    ASSERT_THAT(missing, FailsWith(ErrorCode::invalid_input));
    EXPECT_EQ(missing.error().field, "data");
    EXPECT_THAT(missing.error().message, HasSubstr("id"));
    const auto deep = hold_against(order, R"({"id":1,"lines":[{"price":1},{"price":-2}]})");
    ASSERT_THAT(deep, FailsWith(ErrorCode::invalid_input));
    EXPECT_EQ(deep.error().field, "data/lines/1/price");
}

TEST(SchemaCheck, RefusesWhatIsNoSchemaOrCouldTakeLong) {
    for (const std::string_view text : {"", "[]", "true", "{", R"({"type":5})"})
        EXPECT_THAT(check_schema(text), FailsWith(ErrorCode::invalid_argument)) << text;
    const auto refused = [](std::string_view text) {
        const auto checked = check_schema(text);
        EXPECT_THAT(checked, FailsWith(ErrorCode::invalid_argument)) << text;
        return checked ? std::string() : checked.error().field;
    };
    EXPECT_EQ(refused(R"({"properties":{"a":{"$ref":"http://example.com/"}}})"),
              "/properties/a/$ref");
    EXPECT_EQ(refused(R"({"anyOf":[{},{"pattern":"(a+)+$"}]})"), "/anyOf/1/pattern");
    EXPECT_EQ(refused(R"({"uniqueItems":true})"), "/uniqueItems");
    EXPECT_THAT(check_schema(R"({"enum":[{"pattern":"x"}]})"), IsOk()) << "a value, no keyword";
}

}  // namespace
}  // namespace assay::tools
