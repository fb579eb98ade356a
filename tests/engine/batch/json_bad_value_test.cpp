// Tests of the search for the value that broke a JSON text.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_bad_value.hpp"

#include <gtest/gtest.h>

namespace assay::engine {
namespace {

TEST(FindBadValue, PointsAtTheFirstValueThatIsNone) {
    EXPECT_EQ(find_bad_value(R"({"a":1,"msrp":NaN})"), "/msrp");
    EXPECT_EQ(find_bad_value(R"({"costs":{"prep":-Infinity}})"), "/costs/prep");
    EXPECT_EQ(find_bad_value(R"([{"a":[1, 1e400]}])"), "/0/a/1");
    EXPECT_EQ(find_bad_value(R"({"q\"":"x]","n":123456789012345678901})"), "/n");
    EXPECT_EQ(find_bad_value(R"({"n":-9223372036854775809})"), "/n");
    EXPECT_EQ(find_bad_value(R"({"a/b":{"~":None}})"), "/a~1b/~0");
    EXPECT_EQ(find_bad_value("nan"), "");
}

TEST(FindBadValue, SaysNothingOfTextsThatAreBrokenOtherwise) {
    for (const char* text : {"", "{", "{\"a\":1", "{\"a\" 1}", "[1,]", "{\"a\":\"x", "{\"a\":}",
                             "[18446744073709551615]", "[1e-400]", "[true,false,null,-0.5e3]"})
        EXPECT_EQ(find_bad_value(text), std::nullopt) << text;
    EXPECT_EQ(find_bad_value(std::string(1'000'000, '[')), std::nullopt);
}

}  // namespace
}  // namespace assay::engine
