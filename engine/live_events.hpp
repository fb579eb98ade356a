// Events of the moment: batch.progress and item.started, made only for those who listen.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/base/random.hpp"
#include "engine/batch_run.hpp"
#include "engine/event/audience.hpp"
#include "engine/progress/tally.hpp"

namespace assay::engine {

// They are never in the log: what is lost of them is lost, and a newer one takes the place of an
// older one. Thread safety: progress() on the writer's thread, items_started() on any.
class LiveEvents {
  public:
    // `audience` may be null: nobody listens.
    LiveEvents(const Clock& clock, Random& random, Audience* audience, ProgressPace pace)
        : clock_(clock), random_(random), audience_(audience), pace_(pace) {}

    // The batch's counts have moved and are durable; told as often as the pace allows.
    void progress(BatchRun& run, BatchStatus status);
    // The products of this chunk are about to be analysed.
    void items_started(const BatchRun& run, std::string_view chunk) const;

    ProgressPace pace() const noexcept { return pace_; }

  private:
    bool is_wanted(const BatchRun& run, std::string_view type) const noexcept;
    Event event_of(const BatchRun& run, std::string_view type) const;

    const Clock& clock_;
    Random& random_;
    Audience* const audience_;
    const ProgressPace pace_;
};

}  // namespace assay::engine
