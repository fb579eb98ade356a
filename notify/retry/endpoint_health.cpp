// What the failures of an endpoint add up to.
// SPDX-License-Identifier: MIT
#include "notify/retry/endpoint_health.hpp"

#include <cassert>

namespace assay::notify {
namespace {

std::string duration_text(std::chrono::milliseconds time) {
    const auto counted = [](std::int64_t number, const char* unit) {
        return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
    };
    const std::int64_t seconds = time.count() / 1'000;
    if (seconds >= 3'600) return counted(seconds / 3'600, "hour");
    if (seconds >= 60) return counted(seconds / 60, "minute");
    return counted(seconds, "second");
}

}  // namespace

HealthChange health_after(const EndpointHealth& before, const Decision& decision,
                          const Outcome& outcome, std::chrono::milliseconds failing_for,
                          std::chrono::milliseconds disable_after) {
    HealthChange change;
    if (decision.step == NextStep::delivered) {
        change.recovered = before.told;
        if (change.recovered) change.reason = "a delivery succeeded";
        return change;
    }
    change.health = before;
    if (outcome.kind == OutcomeKind::aborted || outcome.kind == OutcomeKind::invalid_request) {
        return change;
    }
    EndpointHealth& health = change.health;
    if (!health.failing_since) health.failing_since = outcome.ended;
    ++health.failed_count;
    if (decision.step != NextStep::wait) ++health.exhausted_count;
    if (decision.disable_endpoint) {
        change.disable = true;
        change.reason = "status 410: the receiver is gone";
    } else if (disable_after.count() > 0 && before.failing_since && failing_for >= disable_after) {
        change.disable = true;
        change.reason = "nothing but failures for " + duration_text(failing_for);
    }
    if (change.disable || decision.step != NextStep::wait) health.told = true;
    assert(health.failed_count > 0);
    return change;
}

EndpointHealth health_when_enabled(const EndpointHealth& before) noexcept {
    EndpointHealth fresh;
    fresh.told = before.told;
    return fresh;
}

}  // namespace assay::notify
