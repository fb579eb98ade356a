// Writes outcomes in groups.
// SPDX-License-Identifier: MIT
#include "notify/delivery_log.hpp"

#include <algorithm>
#include <cassert>
#include <map>

#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify {
namespace {

// The cursor rides along with outcomes. Only when no outcome comes is it worth a commit of its own,
// and then rarely: a restart that starts too early looks at events again and finds their rows.
constexpr std::int64_t cursor_lag_max = 512;

// The endpoints' numbering is noted once in so many rows: cheap beside them, and a start looks at
// no more of them than this.
constexpr std::int64_t rows_between_marks = 65'536;

// A pure function of the outcome: written twice, it is one event.
Result<void> append_operational(engine::Tx& tx, const LogEntry& entry,
                                const OperationalEvent& told) {
    const Hash128 hash = hash128(entry.delivery.tenant.text() + '\n' + told.dedupe_key);
    engine::Event event;
    event.id = EventId("evt_" + uuid_from_hash(hash.high, hash.low));
    event.tenant = entry.delivery.tenant;
    event.type = told.type;
    event.created_at = entry.record->outcome.ended;
    event.data = told.data;
    event.dedupe_key = told.dedupe_key;
    const Result<EventSeq> seq = engine::batch_store::append_event(tx, event);
    if (!seq) return seq.error();
    return {};
}

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
        unmarked_ += static_cast<std::int64_t>(job->entries.size());
        job->marks_sequences = unmarked_ >= rows_between_marks;
        if (job->marks_sequences) unmarked_ = 0;
    }
    job->cursor = parts_.safe_cursor();
    const Result<void> taken =
        parts_.writer.submit([job](engine::Tx& tx) { return write(tx, *job); },
                             [this, job](const Result<void>& result) { answered(job, result); });
    if (!taken) answered(job, taken);
}

Result<void> DeliveryLog::write(engine::Tx& tx, const Job& job) {
    for (const Entry& line : job.entries) {
        if (Result<void> done = write_row(tx, line.entry); !done) return done;
        if (Result<void> done = write_consequences(tx, line.entry); !done) return done;
    }
    if (Result<void> done = notify_store::set_cursor(tx, job.cursor); !done) return done;
    if (!job.marks_sequences) return {};
    return notify_store::mark_sequences(tx, job.cursor);
}

Result<void> DeliveryLog::write_row(engine::Tx& tx, const LogEntry& entry) {
    if (entry.record) {
        return notify_store::record_attempt(tx, entry.delivery, *entry.record, entry.status);
    }
    if (entry.status == DeliveryStatus::cancelled) {
        return notify_store::put_cancelled(tx, entry.delivery);
    }
    // The endpoint may have gone since, and its rows been cancelled already.
    const Result<bool> active = notify_store::endpoint_is_active(tx, entry.delivery.endpoint);
    if (!active) return active.error();
    return *active ? notify_store::put_pending(tx, entry.delivery)
                   : notify_store::put_cancelled(tx, entry.delivery);
}

// In the transaction of the outcome: whoever reads the one finds the other.
Result<void> DeliveryLog::write_consequences(engine::Tx& tx, const LogEntry& entry) {
    const EndpointId& endpoint = entry.delivery.endpoint;
    Result<void> done;
    if (entry.switch_to_thin) done = notify_store::switch_to_thin(tx, endpoint);
    if (done && entry.ends_grace) done = notify_store::forget_old_secret(tx, endpoint);
    if (done && entry.health) done = notify_store::put_health(tx, endpoint, *entry.health);
    for (const OperationalEvent& told : entry.events) {
        if (!done) return done;
        done = append_operational(tx, entry, told);
    }
    if (!done || !entry.disable_endpoint) return done;
    done = notify_store::set_endpoint_active(tx, endpoint, false);
    if (!done) return done;
    Result<std::int64_t> cancelled = notify_store::cancel_pending(tx, endpoint);
    while (cancelled && *cancelled > 0) {
        cancelled = notify_store::cancel_pending(tx, endpoint);
    }
    if (!cancelled) return std::move(cancelled).error();
    return {};
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
    std::vector<EndpointChange> changed;
    for (const auto& [shard, entry] : job.entries) {
        recorded[shard].push_back(entry.delivery.id);
        if (entry.first_row) settled.push_back(entry.delivery.event);
        if (entry.disable_endpoint || entry.switch_to_thin || entry.ends_grace) {
            changed.push_back({entry.delivery.endpoint, entry.disable_endpoint,
                               entry.switch_to_thin, entry.ends_grace});
        }
    }
    if (!settled.empty()) parts_.settled(settled);
    if (!changed.empty()) parts_.changed(changed);
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
    const Result<void> stored = parts_.writer.run([safe](engine::Tx& tx) -> Result<void> {
        if (Result<void> set = notify_store::set_cursor(tx, safe); !set) return set;
        return notify_store::mark_sequences(tx, safe);
    });
    if (stored) set_stored_cursor(safe);
}

void DeliveryLog::set_stored_cursor(EventSeq cursor) {
    const std::lock_guard lock(mutex_);
    stored_cursor_ = cursor;
}

}  // namespace assay::notify
