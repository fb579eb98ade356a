// How fast one endpoint may be called: its owner's bound, and what its own 429s have taught us.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/base/clock.hpp"

namespace assay::notify {

// A 429 halves the rate (of what was sent in the last second, when there was no limit); every
// second with a success adds a thirtieth of what the rate was before, and at twice that the limit
// is forgotten. So a receiver that takes less than we have settles near what it takes. Waiting here
// is no attempt. Time is handed in; belongs to one thread.
class SendRate {
  public:
    // Requests a second that are never exceeded; nullopt: none. What was learnt stays.
    void set_ceiling(std::optional<double> ceiling) noexcept { ceiling_ = ceiling; }
    // When the next request may go out; not after `now`: at once.
    SteadyTime next() const noexcept { return next_; }
    // One goes out now.
    void sent(SteadyTime now) noexcept;
    // A 429 came for a request sent at `sent`. The other answers to one burst say nothing new.
    void throttled(SteadyTime sent, SteadyTime now) noexcept;
    void succeeded(SteadyTime now) noexcept;
    // What applies now; nullopt: no limit.
    std::optional<double> rate() const noexcept;

  private:
    std::optional<double> ceiling_;
    std::optional<double> learnt_;
    double before_ = 0;  // the rate when the receiver first said that it was too much
    SteadyTime next_{};
    SteadyTime lowered_{}, raised_{};
    // Sent in the second that began then, and in the one before it.
    SteadyTime second_{};
    std::int64_t count_ = 0, count_before_ = 0;
};

}  // namespace assay::notify
