// Schedules and their jitter.
// SPDX-License-Identifier: MIT
#include "notify/retry/backoff.hpp"

#include <cassert>
#include <cmath>

#include "engine/base/random.hpp"

namespace assay::notify {
namespace {

// 2^64 / golden ratio, odd: multiples of it are far apart.
constexpr std::uint64_t golden_step = 0x9e3779b97f4a7c15;

}  // namespace

std::optional<std::chrono::milliseconds> delay_after(const RetrySchedule& schedule, int attempt,
                                                     std::uint64_t seed) noexcept {
    assert(attempt >= 1);
    assert(schedule.jitter >= 0 && schedule.jitter < 1);
    const auto index = static_cast<std::size_t>(attempt - 1);
    if (attempt < 1 || index >= schedule.delays.size()) return std::nullopt;
    const std::chrono::milliseconds delay = schedule.delays[index];
    if (schedule.jitter <= 0) return delay;
    SeededRandom random(seed + golden_step * static_cast<std::uint64_t>(attempt));
    const double factor = 1.0 + schedule.jitter * (2.0 * random.next_unit() - 1.0);
    return std::chrono::milliseconds(std::llround(static_cast<double>(delay.count()) * factor));
}

}  // namespace assay::notify
