// The delay before each retry: a fixed schedule, with seeded jitter where the profile has it.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace assay::notify {

inline constexpr double retry_jitter_max = 0.5;

struct RetrySchedule {
    // Before the 2nd, 3rd ... request; empty: no retry.
    std::vector<std::chrono::milliseconds> delays;
    double jitter = 0;  // 0 .. retry_jitter_max; 0.2: each delay times 0.8 .. 1.2
    friend bool operator==(const RetrySchedule&, const RetrySchedule&) = default;
};

// The wait after failed attempt number `attempt` (1 is the first request), from its end; nullopt:
// no more. `seed` (the delivery's) and the attempt decide the jitter, so that a restart computes
// the same wait, and the retries of many deliveries that failed together spread out.
std::optional<std::chrono::milliseconds> delay_after(const RetrySchedule& schedule, int attempt,
                                                     std::uint64_t seed) noexcept;

}  // namespace assay::notify
