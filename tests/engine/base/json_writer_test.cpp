// JSON text: commas, escapes, and numbers as people write them.
// SPDX-License-Identifier: MIT
#include "engine/base/json_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay {
namespace {

std::string number(double value, int decimals) {
    std::string out;
    JsonWriter(out).number(value, decimals);
    return out;
}

TEST(JsonWriterTest, WritesNestedValuesWithTheirCommas) {
    std::string out = "x";
    JsonWriter json(out);
    json.begin_object().member("a", 1).key("b").begin_array();
    json.integer(1).begin_object().end_object().begin_array().end_array().null();
    json.end_array().member("c", true).member("d", "text").key("e").raw("{\"f\":[]}");
    json.end_object();
    EXPECT_EQ(out, R"(x{"a":1,"b":[1,{},[],null],"c":true,"d":"text","e":{"f":[]}})");
}

TEST(JsonWriterTest, WritesKeysOfAnyLengthAndEscapesThem) {
    for (std::size_t length = 0; length <= 80; ++length) {
        const std::string key(length, 'k');
        std::string out;
        JsonWriter json(out);
        json.begin_object().member(key, 1).member(key + '"', 2).member("l", 3).key("m").null();
        json.end_object();
        EXPECT_EQ(out, "{\"" + key + "\":1,\"" + key + "\\\"\":2,\"l\":3,\"m\":null}");
    }
}

TEST(JsonWriterTest, FindsWhatMustBeEscapedWhereverItStands) {
    const std::pair<char, std::string> cases[] = {
        {'"', "\\\""},    {'\\', "\\\\"},   {'\x1f', "\\u001f"}, {'\0', "\\u0000"},
        {'\x20', "\x20"}, {'\x7f', "\x7f"}, {'\x80', "\x80"},    {'!', "!"}};
    for (std::size_t length = 1; length <= 50; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (const auto& [character, written] : cases) {
                std::string text(length, 'x');
                text[at] = character;
                std::string out;
                append_json_string(out, text);
                EXPECT_EQ(out, "\"" + std::string(at, 'x') + written +
                                   std::string(length - at - 1, 'x') + "\"");
            }
        }
    }
}

TEST(JsonWriterTest, EscapesEachOfSeveralOnce) {
    for (std::size_t length = 2; length <= 40; ++length) {
        for (std::size_t first = 0; first + 1 < length; ++first) {
            for (std::size_t second = first + 1; second < length; ++second) {
                std::string text(length, 'x');
                text[first] = text[second] = '"';
                std::string out;
                append_json_string(out, text);
                EXPECT_EQ(out, "\"" + std::string(first, 'x') + "\\\"" +
                                   std::string(second - first - 1, 'x') + "\\\"" +
                                   std::string(length - second - 1, 'x') + "\"");
            }
        }
    }
}

TEST(JsonWriterTest, WritesTextsOfAnyLength) {
    for (std::size_t length = 0; length <= 200; ++length) {
        const std::string text(length, 'x');
        std::string out;
        append_json_string(out, text);
        EXPECT_EQ(out, '"' + text + '"');
    }
}

TEST(JsonWriterTest, EscapesWhatMustBeEscapedAndNothingElse) {
    std::string out;
    append_json_string(out, std::string("a\"b\\c\n\r\t\x01\x1f\0/\x7f ü€😀", 23));
    EXPECT_EQ(out, "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\\u0000/\x7f ü€😀\"");
    std::string empty;
    append_json_string(empty, {});
    EXPECT_EQ(empty, "\"\"");
}

TEST(JsonWriterTest, NumbersHaveNoTrailingZerosAndNoNegativeZero) {
    EXPECT_EQ(number(66.67, 2), "66.67");
    EXPECT_EQ(number(90, 2), "90");
    EXPECT_EQ(number(0.5, 2), "0.5");
    EXPECT_EQ(number(0.05, 2), "0.05");
    EXPECT_EQ(number(0.004, 2), "0");
    EXPECT_EQ(number(-0.004, 2), "0");
    EXPECT_EQ(number(-0.05, 2), "-0.05");
    EXPECT_EQ(number(2.5, 0), "3");
    EXPECT_EQ(number(-2.5, 0), "-3");
    EXPECT_EQ(number(1e12, 2), "1000000000000");
    EXPECT_EQ(number(0.000000001, 9), "0.000000001");
}

TEST(JsonWriterTest, NumbersThatJsonDoesNotKnowAreNull) {
    EXPECT_EQ(number(std::nan(""), 2), "null");
    EXPECT_EQ(number(std::numeric_limits<double>::infinity(), 2), "null");
    EXPECT_EQ(number(1e308, 9), "null");  // its scaled value is not finite
}

TEST(JsonWriterTest, IntegersReachBothEnds) {
    std::string out;
    JsonWriter json(out);
    json.begin_array()
        .integer(std::numeric_limits<std::int64_t>::min())
        .integer(std::numeric_limits<std::int64_t>::max())
        .end_array();
    EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807]");
}

}  // namespace
}  // namespace assay
