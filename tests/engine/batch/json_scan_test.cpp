// The cursor over JSON text: where values end, and glue that is wrong.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_scan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace assay::engine {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

// The members of an object, or "broken" in place of the one whose glue is wrong.
Members members_of(std::string_view json) {
    JsonScanner scanner(json);
    Members members;
    if (!scanner.take('{')) return {{"no object", ""}};
    std::string_view key, value;
    for (bool first = true;;) {
        const auto step = scanner.member(key, value, first);
        if (step == JsonScanner::Step::broken) members.emplace_back("broken", "");
        if (step != JsonScanner::Step::member) return members;
        members.emplace_back(key, value);
    }
}

TEST(JsonScan, FindsMembersWhateverTheirValuesHold) {
    const Members expected = {
        {"a", "1"}, {"b", R"("},{\"")"}, {"c", R"({"x":["}",{}]})"}, {"d\\\"", "null"}};
    EXPECT_EQ(members_of(R"( { "a" : 1 , "b":"},{\"","c":{"x":["}",{}]},"d\"":null } )"), expected);
    EXPECT_EQ(members_of("{}"), Members{});
}

TEST(JsonScan, AQuoteBehindTwoBackslashesEndsItsText) {
    const Members expected = {{"a", R"("\\")"}, {"b", R"("\\\"")"}};
    EXPECT_EQ(members_of(R"({"a":"\\","b":"\\\""})"), expected);
}

TEST(JsonScan, SaysWhereTheGlueIsBroken) {
    for (const std::string_view json : {R"({"a" 1})", R"({"a":})", R"({"a":1 "b":2})", R"({a:1})",
                                        R"({"a":"1)", R"({"a":[1})", R"({"a":1,})", "{"}) {
        const Members members = members_of(json);
        ASSERT_FALSE(members.empty()) << json;
        EXPECT_EQ(members.back().first, "broken") << json;
    }
}

TEST(JsonScan, FindsTheElementsOfAnArray) {
    JsonScanner scanner(" [ 1, [2,3] ,\"]\" ] ");
    ASSERT_TRUE(scanner.take('['));
    std::vector<std::string> elements;
    std::string_view value;
    for (bool first = true; scanner.element(value, first) == JsonScanner::Step::member;)
        elements.emplace_back(value);
    EXPECT_EQ(elements, (std::vector<std::string>{"1", "[2,3]", "\"]\""}));
    EXPECT_TRUE(scanner.at_end());
}

}  // namespace
}  // namespace assay::engine
