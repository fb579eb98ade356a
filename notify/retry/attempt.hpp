// One delivery as a state machine: the outcome of an attempt in; done, wait or give up out. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/retry/backoff.hpp"

namespace assay::notify {

enum class SuccessRule : std::uint8_t { any_2xx, exactly_200 };
std::string_view to_string(SuccessRule rule) noexcept;
std::optional<SuccessRule> parse_success_rule(std::string_view text) noexcept;

// How a profile and an endpoint's overrides judge and repeat attempts.
struct RetryPolicy {
    SuccessRule success = SuccessRule::any_2xx;
    RetrySchedule schedule;
    // 429, 502, 503 and 504 with Retry-After, up to limits::retry_after_max.
    bool honours_retry_after = false;
    bool gone_disables = false;     // 410 switches the endpoint off
    bool failing_disables = false;  // and so do 24 hours of nothing but failures
    bool full_body_only = false;    // `strict`: a 413 has no smaller body as its answer
    friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

// Which bodies a message can have.
enum class BodyVariant : std::uint8_t {
    only,  // it has but one
    full,  // there is a thin one as well
    thin,
};

// What the request was beside its place in the schedule.
struct AttemptFacts {
    BodyVariant body = BodyVariant::only;
    bool rotating = false;  // an old secret still holds beside the new one
    bool is_probe = false;  // signed so that only the new secret can have let it pass
    friend bool operator==(const AttemptFacts&, const AttemptFacts&) = default;
};

// exhausted: the schedule is used up. permanent: no schedule would help. Both end the delivery as
// failed.
enum class NextStep : std::uint8_t { delivered, wait, exhausted, permanent };

struct Decision {
    NextStep step = NextStep::exhausted;
    TimePoint due{};       // of the next attempt, for wait
    int next_attempt = 0;  // its number, for wait: the same one again after an aborted attempt
    bool disable_endpoint = false;
    bool switch_to_thin = false;  // from now on the endpoint gets thin bodies
    bool probe = false;           // the next attempt shows whether the new secret is in use
    bool ends_grace = false;      // it is: the old one is done with
    // For the log: "status 503; retry 2 of 5, 291.4 s after the failure".
    std::string why;
    friend bool operator==(const Decision&, const Decision&) = default;
};

// `attempt` counts from 1 and is the one that `outcome` belongs to; delays run from the attempt's
// end. `seed`: the delivery's, hash64 of its id.
//
//   outcome                              decision
//   2xx (or 200 only, by the rule)       delivered, even when the response was cut
//   410 where the profile says so        permanent, the endpoint is switched off
//   401, 403 during a rotation           wait: the same number again, at once, as a probe of the
//                                        new secret; a probe that is let in ends the grace
//   413 to a full body                   wait: the same number again, at once, with the thin one
//   413 where only full bodies are sent  permanent: payload_too_large
//   any other status, no answer at all   wait as the schedule says, else exhausted
//   blocked, invalid_request             permanent: the same request would fail the same way
//   aborted (we stopped in between)      wait: the same number again, at once
Decision decide(const RetryPolicy& policy, int attempt, const Outcome& outcome, std::uint64_t seed,
                const AttemptFacts& facts = {});
// 429, 502, 503, 504: it asks us to come more slowly.
bool is_too_much(int status) noexcept;

}  // namespace assay::notify
