// How the rate of one endpoint falls with its 429s and comes back.
// SPDX-License-Identifier: MIT
#include "notify/retry/send_rate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace assay::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SendRateTest : public ::testing::Test {
  protected:
    // Sends all that may go in this time, in steps of a millisecond; how many it was.
    int flood(milliseconds time, int at_once = 1) {
        int count = 0;
        for (milliseconds passed(0); passed < time; passed += milliseconds(1)) {
            for (int i = 0; i < at_once && rate_.next() <= now_; ++i) {
                rate_.sent(now_);
                ++count;
            }
            now_ += milliseconds(1);
        }
        return count;
    }
    SendRate rate_;
    SteadyTime now_ = SteadyTime(std::chrono::hours(1));
};

TEST_F(SendRateTest, WithoutALimitNothingWaits) {
    EXPECT_EQ(flood(seconds(1), 3), 3'000);
    EXPECT_FALSE(rate_.rate());
}

TEST_F(SendRateTest, AnOwnersBoundHolds) {
    rate_.set_ceiling(20);
    EXPECT_NEAR(flood(seconds(10)), 200, 2);
    rate_.set_ceiling(0.5);
    EXPECT_LE(flood(seconds(10)), 5);
}

TEST_F(SendRateTest, A429HalvesWhatWasSentInTheLastSecond) {
    flood(seconds(3));
    rate_.throttled(now_, now_);
    ASSERT_TRUE(rate_.rate());
    EXPECT_NEAR(*rate_.rate(), 500, 1);
    EXPECT_NEAR(flood(seconds(1)), 500, 30);
}

TEST_F(SendRateTest, TheAnswersToOneBurstHalveItOnce) {
    flood(seconds(2));
    const SteadyTime sent = now_;
    now_ += milliseconds(100);
    for (int i = 0; i < 64; ++i)
        rate_.throttled(sent, now_);
    EXPECT_NEAR(*rate_.rate(), 500, 1);
    const SteadyTime later = now_ + milliseconds(10);
    rate_.throttled(later, later);
    EXPECT_NEAR(*rate_.rate(), 250, 1);
}

TEST_F(SendRateTest, SuccessesBringItBackSlowlyAndThenForgetIt) {
    flood(seconds(2));
    rate_.throttled(now_, now_);
    double last = *rate_.rate();
    int waited = 0;
    while (rate_.rate() && waited < 120) {
        now_ += seconds(1);
        rate_.succeeded(now_);
        ++waited;
        if (!rate_.rate()) break;
        EXPECT_LE(*rate_.rate() - last, 1'000 / 30.0 + 1);
        last = *rate_.rate();
    }
    EXPECT_FALSE(rate_.rate()) << "twice what it was: no limit any more";
    EXPECT_NEAR(waited, 45, 3);
}

TEST_F(SendRateTest, ItNeverFallsToNothing) {
    for (int i = 0; i < 100; ++i) {
        rate_.throttled(now_, now_);
        now_ += seconds(1);
    }
    EXPECT_GE(*rate_.rate(), 0.01);
}

// A receiver that takes 100 a second and answers 429 to the rest.
TEST_F(SendRateTest, ItSettlesNearWhatTheReceiverTakes) {
    int sent = 0, refused = 0, taken = 0;
    double allowance = 100;
    for (int millisecond = 0; millisecond < 120'000; ++millisecond) {
        allowance = std::min(100.0, allowance + 0.1);
        for (int i = 0; i < 4 && rate_.next() <= now_; ++i) {
            rate_.sent(now_);
            const bool counted = millisecond >= 20'000;
            sent += counted ? 1 : 0;
            if (allowance >= 1) {
                allowance -= 1;
                taken += counted ? 1 : 0;
                rate_.succeeded(now_);
            } else {
                refused += counted ? 1 : 0;
                rate_.throttled(now_, now_);
            }
        }
        now_ += milliseconds(1);
    }
    EXPECT_GT(taken, 5'000) << "more than half of what it takes";
    EXPECT_LT(refused, sent / 50);
}

}  // namespace
}  // namespace assay::notify
