// The delivery log: outcomes from all shards into rows, many to a commit (private to notify).
// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "engine/store/writer.hpp"
#include "notify/dispatch/transport.hpp"

namespace assay::notify {

// What an outcome changed of its endpoint.
struct EndpointChange {
    EndpointId endpoint;
    bool disabled = false, thin = false, grace_ended = false;
};

// Keeps what the writer refuses and writes it later; writing an entry twice is harmless, so what
// became of an unsure commit need not be known. Bounded by its callers: each shard stops sending at
// ShardLimits::unrecorded_max, the relay at its window. Thread safety: any thread; nothing blocks
// but flush().
class DeliveryLog final : public AttemptSink {
  public:
    struct Parts {
        engine::Writer& writer;
        std::function<EventSeq()> safe_cursor;
        // All on the writer's thread, when the rows are durable.
        std::function<void(int shard, std::vector<DeliveryId>)> recorded;
        std::function<void(const std::vector<EventSeq>&)> settled;
        // Endpoints that outcomes have changed: switched off, to thin bodies, done with a secret.
        std::function<void(const std::vector<EndpointChange>&)> changed;
        std::function<void(int shard, const EndpointId&)> rows_wait;
        // Something was refused: retry() is to be called by and by. From any thread.
        std::function<void()> refused;
    };
    explicit DeliveryLog(Parts parts) : parts_(std::move(parts)) {}

    void log(int shard, LogEntry entry) override;
    // Tries again what was refused, and moves the stored cursor when it lags far behind. True: call
    // again soon.
    bool retry();
    // Waits until everything is written, or `limit` is over; then stores the cursor. Waits longer
    // for what the writer has in its hands: afterwards no callback comes any more.
    void flush(std::chrono::milliseconds limit);
    void set_stored_cursor(EventSeq cursor);

  private:
    struct Entry {
        int shard = 0;
        LogEntry entry;
    };
    struct Job {
        std::vector<Entry> entries;
        EventSeq cursor{};
        bool marks_sequences = false;
    };
    static Result<void> write(engine::Tx& tx, const Job& job);
    static Result<void> write_row(engine::Tx& tx, const LogEntry& entry);
    static Result<void> write_consequences(engine::Tx& tx, const LogEntry& entry);
    void submit();
    void answered(const std::shared_ptr<Job>& job, const Result<void>& result);
    void tell(const Job& job);

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable written_;
    std::vector<Entry> pending_;  // guarded by mutex_, like all below
    bool writing_ = false;        // one job at a time: the next takes what has gathered meanwhile
    int telling_ = 0;             // jobs whose callbacks still run
    bool refused_ = false;
    std::int64_t unmarked_ = 0;  // entries written since the endpoints' numbering was noted
    EventSeq stored_cursor_{};
};

}  // namespace assay::notify
