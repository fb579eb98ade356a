// What follows from the outcome of an attempt.
// SPDX-License-Identifier: MIT
#include "notify/retry/attempt.hpp"

#include <algorithm>
#include <cassert>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

bool is_success(SuccessRule rule, const Outcome& outcome) noexcept {
    if (!has_status(outcome.kind)) return false;
    if (rule == SuccessRule::exactly_200) return outcome.status == 200;
    return outcome.status >= 200 && outcome.status <= 299;
}

std::string describe_outcome(const Outcome& outcome) {
    if (!has_status(outcome.kind)) return std::string(to_string(outcome.kind));
    std::string text = "status " + std::to_string(outcome.status);
    if (outcome.kind == OutcomeKind::response_too_large) text += " (response cut)";
    return text;
}

// 291400 ms -> "291.4 s"
std::string seconds_text(std::chrono::milliseconds time) {
    const std::int64_t tenths = (time.count() + 50) / 100;
    std::string text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
    return text + " s";
}

Decision settled(NextStep step, std::string why) {
    Decision decision;
    decision.step = step;
    decision.why = std::move(why);
    return decision;
}

// How long the receiver asked us to stay away; zero: it did not, or we do not listen.
std::chrono::milliseconds asked_wait(const RetryPolicy& policy, const Outcome& outcome) noexcept {
    if (!policy.honours_retry_after || !outcome.retry_after) return {};
    if (!has_status(outcome.kind) || !is_too_much(outcome.status)) return {};
    const std::chrono::seconds ceiling = limits::retry_after_max;
    return std::clamp(*outcome.retry_after, std::chrono::seconds(0), ceiling);
}

// Not counted: the next request has the same place in the schedule.
Decision again(int attempt, const Outcome& outcome, std::string why) {
    Decision decision = settled(NextStep::wait, std::move(why) + ", at once");
    decision.due = outcome.ended;
    decision.next_attempt = attempt;
    return decision;
}

// Refusals that another request can mend, or that none can.
std::optional<Decision> answer_to_status(const RetryPolicy& policy, int attempt,
                                         const Outcome& outcome, const AttemptFacts& facts) {
    if (!has_status(outcome.kind)) return std::nullopt;
    const bool refused = outcome.status == 401 || outcome.status == 403;
    if (refused && facts.rotating && !facts.is_probe) {
        Decision decision = again(
            attempt, outcome, describe_outcome(outcome) + "; rotation_probe with the new secret");
        decision.probe = true;
        return decision;
    }
    if (outcome.status != 413) return std::nullopt;
    if (policy.full_body_only) {
        return settled(NextStep::permanent,
                       "status 413: payload_too_large; strict sends no smaller body");
    }
    if (facts.body != BodyVariant::full) return std::nullopt;
    Decision decision =
        again(attempt, outcome, "status 413: switched to payload thin; the thin body");
    decision.switch_to_thin = true;
    return decision;
}

Decision after_failure(const RetryPolicy& policy, int attempt, const Outcome& outcome,
                       std::uint64_t seed) {
    const std::size_t retries = policy.schedule.delays.size();
    const auto delay = delay_after(policy.schedule, attempt, seed);
    if (!delay) {
        return settled(NextStep::exhausted,
                       describe_outcome(outcome) +
                           (retries == 0 ? "; this profile never retries"
                                         : "; no retry left after " + std::to_string(retries)));
    }
    const std::chrono::milliseconds asked = asked_wait(policy, outcome);
    const std::chrono::milliseconds wait = std::max(*delay, asked);
    Decision decision =
        settled(NextStep::wait, describe_outcome(outcome) + "; retry " + std::to_string(attempt) +
                                    " of " + std::to_string(retries) + ", " + seconds_text(wait) +
                                    " after the failure");
    if (asked > *delay) decision.why += " (Retry-After)";
    decision.due = outcome.ended + wait;
    decision.next_attempt = attempt + 1;
    return decision;
}

}  // namespace

bool is_too_much(int status) noexcept {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

std::string_view to_string(SuccessRule rule) noexcept {
    return rule == SuccessRule::any_2xx ? "any_2xx" : "exactly_200";
}

std::optional<SuccessRule> parse_success_rule(std::string_view text) noexcept {
    for (const auto rule : {SuccessRule::any_2xx, SuccessRule::exactly_200}) {
        if (to_string(rule) == text) return rule;
    }
    return std::nullopt;
}

Decision decide(const RetryPolicy& policy, int attempt, const Outcome& outcome, std::uint64_t seed,
                const AttemptFacts& facts) {
    assert(attempt >= 1);
    if (is_success(policy.success, outcome)) {
        Decision decision = settled(NextStep::delivered, describe_outcome(outcome));
        decision.ends_grace = facts.rotating && facts.is_probe;
        if (decision.ends_grace) decision.why += "; the new secret is in use, the old one ends";
        return decision;
    }
    if (outcome.permanent && has_status(outcome.kind)) {
        return settled(NextStep::permanent,
                       describe_outcome(outcome) + "; final, a retry would be refused too");
    }
    switch (outcome.kind) {
        case OutcomeKind::aborted:
            return again(attempt, outcome, "stopped before the answer; the same attempt again");
        case OutcomeKind::blocked:
            return settled(NextStep::permanent, "blocked address; a retry would be refused too");
        case OutcomeKind::invalid_request:
            return settled(NextStep::permanent, "the request cannot be written safely");
        default:
            break;
    }
    if (policy.gone_disables && has_status(outcome.kind) && outcome.status == 410) {
        Decision decision =
            settled(NextStep::permanent, "status 410: the receiver is gone; endpoint disabled");
        decision.disable_endpoint = true;
        return decision;
    }
    if (std::optional<Decision> answer = answer_to_status(policy, attempt, outcome, facts)) {
        return *std::move(answer);
    }
    return after_failure(policy, attempt, outcome, seed);
}

}  // namespace assay::notify
