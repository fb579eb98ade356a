// What follows from the counts of one batch.
// SPDX-License-Identifier: MIT
#include "engine/progress/tally.hpp"

#include <cassert>

#include "engine/event/event.hpp"

namespace assay::engine {
namespace {

[[maybe_unused]] bool is_consistent(const ProductCounts& counts) noexcept {
    return counts.pending >= 0 && counts.processing >= 0 && counts.completed >= 0 &&
           counts.failed >= 0 && counts.cancelled >= 0 &&
           counts.pending + counts.processing + counts.settled() == counts.total;
}

}  // namespace

TallyChange tally(const TallyState& before, const ProductCounts& after) noexcept {
    assert(is_consistent(after));
    // What has ended stays as it ended, and what is still coming in has not begun.
    if (is_settled(before.status) || before.status == BatchStatus::receiving) {
        return {before.status, std::nullopt};
    }
    const bool settled = after.pending == 0 && after.processing == 0;
    if (!settled) {
        const bool begun = after.processing > 0 || after.settled() > 0;
        const bool starts = before.status == BatchStatus::queued && begun;
        return {starts ? BatchStatus::in_progress : before.status, std::nullopt};
    }
    if (before.status == BatchStatus::cancelling) {
        return {BatchStatus::cancelled, event_type::batch_cancelled};
    }
    if (after.total > 0 && after.completed == 0) {
        return {BatchStatus::failed, event_type::batch_failed};
    }
    return {BatchStatus::completed, event_type::batch_completed};
}

int progress_percent(const ProductCounts& counts) noexcept {
    if (counts.total <= 0) return 0;
    return static_cast<int>(100 * counts.settled() / counts.total);
}

bool progress_due(const ProgressMark& last, const ProductCounts& counts, SteadyTime now,
                  const ProgressPace& pace) noexcept {
    const std::int64_t settled = counts.settled();
    if (settled == 0 || settled >= counts.total) return false;
    if (last.percent < 0) return true;
    return progress_percent(counts) >= last.percent + pace.step && now - last.at >= pace.interval;
}

}  // namespace assay::engine
