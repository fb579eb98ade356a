// Delays: the schedule, and jitter that a restart repeats.
// SPDX-License-Identifier: MIT
#include "notify/retry/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay::notify {
namespace {

using namespace std::chrono_literals;

RetrySchedule five_retries(double jitter) {
    return {{30s, 5min, 30min, 2h, 8h}, jitter};
}

TEST(Backoff, WithoutJitterGivesTheScheduleExactly) {
    const RetrySchedule schedule = five_retries(0);
    EXPECT_EQ(delay_after(schedule, 1, 7), 30s);
    EXPECT_EQ(delay_after(schedule, 2, 7), 5min);
    EXPECT_EQ(delay_after(schedule, 5, 7), 8h);
}

TEST(Backoff, EndsWithTheSchedule) {
    EXPECT_EQ(delay_after(five_retries(0.2), 6, 7), std::nullopt);
    EXPECT_EQ(delay_after(five_retries(0.2), 1'000'000, 7), std::nullopt);
    EXPECT_EQ(delay_after({}, 1, 7), std::nullopt);
}

TEST(Backoff, JitterStaysWithinItsShareAndUsesAllOfIt) {
    const RetrySchedule schedule = five_retries(0.2);
    for (int attempt = 1; attempt <= 5; ++attempt) {
        const double base =
            static_cast<double>(schedule.delays[static_cast<std::size_t>(attempt - 1)].count());
        double least = 2, most = 0, sum = 0;
        for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
            const double factor =
                static_cast<double>(delay_after(schedule, attempt, seed)->count()) / base;
            least = std::min(least, factor);
            most = std::max(most, factor);
            sum += factor;
        }
        EXPECT_GE(least, 0.8 - 1e-3);
        EXPECT_LT(least, 0.81);
        EXPECT_LE(most, 1.2 + 1e-3);
        EXPECT_GT(most, 1.19);
        EXPECT_NEAR(sum / 10'000, 1.0, 0.01);
    }
}

TEST(Backoff, TheSameDeliveryAndAttemptGiveTheSameDelay) {
    const RetrySchedule schedule = five_retries(0.2);
    EXPECT_EQ(delay_after(schedule, 3, 42), delay_after(schedule, 3, 42));
    std::set<std::int64_t> waits;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        waits.insert(delay_after(schedule, 3, seed)->count());
    EXPECT_GT(waits.size(), 95U) << "neighbouring seeds spread out";
}

TEST(Backoff, AttemptsOfOneDeliveryJitterIndependently) {
    const RetrySchedule schedule{{100s, 100s, 100s, 100s}, 0.2};
    std::set<std::int64_t> waits;
    for (int attempt = 1; attempt <= 4; ++attempt)
        waits.insert(delay_after(schedule, attempt, 42)->count());
    EXPECT_EQ(waits.size(), 4U);
}

}  // namespace
}  // namespace assay::notify
