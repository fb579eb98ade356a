// Clocks as an interface, so that tests own time; and the text form of points in time.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay {

// Wall time in UTC, in milliseconds: what is stored and shown.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
// Monotonic time: what deadlines and due-times inside the process are measured in.
using SteadyTime = std::chrono::steady_clock::time_point;

// Thread safety: all implementations may be called from any thread.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
    virtual SteadyTime steady_now() const = 0;
};

class SystemClock final : public Clock {
  public:
    TimePoint now() const override;
    SteadyTime steady_now() const override;
};

// "2026-05-25T10:30:00.000Z"
std::string to_rfc3339(TimePoint time);

// Reads RFC 3339 (any offset, 0 to 9 fraction digits, cut to milliseconds) or a bare date, which
// means its midnight in UTC. Errors: invalid_argument.
Result<TimePoint> parse_time(std::string_view text);

std::int64_t to_unix_seconds(TimePoint time) noexcept;
std::int64_t to_unix_milliseconds(TimePoint time) noexcept;
TimePoint from_unix_milliseconds(std::int64_t milliseconds) noexcept;

}  // namespace assay
