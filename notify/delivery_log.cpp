// Writes outcomes in groups.
// SPDX-License-Identifier: MIT
#include "notify/delivery_log.hpp"

#include <algorithm>
#include <cassert>
#include <map>

#include "notify/notify_store/notify_store.hpp"

namespace assay::notify {
namespace {

// The cursor rides along with outcomes. Only when no outcome comes is it worth a commit of its own,
// and then rarely: a restart that starts too early looks at events again and finds their rows.
constexpr std::int64_t cursor_lag_max = 512;

std::int64_t lag(EventSeq behind, EventSeq ahead) noexcept {
    return to_integer(ahead) - to_integer(behind);
}

}  // namespace

void DeliveryLog::log(int shard, LogEntry entry) {
    {
        const std::lock_guard lock(mutex_);
        pending_.push_back({shard, std::move(entry)});
        if (writing_ || refused_) return;
    }
    submit();
}

bool DeliveryLog::retry() {
    bool due = false;
    {
        const std::lock_guard lock(mutex_);
        refused_ = false;
        due = !writing_ &&
              (!pending_.empty() || lag(stored_cursor_, parts_.safe_cursor()) > cursor_lag_max);
    }
    if (due) submit();
    const std::lock_guard lock(mutex_);
    return refused_;
}

void DeliveryLog::submit() {
    const auto job = std::make_shared<Job>();
    {
        const std::lock_guard lock(mutex_);
        if (writing_) return;
        writing_ = true;
        job->entries.swap(pending_);
    }
    job->cursor = parts_.safe_cursor();
    const Result<void> taken =
        parts_.writer.submit([job](engine::Tx& tx) { return write(tx, *job); },
                             [this, job](const Result<void>& result) { answered(job, result); });
    if (!taken) answered(job, taken);
}

Result<void> DeliveryLog::write(engine::Tx& tx, const Job& job) {
    for (const Entry& line : job.entries) {
        const LogEntry& entry = line.entry;
        Result<void> done;
        if (entry.record) {
            done = notify_store::record_attempt(tx, entry.delivery, *entry.record, entry.status);
        } else if (entry.status == DeliveryStatus::cancelled) {
            done = notify_store::put_cancelled(tx, entry.delivery);
        } else {
            // The endpoint may have gone since, and its rows been cancelled already.
            const Result<bool> active =
                notify_store::endpoint_is_active(tx, entry.delivery.endpoint);
            if (!active) return active.error();
            done = *active ? notify_store::put_pending(tx, entry.delivery)
                           : notify_store::put_cancelled(tx, entry.delivery);
        }
        if (!done) return done;
        if (!entry.disable_endpoint) continue;
        done = notify_store::set_endpoint_active(tx, entry.delivery.endpoint, false);
        if (!done) return done;
        Result<std::int64_t> cancelled = notify_store::cancel_pending(tx, entry.delivery.endpoint);
        while (cancelled && *cancelled > 0) {
            cancelled = notify_store::cancel_pending(tx, entry.delivery.endpoint);
        }
        if (!cancelled) return std::move(cancelled).error();
    }
    return notify_store::set_cursor(tx, job.cursor);
}

void DeliveryLog::answered(const std::shared_ptr<Job>& job, const Result<void>& result) {
    bool more = false;
    {
        const std::lock_guard lock(mutex_);
        writing_ = false;
        ++telling_;
        if (result) {
            stored_cursor_ = std::max(stored_cursor_, job->cursor);
            more = !pending_.empty();
        } else {
            // Kept in order: a later outcome of a delivery must not be overwritten by an earlier.
            job->entries.insert(job->entries.end(), std::make_move_iterator(pending_.begin()),
                                std::make_move_iterator(pending_.end()));
            pending_ = std::move(job->entries);
            refused_ = true;
        }
    }
    if (!result) {
        parts_.refused();
    } else {
        if (more) submit();
        tell(*job);
    }
    // Under the lock, because whoever waits may end this log as soon as it is let go.
    const std::lock_guard lock(mutex_);
    --telling_;
    written_.notify_all();
}

void DeliveryLog::tell(const Job& job) {
    std::map<int, std::vector<DeliveryId>> recorded;
    std::vector<EventSeq> settled;
    std::vector<EndpointId> disabled;
    for (const auto& [shard, entry] : job.entries) {
        recorded[shard].push_back(entry.delivery.id);
        if (entry.first_row) settled.push_back(entry.delivery.event);
        if (entry.disable_endpoint) disabled.push_back(entry.delivery.endpoint);
    }
    if (!settled.empty()) parts_.settled(settled);
    if (!disabled.empty()) parts_.disabled(disabled);
    for (auto& [shard, ids] : recorded)
        parts_.recorded(shard, std::move(ids));
    // The relay's own pending rows are unknown to their shard until now.
    for (const auto& [shard, entry] : job.entries) {
        if (!entry.record && entry.status == DeliveryStatus::pending) {
            parts_.rows_wait(shard, entry.delivery.endpoint);
        }
    }
}

void DeliveryLog::flush(std::chrono::milliseconds limit) {
    retry();
    {
        std::unique_lock lock(mutex_);
        written_.wait_for(lock, limit, [&] { return !writing_ && pending_.empty(); });
        written_.wait(lock, [&] { return !writing_ && telling_ == 0; });
    }
    const EventSeq safe = parts_.safe_cursor();
    {
        const std::lock_guard lock(mutex_);
        if (writing_ || !pending_.empty() || !(stored_cursor_ < safe)) return;
    }
    // Only saves the next start some looking: not being able to is no loss.
    const Result<void> stored =
        parts_.writer.run([safe](engine::Tx& tx) { return notify_store::set_cursor(tx, safe); });
    if (stored) set_stored_cursor(safe);
}

void DeliveryLog::set_stored_cursor(EventSeq cursor) {
    const std::lock_guard lock(mutex_);
    stored_cursor_ = cursor;
}

}  // namespace assay::notify
