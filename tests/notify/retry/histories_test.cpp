// 10,000 random histories of a delivery, held against a model that was written apart from the code.
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "engine/base/random.hpp"
#include "notify/retry/attempt.hpp"

namespace assay::notify {
namespace {

// --- the model: what the profiles' pages say, in the plainest words, in whole milliseconds ---

struct Rules {
    std::vector<long long> waits;  // ms
    int jitter_percent = 0;
    bool only_200 = false, native = false;
};

struct Verdict {
    char what = '?';  // D delivered, W wait, X exhausted, P permanent
    long long earliest = 0, latest = 0;
    int number = 0;
    bool off = false;
};

Verdict model(const Rules& rules, int number, OutcomeKind kind, int status, long long asked,
              long long end) {
    if (kind == OutcomeKind::aborted) return {'W', end, end, number, false};
    if (kind == OutcomeKind::blocked || kind == OutcomeKind::invalid_request)
        return {'P', 0, 0, 0, false};
    const bool answer = kind == OutcomeKind::response || kind == OutcomeKind::response_too_large;
    if (answer && status == 200) return {'D', 0, 0, 0, false};
    if (answer && status / 100 == 2 && !rules.only_200) return {'D', 0, 0, 0, false};
    if (answer && status == 410 && rules.native) return {'P', 0, 0, 0, true};
    if (number > static_cast<int>(rules.waits.size())) return {'X', 0, 0, 0, false};
    const long long wait = rules.waits[static_cast<std::size_t>(number) - 1];
    long long low = wait * (100 - rules.jitter_percent) / 100;
    long long high = wait * (100 + rules.jitter_percent) / 100;
    if (rules.native && answer && asked >= 0 &&
        (status == 429 || status == 502 || status == 503 || status == 504)) {
        const long long asked_ms = std::min(asked, 24LL * 3600) * 1000;
        low = std::max(low, asked_ms);
        high = std::max(high, asked_ms);
    }
    return {'W', end + low, end + high, number + 1, false};
}

// --- the histories ---

class Histories : public ::testing::Test {
  protected:
    template <class T, std::size_t N>
    T one_of(const T (&values)[N]) {
        return values[random_.next_u64() % N];
    }

    Rules any_rules() {
        static const Rules all[]{
            {{30'000, 300'000, 1'800'000, 7'200'000, 28'800'000}, 20, false, false},
            {{5'000, 300'000, 1'800'000, 7'200'000, 18'000'000, 36'000'000, 36'000'000},
             20,
             false,
             true},
            {{600'000, 1'800'000}, 0, true, false},
            {{}, 0, true, false},
            {{1'000}, 0, false, true}};
        return one_of(all);
    }

    Outcome any_outcome(TimePoint now) {
        static const int statuses[]{200, 200, 201, 204, 301, 302, 400, 404, 410,
                                    413, 429, 500, 502, 503, 504, 100, 299, 300};
        Outcome outcome;
        // Answers come as often as everything else together.
        outcome.kind = random_.next_u64() % 2 == 0
                           ? OutcomeKind::response
                           : static_cast<OutcomeKind>(random_.next_u64() % 11);
        outcome.status = one_of(statuses);
        if (random_.next_u64() % 3 == 0) {
            outcome.retry_after = std::chrono::seconds(random_.next_u64() % 200'000);
        }
        outcome.started = now;
        outcome.ended = now + std::chrono::milliseconds(random_.next_u64() % 20'000);
        return outcome;
    }

    SeededRandom random_{20260525};
};

RetryPolicy policy_of(const Rules& rules) {
    RetryPolicy policy;
    policy.success = rules.only_200 ? SuccessRule::exactly_200 : SuccessRule::any_2xx;
    for (const long long wait : rules.waits)
        policy.schedule.delays.emplace_back(wait);
    policy.schedule.jitter = rules.jitter_percent / 100.0;
    policy.honours_retry_after = policy.gone_disables = rules.native;
    return policy;
}

char letter(NextStep step) {
    return "DWXP"[static_cast<int>(step)];
}

TEST_F(Histories, TenThousandOfThemFollowTheModel) {
    long long decisions = 0;
    int longest = 0;
    for (int history = 0; history < 10'000; ++history) {
        const Rules rules = any_rules();
        const RetryPolicy policy = policy_of(rules);
        const std::uint64_t seed = random_.next_u64();
        TimePoint now = *parse_time("2026-05-25T10:30:00Z");
        int number = 1;
        for (int step = 0; step < 200; ++step) {
            const Outcome outcome = any_outcome(now);
            const Decision got = decide(policy, number, outcome, seed);
            const Verdict want = model(rules, number, outcome.kind, outcome.status,
                                       outcome.retry_after ? outcome.retry_after->count() : -1,
                                       to_unix_milliseconds(outcome.ended));
            ASSERT_EQ(letter(got.step), want.what) << got.why << " in history " << history;
            ASSERT_EQ(got.disable_endpoint, want.off);
            ASSERT_EQ(got, decide(policy, number, outcome, seed)) << "not a pure function";
            ASSERT_FALSE(got.why.empty());
            ++decisions;
            if (got.step != NextStep::wait) break;
            const long long due = to_unix_milliseconds(got.due);
            ASSERT_GE(due, want.earliest - 1);  // jitter is rounded to a millisecond
            ASSERT_LE(due, want.latest + 1);
            ASSERT_EQ(got.next_attempt, want.number);
            number = got.next_attempt;
            longest = std::max(longest, number);
            now = got.due;
        }
        ASSERT_LE(number, static_cast<int>(rules.waits.size()) + 1) << "more requests than allowed";
    }
    EXPECT_GT(decisions, 15'000);
    EXPECT_GE(longest, 6) << "some histories must reach the end of their schedule";
}

}  // namespace
}  // namespace assay::notify
