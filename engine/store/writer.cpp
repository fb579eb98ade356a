// Group commit: the queue, the commit, and what follows when a commit fails.
// SPDX-License-Identifier: MIT
#include "engine/store/writer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/store/checkpointer.hpp"
#include "engine/store/commit_log.hpp"
#include "engine/store/database_body.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t frame_bytes = 4096 + 24;  // a page of the WAL with its header

struct Item {
    Writer::Job job;
    Writer::Answer answer;
    Result<void> outcome{};
};

Error closed_store(const Error& cause, TimePoint since) {
    const bool full = cause.code == ErrorCode::storage_full;
    return fail(full ? ErrorCode::storage_full : ErrorCode::unavailable,
                "the store is closed since " + to_rfc3339(since) + ", after: " + cause.message, {},
                full ? "make room on the disk; the store re-opens by itself"
                     : "try again; the store re-opens by itself");
}

int remember_frames(void* frames, sqlite3*, const char*, int in_wal) {
    *static_cast<std::size_t*>(frames) = static_cast<std::size_t>(in_wal);
    return SQLITE_OK;
}

}  // namespace

struct Writer::Body {
    Database::Body& database;
    Clock& clock;
    const WriterOptions options;
    std::vector<CommitListener*> listeners;

    std::mutex mutex;  // guards queue, refusal, stopping
    std::condition_variable changed;
    std::deque<Item> queue;
    std::optional<Error> refusal;  // set while the store is closed
    bool stopping = false;
    std::atomic<std::size_t> waiting{0};  // queue.size(), readable without the mutex (approximate)
    std::mutex stop_mutex;                // one stop() at a time

    // Of the writer's thread only.
    std::unique_ptr<Connection> connection;
    std::int64_t synced_commit = 0;  // the last commit known to be durable
    EventSeq doubtful_event{};       // the last one of a commit that failed and may be on disk
    std::size_t wal_frames = 0;
    std::size_t wal_bytes_seen = 0;  // when the checkpointer was last woken
    Checkpointer checkpointer;
    std::thread thread;

    Body(Database::Body& store, Clock& time, WriterOptions chosen)
        : database(store),
          clock(time),
          options(chosen),
          connection(std::move(store.writer)),
          synced_commit(store.commit_number),
          checkpointer([&store] { return store.connect(ConnectionRole::checkpointer); }) {
        assert(connection && "a database has one writer");
        assert(options.group_max > 0 && options.queue_max > 0);
        watch_wal();
    }

    void loop();
    void commit_group(std::vector<Item>& group);
    Result<void> run_jobs(std::vector<Item>& group, EventSeq& last_event, bool& any_done);
    Result<void> finish(bool any_done);
    void tell_listeners(EventSeq last_event);
    void close_store(std::vector<Item>& group, const Error& cause);
    void reopen_until_stopped();
    Result<void> reopen();
    void watch_wal();
    void tend_wal();
};

Result<void> validate(const WriterOptions& options) {
    const auto bad = [](std::string message, std::string field) {
        return fail(ErrorCode::invalid_argument, std::move(message), std::move(field));
    };
    if (options.queue_max < 1) return bad("must be at least 1", "queue_max");
    if (options.group_max < 1 || options.group_max > options.queue_max)
        return bad("must be from 1 to queue_max", "group_max");
    if (options.checkpoint_bytes < 1 || options.checkpoint_bytes >= options.wal_bytes_max)
        return bad("must be above 0 and below wal_bytes_max", "checkpoint_bytes");
    if (options.reopen_delay_first.count() < 1 ||
        options.reopen_delay_first > options.reopen_delay_max)
        return bad("must be above 0 and at most reopen_delay_max", "reopen_delay_first");
    return {};
}

Writer::Writer(Database& database, Clock& clock, WriterOptions options)
    : body_(std::make_unique<Body>(*database.body_, clock, options)) {
    body_->thread = std::thread([this] { body_->loop(); });
}

Writer::~Writer() {
    stop();
    // Another writer may follow on the same database.
    body_->database.commit_number = body_->synced_commit;
    body_->database.writer = std::move(body_->connection);
    if (body_->database.writer) {
        sqlite3_wal_hook(body_->database.writer->handle(), nullptr, nullptr);
    }
}

Result<void> Writer::submit(Job job, Answer answer) {
    {
        const std::lock_guard lock(body_->mutex);
        if (body_->stopping) return fail(ErrorCode::cancelled, "the writer has been stopped");
        if (body_->refusal) return *body_->refusal;
        if (body_->queue.size() >= body_->options.queue_max) {
            return fail(ErrorCode::busy, "too many writes are waiting", {}, "try again later");
        }
        body_->queue.push_back({std::move(job), std::move(answer)});
        body_->waiting.store(body_->queue.size(), std::memory_order_relaxed);  // a hint, no order
    }
    body_->changed.notify_one();
    return {};
}

Result<void> Writer::run(Job job) {
    assert(std::this_thread::get_id() != body_->thread.get_id());
    std::promise<Result<void>> promise;
    std::future<Result<void>> answered = promise.get_future();
    Result<void> queued = submit(std::move(job), [&promise](Result<void> outcome) {
        promise.set_value(std::move(outcome));
    });
    if (!queued) return queued;
    return answered.get();
}

void Writer::add_listener(CommitListener& listener) {
    const std::lock_guard lock(body_->mutex);
    body_->listeners.push_back(&listener);
}

std::size_t Writer::queued() const noexcept {
    return body_->waiting.load(std::memory_order_relaxed);  // a hint, no order
}

void Writer::stop() {
    const std::lock_guard one_at_a_time(body_->stop_mutex);
    {
        const std::lock_guard lock(body_->mutex);
        body_->stopping = true;
    }
    body_->changed.notify_all();
    if (body_->thread.joinable()) body_->thread.join();
}

// --- the writer's thread -----------------------------------------------------------------------

void Writer::Body::loop() {
    std::vector<Item> group;
    group.reserve(options.group_max);
    for (;;) {
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [this] { return !queue.empty() || stopping; });
            if (queue.empty()) return;  // stopping, and everything is committed
            while (!queue.empty() && group.size() < options.group_max) {
                group.push_back(std::move(queue.front()));
                queue.pop_front();
            }
            waiting.store(queue.size(), std::memory_order_relaxed);  // a hint, no order
        }
        commit_group(group);
        group.clear();
        if (!connection) reopen_until_stopped();
    }
}

void Writer::Body::commit_group(std::vector<Item>& group) {
    EventSeq last_event{};
    bool any_done = false;
    Result<void> durable = run_jobs(group, last_event, any_done);
    if (durable) durable = finish(any_done);
    if (!durable) {
        doubtful_event = last_event;
        return close_store(group, durable.error());
    }

    if (any_done) {
        ++synced_commit;
        database.directory->write_mark(synced_commit);
        if (last_event != EventSeq{}) {
            tell_listeners(last_event);
        }
    }
    for (Item& item : group)
        item.answer(std::move(item.outcome));
    if (any_done) tend_wal();
}

// Runs each job in a savepoint of its own. An error means that the transaction is lost.
Result<void> Writer::Body::run_jobs(std::vector<Item>& group, EventSeq& last_event,
                                    bool& any_done) {
    if (Result<void> begun = connection->prepare("BEGIN IMMEDIATE").run(); !begun) return begun;
    for (Item& item : group) {
        if (Result<void> opened = connection->prepare("SAVEPOINT job").run(); !opened) {
            return opened;
        }
        Tx tx(*connection);
        try {
            item.outcome = item.job(tx);
        } catch (const std::exception& thrown) {
            item.outcome = fail(ErrorCode::internal, thrown.what());
        }
        // An I/O error may have undone the whole transaction, or left it in doubt.
        if (connection->failure()) return *connection->failure();
        if (!connection->in_transaction()) {
            return fail(ErrorCode::io_error, "the transaction was rolled back");
        }
        if (item.outcome) {
            any_done = true;
            if (last_event < tx.last_event()) last_event = tx.last_event();
        } else if (Result<void> undone = connection->prepare("ROLLBACK TO job").run(); !undone) {
            return undone;
        }
        if (Result<void> closed = connection->prepare("RELEASE job").run(); !closed) {
            return closed;
        }
    }
    return {};
}

Result<void> Writer::Body::finish(bool any_done) {
    if (!any_done) return connection->prepare("ROLLBACK").run();
    if (Result<void> numbered = number_commit(*connection, synced_commit + 1); !numbered) {
        return numbered;
    }
    return connection->prepare("COMMIT").run();
}

void Writer::Body::tell_listeners(EventSeq last_event) {
    for (CommitListener* listener : listeners)
        listener->on_committed(last_event);
}

// After an I/O error nothing the connections believe can be relied upon. Whether the group is on
// disk is not known: every job is answered with an error, and nothing is tried a second time.
void Writer::Body::close_store(std::vector<Item>& group, const Error& cause) {
    const Error refused = closed_store(cause, clock.now());
    std::deque<Item> never_begun;
    {
        const std::lock_guard lock(mutex);
        refusal = refused;
        never_begun.swap(queue);
        waiting.store(0, std::memory_order_relaxed);  // a hint, no order
    }
    database.suspend(refused);
    checkpointer.suspend();
    connection.reset();
    for (Item& item : group)
        item.answer(refused);
    for (Item& item : never_begun)
        item.answer(refused);
}

void Writer::Body::reopen_until_stopped() {
    std::chrono::milliseconds delay = options.reopen_delay_first;
    for (;;) {
        {
            std::unique_lock lock(mutex);
            if (changed.wait_for(lock, delay, [this] { return stopping; })) return;
        }
        if (const Result<void> opened = reopen(); opened) break;
        connection.reset();
        delay = std::min(delay * 2, options.reopen_delay_max);
    }
    checkpointer.resume();
    database.resume();
    // The failed commit is there with its events, and no later one need come to wake anybody.
    if (doubtful_event != EventSeq{}) tell_listeners(std::exchange(doubtful_event, EventSeq{}));
    const std::lock_guard lock(mutex);
    refusal.reset();
}

// Opens the store and proves that it takes a commit. The failed one may turn out to be there or
// not; everything that was acknowledged must be.
Result<void> Writer::Body::reopen() {
    Result<std::unique_ptr<Connection>> opened = database.connect(ConnectionRole::writer);
    if (!opened) return opened.error();
    connection = *std::move(opened);
    const Result<std::int64_t> number = read_commit_number(*connection);
    if (!number) return number.error();
    if (*number < synced_commit) {
        return fail(ErrorCode::commits_lost, "the store came back without acknowledged commits");
    }
    if (*number == synced_commit) doubtful_event = {};  // the failed commit is not there
    if (Result<void> settled = settle_wal(*connection); !settled) return settled;
    watch_wal();
    Result<void> done = connection->prepare("BEGIN IMMEDIATE").run();
    if (done) done = number_commit(*connection, *number + 1);
    if (done) done = connection->prepare("COMMIT").run();
    if (!done) return done;
    synced_commit = *number + 1;
    database.directory->write_mark(synced_commit);
    return {};
}

void Writer::Body::watch_wal() {
    wal_frames = 0;
    wal_bytes_seen = 0;
    sqlite3_wal_hook(connection->handle(), remember_frames, &wal_frames);
}

void Writer::Body::tend_wal() {
    const std::size_t bytes = wal_frames * frame_bytes;
    if (bytes < wal_bytes_seen) wal_bytes_seen = 0;  // it began again from its start
    if (bytes - wal_bytes_seen < options.checkpoint_bytes) return;
    wal_bytes_seen = bytes;
    if (bytes < options.wal_bytes_max) return checkpointer.wake();
    // The checkpointer does not keep up, so the writer waits for it here, once. A failure loses
    // nothing and is tried again when the WAL has grown further.
    checkpointer.restart_wal(*connection);
}

}  // namespace assay::engine
