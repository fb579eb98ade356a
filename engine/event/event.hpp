// What happened: the canonical events as the log keeps them, and who is told of new ones.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"

namespace assay::engine {

// Canonical types (data of each: BatchFacts below; profiles map them to their own catalogues).
namespace event_type {
inline constexpr std::string_view item_started = "item.started";  // live only, never in the log
inline constexpr std::string_view item_completed = "item.completed";
inline constexpr std::string_view item_failed = "item.failed";
inline constexpr std::string_view batch_started = "batch.started";
inline constexpr std::string_view batch_progress = "batch.progress";  // live only, never in the log
inline constexpr std::string_view batch_completed = "batch.completed";
inline constexpr std::string_view batch_failed = "batch.failed";
inline constexpr std::string_view batch_cancelled = "batch.cancelled";
inline constexpr std::string_view quota_warning = "quota.warning";
inline constexpr std::string_view quota_exceeded = "quota.exceeded";
}  // namespace event_type

constexpr bool is_terminal(std::string_view type) noexcept {
    return type == event_type::batch_completed || type == event_type::batch_failed ||
           type == event_type::batch_cancelled;
}

// The number of an event of the moment, which the log does not keep: behind every number of the
// log.
inline constexpr EventSeq live_seq{std::numeric_limits<std::int64_t>::max()};

// One row of the event log. A plain value; the row is immutable once committed.
struct Event {
    EventSeq seq{};  // given by the log when it is appended
    EventId id;
    TenantId tenant;
    std::string type;              // canonical or user-published, dotted
    std::optional<BatchId> batch;  // the batch it speaks of
    TimePoint created_at;
    // JSON object: BatchFacts for batch events, {"batch_id","index"} for item events (their result
    // is read when a body is made; item.started, which has none yet, adds "product_id"), the user's
    // own otherwise.
    std::string data;
    std::string dedupe_key;  // unique per tenant; a second append with it is a no-op

    friend bool operator==(const Event&, const Event&) = default;
};

// Told, after each durable commit that appended events, the number of the last one. A wake-up,
// never the truth itself: the listener reads the log. Called on the writer's thread: must not
// block, throw or call back into the store.
class CommitListener {
  public:
    virtual ~CommitListener() = default;
    virtual void on_committed(EventSeq last) noexcept = 0;
};

}  // namespace assay::engine
