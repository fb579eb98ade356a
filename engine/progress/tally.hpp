// Counts before, counts after, now: which events are due, and what state the batch is in. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/batch/batch.hpp"

namespace assay::engine {

struct TallyState {
    BatchStatus status = BatchStatus::queued;
    ProductCounts counts;
};

struct TallyChange {
    BatchStatus status;                              // after the step
    std::optional<std::string_view> terminal_event;  // event_type::..., due exactly once
};

// What follows when `after` replaces `before.counts`. A batch is settled when nothing is pending or
// processing: cancelled if it was cancelling, failed if it has products and none succeeded, else
// completed.
TallyChange tally(const TallyState& before, const ProductCounts& after) noexcept;

// floor(100 x settled / total): 0..100.
int progress_percent(const ProductCounts& counts) noexcept;

// How often a batch.progress may come: at most one in `interval` and one per `step` percent.
struct ProgressPace {
    std::chrono::milliseconds interval{250};
    int step = 1;  // 1..100
};

// Whether a batch.progress is due: never after completion.
struct ProgressMark {
    SteadyTime at{};
    int percent = -1;
};
bool progress_due(const ProgressMark& last, const ProductCounts& counts, SteadyTime now,
                  const ProgressPace& pace = {}) noexcept;

}  // namespace assay::engine
