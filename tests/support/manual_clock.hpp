// A clock that stands still until the test moves it.
// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>

#include "engine/base/clock.hpp"

namespace assay::testing {

// Wall and steady time advance together; wall time can also jump on its own. Thread-safe.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(TimePoint start = *parse_time("2026-05-25T10:30:00Z")) : wall_(start) {}

    TimePoint now() const override {
        const std::lock_guard lock(mutex_);
        return wall_;
    }
    SteadyTime steady_now() const override {
        const std::lock_guard lock(mutex_);
        return steady_;
    }
    void advance(std::chrono::milliseconds by) {
        const std::lock_guard lock(mutex_);
        wall_ += by;
        steady_ += by;
    }
    void jump_wall(std::chrono::milliseconds by) {
        const std::lock_guard lock(mutex_);
        wall_ += by;
    }

  private:
    mutable std::mutex mutex_;
    TimePoint wall_;
    SteadyTime steady_{std::chrono::hours(1)};
};

}  // namespace assay::testing
