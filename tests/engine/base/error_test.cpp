// Error codes, results and their text.
// SPDX-License-Identifier: MIT
#include "engine/base/error.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "engine/base/result.hpp"
#include "tests/support/matchers.hpp"

namespace assay {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(ErrorTest, EveryCodeHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
        names.insert(to_string(static_cast<ErrorCode>(code)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::internal) + 1);
    EXPECT_EQ(to_string(ErrorCode::key_reused), "key_reused");
}

TEST(ErrorTest, OnlyWhatMayPassByItselfIsWorthAnotherTry) {
    for (const auto code : {ErrorCode::busy, ErrorCode::unavailable, ErrorCode::storage_full,
                            ErrorCode::timeout, ErrorCode::dns_failed, ErrorCode::rate_limited}) {
        EXPECT_TRUE(is_retryable(code)) << to_string(code);
    }
    for (const auto code : {ErrorCode::invalid_input, ErrorCode::quota_exceeded, ErrorCode::corrupt,
                            ErrorCode::address_blocked, ErrorCode::cancelled, ErrorCode::internal,
                            ErrorCode::commits_lost, ErrorCode::key_reused}) {
        EXPECT_FALSE(is_retryable(code)) << to_string(code);
    }
}

TEST(ErrorTest, DescribesWhereWhatAndHowToMendIt) {
    Error error = fail(ErrorCode::invalid_input, "is negative", "/quantity", "write a number");
    EXPECT_EQ(describe(error), "/quantity: is negative (write a number)");
    error.line = 3;
    EXPECT_EQ(describe(error), "line 3: /quantity: is negative (write a number)");
    EXPECT_EQ(describe(fail(ErrorCode::busy, "")), "busy");
}

TEST(ResultTest, HoldsAValueOrAnError) {
    Result<int> good = 7;
    ASSERT_THAT(good, IsOk());
    EXPECT_EQ(*good, 7);
    EXPECT_EQ(good.value_or(1), 7);
    const Result<int> bad = fail(ErrorCode::not_found, "no");
    EXPECT_THAT(bad, FailsWith(ErrorCode::not_found));
    EXPECT_EQ(bad.value_or(1), 1);
    EXPECT_THAT(Result<void>(), IsOk());
    EXPECT_THAT(Result<void>(fail(ErrorCode::busy, "")), FailsWith(ErrorCode::busy));
}

TEST(ResultTest, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>> made = std::make_unique<int>(5);
    const std::unique_ptr<int> taken = *std::move(made);
    EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, ReadingTheSideThatIsNotThereEndsTheProgram) {
    const Result<int> bad = fail(ErrorCode::not_found, "no");
    EXPECT_DEATH(static_cast<void>(bad.value()), "");
}

}  // namespace
}  // namespace assay
