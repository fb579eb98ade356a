// What failures in a row do to an endpoint; long histories are in histories_test.cpp.
// SPDX-License-Identifier: MIT
#include "notify/retry/endpoint_health.hpp"

#include <gtest/gtest.h>

namespace assay::notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const TimePoint start = *parse_time("2026-05-25T10:30:00Z");

class EndpointHealthTest : public ::testing::Test {
  protected:
    HealthChange happen(NextStep step, hours after, OutcomeKind kind = OutcomeKind::timeout,
                        bool gone = false) {
        Decision decision;
        decision.step = step;
        decision.disable_endpoint = gone;
        Outcome outcome;
        outcome.kind = kind;
        outcome.ended = start + after;
        const milliseconds failing_for =
            health_.failing_since ? outcome.ended - *health_.failing_since : milliseconds(0);
        HealthChange change = health_after(health_, decision, outcome, failing_for, disable_after_);
        health_ = change.health;
        return change;
    }
    EndpointHealth health_;
    milliseconds disable_after_ = hours(24);
};

TEST_F(EndpointHealthTest, ADayOfNothingButFailuresDisables) {
    EXPECT_FALSE(happen(NextStep::wait, hours(0)).disable);
    EXPECT_FALSE(happen(NextStep::wait, hours(23)).disable);
    const HealthChange change = happen(NextStep::wait, hours(24));
    EXPECT_TRUE(change.disable);
    EXPECT_EQ(change.reason, "nothing but failures for 24 hours");
    EXPECT_EQ(change.health.failing_since, start);
    EXPECT_EQ(change.health.failed_count, 3);
    EXPECT_TRUE(change.health.told);
}

TEST_F(EndpointHealthTest, OneSuccessBeginsANewDay) {
    happen(NextStep::wait, hours(0));
    EXPECT_EQ(happen(NextStep::delivered, hours(20)).health, EndpointHealth{});
    happen(NextStep::wait, hours(21));
    EXPECT_FALSE(happen(NextStep::wait, hours(44)).disable);
    EXPECT_TRUE(happen(NextStep::wait, hours(45)).disable);
}

TEST_F(EndpointHealthTest, A410DisablesAtOnceAndSaysWhy) {
    const HealthChange change = happen(NextStep::permanent, hours(0), OutcomeKind::response, true);
    EXPECT_TRUE(change.disable);
    EXPECT_EQ(change.reason, "status 410: the receiver is gone");
}

TEST_F(EndpointHealthTest, OneFailureLongAfterNothingDisablesNobody) {
    EXPECT_FALSE(happen(NextStep::exhausted, hours(500)).disable);
}

TEST_F(EndpointHealthTest, OurOwnFaultsDoNotCount) {
    happen(NextStep::wait, hours(0));
    EXPECT_FALSE(happen(NextStep::permanent, hours(30), OutcomeKind::invalid_request).disable);
    EXPECT_FALSE(happen(NextStep::wait, hours(30), OutcomeKind::aborted).disable);
    EXPECT_EQ(health_.failed_count, 1);
}

TEST_F(EndpointHealthTest, WhoNeverDisablesStillCounts) {
    disable_after_ = milliseconds(0);
    happen(NextStep::wait, hours(0));
    EXPECT_FALSE(happen(NextStep::exhausted, hours(2'000)).disable);
    EXPECT_EQ(health_.exhausted_count, 1);
}

TEST_F(EndpointHealthTest, RecoveryIsToldOnlyToWhomTheTroubleWas) {
    happen(NextStep::wait, hours(0));
    EXPECT_FALSE(happen(NextStep::delivered, hours(1)).recovered) << "a passing failure";
    happen(NextStep::exhausted, hours(2));
    EXPECT_TRUE(happen(NextStep::delivered, hours(3)).recovered);
    EXPECT_FALSE(happen(NextStep::delivered, hours(4)).recovered) << "once";
}

TEST_F(EndpointHealthTest, SwitchedOnAgainItHasADayAndItsRecoveryIsTold) {
    happen(NextStep::wait, hours(0));
    ASSERT_TRUE(happen(NextStep::wait, hours(25)).disable);
    health_ = health_when_enabled(health_);
    EXPECT_FALSE(happen(NextStep::wait, hours(26)).disable);
    EXPECT_TRUE(happen(NextStep::delivered, hours(27)).recovered);
}

}  // namespace
}  // namespace assay::notify
