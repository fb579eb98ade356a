// Result lines in a body: byte for byte, but for the cancelled ones.
// SPDX-License-Identifier: MIT
#include "notify/profile/product_lines.hpp"

#include <gtest/gtest.h>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using testing::IsOk;

std::string spliced(std::string_view lines, bool may_hold_cancelled = true) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    EXPECT_THAT(append_products(json, lines, may_hold_cancelled), IsOk());
    json.end_array();
    return text;
}

Result<std::int64_t> outcome(std::string_view lines) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    return append_products(json, lines, true);
}

constexpr std::string_view cancelled_error =
    R"({"code":"cancelled","message":"the batch was cancelled before this product was analysed",)"
    R"("stage":null,"retryable":true,"attempts":0,"field":null})";

TEST(ProductLines, GoInByteForByte) {
    EXPECT_EQ(spliced(""), "[]");
    EXPECT_EQ(spliced("{\"a\":1}\n"), R"([{"a":1}])");
    EXPECT_EQ(spliced("{\"a\":1}\n{\"b\": [2, 3]}\n"), R"([{"a":1},{"b": [2, 3]}])");
    EXPECT_EQ(spliced("{\"a\":1}\n{\"b\":2}"), R"([{"a":1},{"b":2}])") << "no last line feed";
    EXPECT_EQ(outcome("{\"a\":1}\n{\"b\":2}\n").value(), 2);
}

TEST(ProductLines, ACancelledProductShowsAsFailedWithItsErrorCode) {
    const std::string line =
        R"({"product_id":"p1","product_data":{"title":"x"},"status":"cancelled","progress":100,)"
        R"("result":null,"error":null})"
        "\n";
    EXPECT_EQ(spliced(line),
              R"([{"product_id":"p1","product_data":{"title":"x"},"status":"failed",)"
              R"("progress":100,"result":null,"error":)" +
                  std::string(cancelled_error) + "}]");
    EXPECT_EQ(spliced(line, false), "[" + line.substr(0, line.size() - 1) + "]");
}

TEST(ProductLines, AnErrorThatIsThereAlreadyStays) {
    EXPECT_EQ(spliced(R"({"product_id":"p","status":"cancelled","error":{"code":"cancelled"}})"),
              R"([{"product_id":"p","status":"failed","error":{"code":"cancelled"}}])");
    EXPECT_EQ(
        spliced(R"({"product_id":"p","status":"cancelled"})"),
        R"([{"product_id":"p","status":"failed","error":)" + std::string(cancelled_error) + "}]");
}

TEST(ProductLines, EchoedInputThatLooksCancelledIsLeftAlone) {
    const std::string line =
        R"({"product_id":"p","product_data":{"x":{"status":"cancelled"},)"
        R"("y":"\"status\":\"cancelled\"",)"
        R"("z":["\\",{"status":"cancelled"}]},"status":"completed","progress":100,"result":{},)"
        R"("error":null})";
    EXPECT_EQ(spliced(line), "[" + line + "]");
}

TEST(ProductLines, EchoedInputBesideACancelledStatusStaysAsItIs) {
    const std::string echo = R"("product_data":{"status":"cancelled","error":null,"}":"{\\\"]"})";
    EXPECT_EQ(spliced(R"({"product_id":"p",)" + echo + R"(,"status":"cancelled","error":null})"),
              R"([{"product_id":"p",)" + echo + R"(,"status":"failed","error":)" +
                  std::string(cancelled_error) + "}]");
}

TEST(ProductLines, LinesThatAreNoneAreCorrupt) {
    for (const auto* lines :
         {"\n", "x\n", "{\"a\":1}\n\n", "[1]\n", "{\"a\":1\n", "{", "\"status\":\"cancelled\"\n"}) {
        EXPECT_THAT(outcome(lines), FailsWith(ErrorCode::corrupt)) << lines;
    }
}

TEST(ProductLines, HalfBrokenCancelledLinesAreCorruptAndNeverReadBeyondTheirEnd) {
    const std::string line = R"({"product_id":"p\"","status":"cancelled","x":[{}],"error":null})";
    for (std::size_t cut = 1; cut < line.size(); ++cut) {
        // Cut anywhere and closed again: either still a line, or refused; never a crash.
        std::string broken = line.substr(0, cut) + "}";
        (void)outcome(broken);
        broken = "{" + line.substr(cut);
        (void)outcome(broken);
    }
    EXPECT_THAT(outcome(R"({"error":null,"status":"cancelled"})"), FailsWith(ErrorCode::corrupt));
}

}  // namespace
}  // namespace assay::notify
