// 10,000 random histories of a delivery, held against a model that was written apart from the code.
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/random.hpp"
#include "notify/retry/attempt.hpp"
#include "notify/retry/endpoint_health.hpp"

namespace assay::notify {
namespace {

// --- the model: what the profiles' pages say, in the plainest words, in whole milliseconds ---

struct Rules {
    std::vector<long long> waits;  // ms
    int jitter_percent = 0;
    bool only_200 = false, native = false;
    bool day_disables = false, strict = false;
};

struct Verdict {
    char what = '?';  // D delivered, W wait, X exhausted, P permanent
    long long earliest = 0, latest = 0;
    int number = 0;
    bool off = false;
    char extra = '-';  // T switched to thin, R probe of a rotation
};

// What an endpoint is at the moment, in the model's own words.
struct Situation {
    bool has_thin_body = false, sends_thin = false;
    bool rotating = false, probing = false;
};

Verdict model(const Rules& rules, const Situation& situation, int number, OutcomeKind kind,
              int status, long long asked, long long end) {
    if (kind == OutcomeKind::aborted) return {'W', end, end, number};
    if (kind == OutcomeKind::blocked || kind == OutcomeKind::invalid_request) return {'P'};
    const bool answer = kind == OutcomeKind::response || kind == OutcomeKind::response_too_large;
    if (answer && status == 200) return {'D'};
    if (answer && status / 100 == 2 && !rules.only_200) return {'D'};
    if (answer && status == 410 && rules.native) return {'P', 0, 0, 0, true};
    if (answer && (status == 401 || status == 403) && situation.rotating && !situation.probing)
        return {'W', end, end, number, false, 'R'};
    if (answer && status == 413 && rules.strict) return {'P'};
    if (answer && status == 413 && situation.has_thin_body && !situation.sends_thin)
        return {'W', end, end, number, false, 'T'};
    if (number > static_cast<int>(rules.waits.size())) return {'X'};
    const long long wait = rules.waits[static_cast<std::size_t>(number) - 1];
    long long low = wait * (100 - rules.jitter_percent) / 100;
    long long high = wait * (100 + rules.jitter_percent) / 100;
    if (rules.native && answer && asked >= 0 &&
        (status == 429 || status == 502 || status == 503 || status == 504)) {
        const long long asked_ms = std::min(asked, 24LL * 3600) * 1000;
        low = std::max(low, asked_ms);
        high = std::max(high, asked_ms);
    }
    return {'W', end + low, end + high, number + 1};
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
        Rules rules = one_of(all);
        rules.day_disables = rules.native || random_.next_u64() % 4 == 0;  // ztrace is not native
        rules.strict = random_.next_u64() % 5 == 0;
        return rules;
    }

    Outcome any_outcome(TimePoint now) {
        static const int statuses[]{200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 410,
                                    413, 413, 429, 500, 502, 503, 504, 100, 299, 300};
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
    policy.failing_disables = rules.day_disables;
    policy.full_body_only = rules.strict;
    return policy;
}

AttemptFacts facts_of(const Situation& situation) {
    AttemptFacts facts;
    facts.body = !situation.has_thin_body ? BodyVariant::only
                 : situation.sends_thin   ? BodyVariant::thin
                                          : BodyVariant::full;
    facts.rotating = situation.rotating;
    facts.is_probe = situation.probing;
    return facts;
}

char letter(NextStep step) {
    return "DWXP"[static_cast<int>(step)];
}

TEST_F(Histories, TenThousandOfThemFollowTheModel) {
    long long decisions = 0;
    int longest = 0, probes = 0, thinned = 0, grace_ended = 0;
    for (int history = 0; history < 10'000; ++history) {
        const Rules rules = any_rules();
        const RetryPolicy policy = policy_of(rules);
        const std::uint64_t seed = random_.next_u64();
        Situation situation;
        situation.has_thin_body = random_.next_u64() % 2 == 0;
        situation.rotating = random_.next_u64() % 2 == 0;
        TimePoint now = *parse_time("2026-05-25T10:30:00Z");
        int number = 1;
        for (int step = 0; step < 200; ++step) {
            const Outcome outcome = any_outcome(now);
            const AttemptFacts facts = facts_of(situation);
            const Decision got = decide(policy, number, outcome, seed, facts);
            const Verdict want = model(rules, situation, number, outcome.kind, outcome.status,
                                       outcome.retry_after ? outcome.retry_after->count() : -1,
                                       to_unix_milliseconds(outcome.ended));
            ASSERT_EQ(letter(got.step), want.what) << got.why << " in history " << history;
            ASSERT_EQ(got.disable_endpoint, want.off);
            ASSERT_EQ(got.switch_to_thin, want.extra == 'T');
            ASSERT_EQ(got.probe, want.extra == 'R');
            ASSERT_EQ(got.ends_grace, want.what == 'D' && situation.rotating && situation.probing);
            ASSERT_EQ(got, decide(policy, number, outcome, seed, facts)) << "not a pure function";
            ASSERT_FALSE(got.why.empty());
            ++decisions;
            grace_ended += got.ends_grace ? 1 : 0;
            if (got.step != NextStep::wait) break;
            const long long due = to_unix_milliseconds(got.due);
            ASSERT_GE(due, want.earliest - 1);  // jitter is rounded to a millisecond
            ASSERT_LE(due, want.latest + 1);
            ASSERT_EQ(got.next_attempt, want.number);
            number = got.next_attempt;
            situation.probing = want.extra == 'R';
            probes += want.extra == 'R' ? 1 : 0;
            if (want.extra == 'T') {
                ASSERT_FALSE(situation.sends_thin) << "once is enough";
                situation.sends_thin = true;
                ++thinned;
            }
            longest = std::max(longest, number);
            now = got.due;
        }
        ASSERT_LE(number, static_cast<int>(rules.waits.size()) + 1) << "more requests than allowed";
    }
    EXPECT_GT(decisions, 15'000);
    EXPECT_GE(longest, 6) << "some histories must reach the end of their schedule";
    EXPECT_GT(probes, 300);
    EXPECT_GT(thinned, 300);
    EXPECT_GT(grace_ended, 50);
}

// --- the health of an endpoint over many deliveries: what the pages say, kept as a list of all
// outcomes and looked through again each time ---

struct Happened {
    long long end = 0;
    char what = '?';  // D, W, X or P
    bool ours = false, off = false;
};

// Failures since the last success; of our own faults nothing counts.
std::vector<Happened> since_success(const std::vector<Happened>& all) {
    std::vector<Happened> failures;
    for (const Happened& one : all) {
        if (one.what == 'D') failures.clear();
        if (one.what != 'D' && !one.ours) failures.push_back(one);
    }
    return failures;
}

TEST_F(Histories, TenThousandOfThemDisableEndpointsAsTheModelDoes) {
    constexpr auto day = std::chrono::hours(24);
    int disabled_by_time = 0, disabled_by_410 = 0, recoveries = 0, survivors = 0;
    for (int history = 0; history < 10'000; ++history) {
        const Rules rules = any_rules();
        const RetryPolicy policy = policy_of(rules);
        const double health = one_of({0.0, 0.0, 0.02, 0.3});
        std::vector<Happened> all;
        EndpointHealth got;
        bool told = false, off = false;
        TimePoint now = *parse_time("2026-05-25T10:30:00Z");
        for (int step = 0; step < 60 && !off; ++step) {
            now += std::chrono::minutes(random_.next_u64() % 120);
            Outcome outcome = any_outcome(now);
            if (random_.next_unit() < health) {
                outcome.kind = OutcomeKind::response;
                outcome.status = 200;
            } else if (outcome.status / 100 == 2 || (outcome.status == 410 && step % 8 != 0)) {
                outcome.status = 500;
            }
            const int number = 1 + static_cast<int>(random_.next_u64() % (rules.waits.size() + 1));
            const Decision decision = decide(policy, number, outcome, 1);
            const auto failing_for = got.failing_since ? outcome.ended - *got.failing_since
                                                       : std::chrono::milliseconds(0);
            const HealthChange change = health_after(
                got, decision, outcome, failing_for,
                rules.day_disables ? std::chrono::milliseconds(day) : std::chrono::milliseconds(0));
            const std::vector<Happened> before = since_success(all);
            all.push_back({to_unix_milliseconds(outcome.ended), letter(decision.step),
                           outcome.kind == OutcomeKind::aborted ||
                               outcome.kind == OutcomeKind::invalid_request,
                           decision.disable_endpoint});
            const std::vector<Happened> failures = since_success(all);
            const Happened& last = all.back();
            const bool a_day = rules.day_disables && !last.ours && last.what != 'D' &&
                               !before.empty() && last.end - before.front().end >= 86'400'000;
            ASSERT_EQ(change.disable, a_day || last.off) << "history " << history;
            ASSERT_EQ(change.recovered, last.what == 'D' && told);
            ASSERT_EQ(change.health.failed_count, static_cast<long long>(failures.size()));
            ASSERT_EQ(change.health.failing_since.has_value(), !failures.empty());
            if (!failures.empty()) {
                ASSERT_EQ(to_unix_milliseconds(*change.health.failing_since), failures.front().end);
            }
            ASSERT_EQ(change.health.exhausted_count,
                      std::count_if(failures.begin(), failures.end(),
                                    [](const Happened& one) { return one.what != 'W'; }));
            ASSERT_EQ(change.reason.empty(), !change.disable && !change.recovered);
            told = last.what != 'D' && (told || change.disable || (!last.ours && last.what != 'W'));
            ASSERT_EQ(change.health.told, told);
            recoveries += change.recovered ? 1 : 0;
            off = change.disable;
            disabled_by_410 += last.off ? 1 : 0;
            disabled_by_time += off && !last.off ? 1 : 0;
            got = change.health;
        }
        survivors += off ? 0 : 1;
    }
    EXPECT_GT(disabled_by_time, 300);
    EXPECT_GT(disabled_by_410, 300);
    EXPECT_GT(recoveries, 1'000);
    EXPECT_GT(survivors, 1'000);
}

}  // namespace
}  // namespace assay::notify
