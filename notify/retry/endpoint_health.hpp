// How long an endpoint has done nothing but fail, and what follows from it. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/clock.hpp"
#include "notify/retry/attempt.hpp"

namespace assay::notify {

// What is known of one endpoint since its last success; all zero: it is well. Kept in the store, so
// that a restart neither forgets a day of failures nor tells of it twice.
struct EndpointHealth {
    std::optional<TimePoint> failing_since;  // when the first failure ended
    std::int64_t failed_count = 0;           // attempts
    std::int64_t exhausted_count = 0;        // deliveries that were given up
    bool told = false;  // its owner has heard of it, so the end is told as well
    friend bool operator==(const EndpointHealth&, const EndpointHealth&) = default;
};

struct HealthChange {
    EndpointHealth health;
    bool disable = false;
    bool recovered = false;  // the first success after its owner was told
    std::string reason;      // of either, for people
    friend bool operator==(const HealthChange&, const HealthChange&) = default;
};

// What the outcome of an attempt makes of an endpoint's health. `failing_for`: since its first
// failure, by a clock that does not jump. `disable_after`: zero for never.
//
//   outcome                                   health
//   delivered                                 well; recovered, if its owner had been told
//   aborted, invalid_request (our own fault)  as before
//   any other                                 one failure more; disabled when the decision says so
//                                             (410) or it has failed for `disable_after`
HealthChange health_after(const EndpointHealth& before, const Decision& decision,
                          const Outcome& outcome, std::chrono::milliseconds failing_for,
                          std::chrono::milliseconds disable_after);

// Switched on again by its owner: a new day begins.
EndpointHealth health_when_enabled(const EndpointHealth& before) noexcept;

}  // namespace assay::notify
