// Errors as JSON.
// SPDX-License-Identifier: MIT
#include "engine/base/error_json.hpp"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/result.hpp"

namespace assay {
namespace {

std::string json_of(const Error& error) {
    std::string text;
    JsonWriter writer(text);
    write_error(writer, error);
    return text;
}

TEST(ErrorJson, TellsWhatIsKnown) {
    Error error = fail(ErrorCode::invalid_input, "is negative", "quantity", "write 1 or more");
    error.line = 7;
    EXPECT_EQ(json_of(error), R"({"code":"invalid_input","message":"is negative",)"
                              R"("param":"quantity","line":7,"remedy":"write 1 or more"})");
}

TEST(ErrorJson, LeavesOutWhatIsNot) {
    EXPECT_EQ(json_of(fail(ErrorCode::not_found, "is gone")),
              R"({"code":"not_found","message":"is gone"})");
}

}  // namespace
}  // namespace assay
