// Points in time, in and out of RFC 3339.
// SPDX-License-Identifier: MIT
#include "engine/base/clock.hpp"

#include <gtest/gtest.h>

#include "engine/base/random.hpp"
#include "tests/support/matchers.hpp"

namespace assay {
namespace {

using testing::FailsWith;
using testing::IsOk;

std::string again(std::string_view text) {
    const Result<TimePoint> time = parse_time(text);
    EXPECT_THAT(time, IsOk()) << text;
    return time ? to_rfc3339(*time) : "";
}

TEST(TimeTest, ReadsEveryFormOfRfc3339) {
    EXPECT_EQ(again("2026-05-25T10:30:00Z"), "2026-05-25T10:30:00.000Z");
    EXPECT_EQ(again("2026-05-25t10:30:00z"), "2026-05-25T10:30:00.000Z");
    EXPECT_EQ(again("2026-05-25 10:30:00Z"), "2026-05-25T10:30:00.000Z");
    EXPECT_EQ(again("2026-05-25T10:30:00.1Z"), "2026-05-25T10:30:00.100Z");
    EXPECT_EQ(again("2026-05-25T10:30:00.123999999Z"), "2026-05-25T10:30:00.123Z");
    EXPECT_EQ(again("2026-05-25T10:30:00+02:00"), "2026-05-25T08:30:00.000Z");
    EXPECT_EQ(again("2026-05-25T10:30:00-09:30"), "2026-05-25T20:00:00.000Z");
    EXPECT_EQ(again("2026-12-31T23:59:60Z"), "2027-01-01T00:00:00.000Z");  // a leap second
    EXPECT_EQ(again("2024-02-29"), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(again("1969-12-31T23:59:59.999Z"), "1969-12-31T23:59:59.999Z");
}

TEST(TimeTest, RefusesWhatIsNoTime) {
    for (const char* text : {"",
                             "2026",
                             "2026-05",
                             "2026-13-01",
                             "2026-02-29",
                             "2026-04-31",
                             "2026-00-10",
                             "2026-05-25T",
                             "2026-05-25T24:00:00Z",
                             "2026-05-25T10:60:00Z",
                             "2026-05-25T10:30:61Z",
                             "2026-05-25T10:30:00",
                             "2026-05-25T10:30Z",
                             "2026-05-25T10:30:00.Z",
                             "2026-05-25T10:30:00.1234567890Z",
                             "2026-05-25T10:30:00+24:00",
                             "2026-05-25T10:30:00+01:60",
                             "2026-05-25T10:30:00+0100",
                             "2026-05-25T10:30:00Z ",
                             " 2026-05-25",
                             "26-05-25",
                             "25.05.2026",
                             "2026-5-25",
                             "+2026-05-25"}) {
        EXPECT_THAT(parse_time(text), FailsWith(ErrorCode::invalid_argument)) << text;
    }
}

TEST(TimeTest, RandomTimesComeBack) {
    SeededRandom random(3);
    for (int i = 0; i < 2'000; ++i) {
        // Years 1678 to 2261, to the millisecond.
        const auto span = static_cast<std::int64_t>(random.next_u64() % 18'400'000'000'000ULL);
        const TimePoint time = from_unix_milliseconds(span - 9'200'000'000'000);
        const Result<TimePoint> read = parse_time(to_rfc3339(time));
        ASSERT_THAT(read, IsOk());
        ASSERT_EQ(*read, time);
        ASSERT_EQ(from_unix_milliseconds(to_unix_milliseconds(time)), time);
    }
}

TEST(TimeTest, SecondsAreRoundedDownAlsoBefore1970) {
    EXPECT_EQ(to_unix_seconds(from_unix_milliseconds(1'999)), 1);
    EXPECT_EQ(to_unix_seconds(from_unix_milliseconds(-1)), -1);
}

TEST(SystemClockTest, SteadyTimeNeverGoesBack) {
    const SystemClock clock;
    const SteadyTime before = clock.steady_now();
    EXPECT_GE(clock.steady_now(), before);
    EXPECT_GT(clock.now(), *parse_time("2020-01-01"));
}

}  // namespace
}  // namespace assay
