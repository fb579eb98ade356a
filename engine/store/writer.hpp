// The one writer thread: it commits together what waits, and answers each job when it is durable.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "engine/event/event.hpp"
#include "engine/store/database.hpp"

namespace assay::engine {

// The connection inside the writer's open transaction. Each job sees its predecessors' writes.
class Tx {
  public:
    explicit Tx(Connection& connection) : connection_(connection) {}
    Connection& operator*() const noexcept { return connection_; }
    Connection* operator->() const noexcept { return &connection_; }

    // Remembered until the group is durable; then the commit listeners hear the largest.
    void appended(EventSeq seq) noexcept {
        if (last_event_ < seq) last_event_ = seq;
    }
    EventSeq last_event() const noexcept { return last_event_; }

  private:
    Connection& connection_;
    EventSeq last_event_{};
};

struct WriterOptions {
    std::size_t queue_max = limits::writer_queue_max;   // jobs waiting; more are refused `busy`
    std::size_t group_max = limits::commit_group_max;   // jobs per commit
    std::size_t wal_bytes_max = limits::wal_bytes_max;  // then the writer restarts the WAL
    std::size_t checkpoint_bytes = limits::checkpoint_bytes;  // of new WAL wake the checkpointer
    std::chrono::milliseconds reopen_delay_first = limits::reopen_delay_first;  // doubles
    std::chrono::milliseconds reopen_delay_max = limits::reopen_delay_max;
};
// Errors: invalid_argument.
Result<void> validate(const WriterOptions& options);

// Runs jobs on its own thread, many to a commit (synchronous=FULL). A job that fails is rolled back
// alone (savepoint). After an I/O error every job of the group is answered `unavailable`
// (`storage_full` where the disk is full), also where its commit may have reached the disk; the
// store is closed, re-opened and re-checked, and until then submit() refuses with the same code: a
// commit is never retried blindly. One Writer per Database at a time; it ends before the Database.
// Thread safety: submit() from any thread, also from an answer; run() and stop() from any thread
// but the writer's own. Jobs and answers run on the writer's thread; answers in the order of their
// jobs.
class Writer {
  public:
    using Job = std::function<Result<void>(Tx&)>;
    using Answer = std::function<void(Result<void>)>;  // must not block; may submit further jobs

    Writer(Database& database, Clock& clock, WriterOptions options = {});
    ~Writer();  // stop()
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // Queues a job; `answer` is called exactly once, when the job is durable or has failed.
    // Errors (then `answer` is never called): busy, unavailable, storage_full, cancelled after
    // stop().
    Result<void> submit(Job job, Answer answer);
    // submit() and wait for the answer. Never from the writer's thread or a TBB thread.
    Result<void> run(Job job);

    // Called with the last appended event after each durable commit, and for one that failed and
    // turns out to be on disk, when the store has come back. Before the first submit() only.
    void add_listener(CommitListener& listener);

    std::size_t queued() const noexcept;  // approximate
    // Commits what is queued, then ends the thread. Idempotent.
    void stop();

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
