// Decisions: each outcome has one consequence, and the log says why.
// SPDX-License-Identifier: MIT
#include "notify/retry/attempt.hpp"

#include <gmock/gmock.h>

namespace assay::notify {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const TimePoint ended = *parse_time("2026-05-25T10:30:00Z");

RetryPolicy guide_policy() {
    return {SuccessRule::any_2xx, {{30s, 5min, 30min, 2h, 8h}, 0}, false, false};
}

RetryPolicy native_policy() {
    return {SuccessRule::any_2xx, {{5s, 5min, 30min, 2h, 5h, 10h, 10h}, 0}, true, true};
}

Outcome answered(int status, std::optional<std::chrono::seconds> retry_after = {}) {
    Outcome outcome;
    outcome.kind = OutcomeKind::response;
    outcome.status = status;
    outcome.retry_after = retry_after;
    outcome.started = ended - 2s;
    outcome.ended = ended;
    return outcome;
}

Outcome failed(OutcomeKind kind) {
    Outcome outcome = answered(0);
    outcome.kind = kind;
    return outcome;
}

TEST(Decide, Every2xxDelivers) {
    for (int status = 200; status <= 299; ++status) {
        EXPECT_EQ(decide(guide_policy(), 1, answered(status), 7).step, NextStep::delivered);
    }
}

TEST(Decide, RedirectsClientAndServerErrorsFail) {
    for (int status = 100; status <= 599; ++status) {
        if (status >= 200 && status <= 299) continue;
        const Decision decision = decide(guide_policy(), 1, answered(status), 7);
        EXPECT_EQ(decision.step, NextStep::wait) << status;
        EXPECT_EQ(decision.due, ended + 30s);
        EXPECT_EQ(decision.next_attempt, 2);
        EXPECT_FALSE(decision.disable_endpoint);
    }
    EXPECT_EQ(decide(guide_policy(), 1, answered(0), 7).step, NextStep::wait);
    EXPECT_EQ(decide(guide_policy(), 1, answered(300), 7).step, NextStep::wait);
}

TEST(Decide, Exactly200WantsExactly200) {
    RetryPolicy policy = guide_policy();
    policy.success = SuccessRule::exactly_200;
    EXPECT_EQ(decide(policy, 1, answered(200), 7).step, NextStep::delivered);
    EXPECT_EQ(decide(policy, 1, answered(201), 7).step, NextStep::wait);
    EXPECT_EQ(decide(policy, 1, answered(204), 7).step, NextStep::wait);
}

TEST(Decide, RetriesStopAfterTheFifth) {
    for (int attempt = 1; attempt <= 5; ++attempt) {
        EXPECT_EQ(decide(guide_policy(), attempt, answered(500), 7).step, NextStep::wait);
    }
    const Decision last = decide(guide_policy(), 6, answered(500), 7);
    EXPECT_EQ(last.step, NextStep::exhausted);
    EXPECT_EQ(last.why, "status 500; no retry left after 5");
}

TEST(Decide, DelaysRunFromTheEndOfTheFailedAttempt) {
    const std::chrono::milliseconds delays[]{30s, 5min, 30min, 2h, 8h};
    for (int attempt = 1; attempt <= 5; ++attempt) {
        EXPECT_EQ(decide(guide_policy(), attempt, failed(OutcomeKind::timeout), 7).due,
                  ended + delays[attempt - 1]);
    }
}

TEST(Decide, EveryKindOfFailureOnTheWayIsRetried) {
    for (const OutcomeKind kind :
         {OutcomeKind::dns, OutcomeKind::connect, OutcomeKind::tls, OutcomeKind::timeout,
          OutcomeKind::reset, OutcomeKind::protocol}) {
        const Decision decision = decide(guide_policy(), 2, failed(kind), 7);
        EXPECT_EQ(decision.step, NextStep::wait) << to_string(kind);
        EXPECT_THAT(decision.why, HasSubstr(std::string(to_string(kind))));
    }
}

TEST(Decide, BlockedAndInvalidRequestsAreNeverRepeated) {
    for (const OutcomeKind kind : {OutcomeKind::blocked, OutcomeKind::invalid_request}) {
        EXPECT_EQ(decide(native_policy(), 1, failed(kind), 7).step, NextStep::permanent);
    }
}

TEST(Decide, AnAbortedAttemptIsMadeAgainAtOnceUnderItsNumber) {
    for (const int attempt : {1, 3, 6, 100}) {
        const Decision decision = decide(guide_policy(), attempt, failed(OutcomeKind::aborted), 7);
        EXPECT_EQ(decision.step, NextStep::wait);
        EXPECT_EQ(decision.next_attempt, attempt);
        EXPECT_EQ(decision.due, ended);
    }
}

TEST(Decide, ACutResponseIsJudgedByItsStatus) {
    Outcome outcome = answered(200);
    outcome.kind = OutcomeKind::response_too_large;
    EXPECT_EQ(decide(guide_policy(), 1, outcome, 7).step, NextStep::delivered);
    outcome.status = 500;
    EXPECT_EQ(decide(guide_policy(), 1, outcome, 7).step, NextStep::wait);
}

TEST(Decide, AStatusBesideAnotherOutcomeDoesNotCount) {
    Outcome outcome = answered(200);
    outcome.kind = OutcomeKind::timeout;
    EXPECT_EQ(decide(guide_policy(), 1, outcome, 7).step, NextStep::wait);
    outcome.kind = OutcomeKind::reset;
    outcome.status = 410;
    EXPECT_FALSE(decide(native_policy(), 1, outcome, 7).disable_endpoint);
}

TEST(Decide, GoneDisablesOnlyWhereTheProfileSaysSo) {
    const Decision native = decide(native_policy(), 1, answered(410), 7);
    EXPECT_EQ(native.step, NextStep::permanent);
    EXPECT_TRUE(native.disable_endpoint);
    const Decision guide = decide(guide_policy(), 1, answered(410), 7);
    EXPECT_EQ(guide.step, NextStep::wait);
    EXPECT_FALSE(guide.disable_endpoint);
}

TEST(Decide, RetryAfterLengthensTheWaitForNativeProfilesOnly) {
    for (const int status : {429, 502, 503, 504}) {
        const Decision decision = decide(native_policy(), 1, answered(status, 90s), 7);
        EXPECT_EQ(decision.due, ended + 90s) << status;
        EXPECT_THAT(decision.why, HasSubstr("Retry-After"));
        EXPECT_EQ(decide(guide_policy(), 1, answered(status, 90s), 7).due, ended + 30s);
    }
    EXPECT_EQ(decide(native_policy(), 1, answered(500, 90s), 7).due, ended + 5s);
    EXPECT_EQ(decide(native_policy(), 1, answered(301, 90s), 7).due, ended + 5s);
}

TEST(Decide, RetryAfterNeverShortensTheWaitAndIsCapped) {
    EXPECT_EQ(decide(native_policy(), 2, answered(503, 1s), 7).due, ended + 5min);
    EXPECT_EQ(decide(native_policy(), 2, answered(503, -1s), 7).due, ended + 5min);
    EXPECT_EQ(decide(native_policy(), 1, answered(429, std::chrono::hours(48)), 7).due,
              ended + std::chrono::hours(24));
    EXPECT_EQ(decide(native_policy(), 1, answered(429, std::chrono::seconds::max()), 7).due,
              ended + std::chrono::hours(24));
}

TEST(Decide, RetryAfterDoesNotOutliveTheSchedule) {
    EXPECT_EQ(decide(native_policy(), 8, answered(429, 90s), 7).step, NextStep::exhausted);
}

TEST(Decide, TheLogSaysWhichRetryAndWhen) {
    EXPECT_EQ(decide(guide_policy(), 2, answered(503), 7).why,
              "status 503; retry 2 of 5, 300 s after the failure");
    EXPECT_EQ(decide({}, 1, answered(503), 7).why, "status 503; this profile never retries");
    EXPECT_EQ(decide(guide_policy(), 1, answered(204), 7).why, "status 204");
}

TEST(Decide, A413AsksForTheThinBodyAtOnceAndCostsNoAttempt) {
    const AttemptFacts full{BodyVariant::full, false, false};
    const Decision decision = decide(guide_policy(), 2, answered(413), 7, full);
    EXPECT_EQ(decision.step, NextStep::wait);
    EXPECT_EQ(decision.due, ended);
    EXPECT_EQ(decision.next_attempt, 2);
    EXPECT_TRUE(decision.switch_to_thin);
    const AttemptFacts thin{BodyVariant::thin, false, false};
    EXPECT_EQ(decide(guide_policy(), 2, answered(413), 7, thin).due, ended + 5min);
    EXPECT_EQ(decide(guide_policy(), 2, answered(413), 7).next_attempt, 3)
        << "it has no other body";
}

TEST(Decide, A413ToAStrictEndpointFailsForGood) {
    RetryPolicy policy = guide_policy();
    policy.full_body_only = true;
    const Decision decision = decide(policy, 1, answered(413), 7);
    EXPECT_EQ(decision.step, NextStep::permanent);
    EXPECT_THAT(decision.why, HasSubstr("payload_too_large"));
}

TEST(Decide, ARefusalDuringARotationIsProbedOnceWithTheNewSecret) {
    AttemptFacts facts;
    facts.rotating = true;
    for (const int status : {401, 403}) {
        facts.is_probe = false;
        const Decision first = decide(guide_policy(), 1, answered(status), 7, facts);
        EXPECT_TRUE(first.probe);
        EXPECT_EQ(first.due, ended);
        EXPECT_EQ(first.next_attempt, 1) << "not counted as a retry";
        EXPECT_THAT(first.why, HasSubstr("rotation_probe"));
        facts.is_probe = true;
        const Decision second = decide(guide_policy(), 1, answered(status), 7, facts);
        EXPECT_FALSE(second.probe);
        EXPECT_EQ(second.due, ended + 30s);
    }
    EXPECT_TRUE(decide(guide_policy(), 1, answered(200), 7, facts).ends_grace);
    facts.is_probe = false;
    EXPECT_FALSE(decide(guide_policy(), 1, answered(200), 7, facts).ends_grace);
    EXPECT_FALSE(decide(guide_policy(), 1, answered(401), 7).probe) << "no rotation";
}

TEST(Decide, NamesOfSuccessRulesReadBack) {
    for (const auto rule : {SuccessRule::any_2xx, SuccessRule::exactly_200})
        EXPECT_EQ(parse_success_rule(to_string(rule)), rule);
    EXPECT_EQ(parse_success_rule("2xx"), std::nullopt);
}

}  // namespace
}  // namespace assay::notify
