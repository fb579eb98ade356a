// Opening a store, and the pool of its readers.
// SPDX-License-Identifier: MIT
#include "engine/store/database.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "engine/base/limits.hpp"
#include "engine/store/commit_log.hpp"
#include "engine/store/database_body.hpp"

namespace assay::engine {
namespace {

std::string missing_commits(std::int64_t there, std::int64_t marked) {
    return "the store ends at commit " + std::to_string(there) + " but commit " +
           std::to_string(marked) + " was synced: commits " + std::to_string(there + 1) + " to " +
           std::to_string(marked) + " are missing";
}

// Compares the store with the mark. Gives what is missing, in words, when `recover` lets it pass.
Result<std::string> check_mark(const DataDirectory& directory, std::int64_t& commit_number,
                               bool recover) {
    const Result<std::optional<std::int64_t>> mark = directory.read_mark();
    if (!mark && mark.error().code != ErrorCode::corrupt) return mark.error();
    std::string missing;
    if (!mark) {
        missing = "the mark file is damaged: whether commits after " +
                  std::to_string(commit_number) + " are missing cannot be told";
    } else if (*mark && **mark > commit_number) {
        missing = missing_commits(commit_number, **mark);
        // Numbers are never used twice, or a later loss could hide behind an old mark.
        if (recover) commit_number = **mark;
    }
    if (!missing.empty() && !recover) {
        return fail(ErrorCode::commits_lost, std::move(missing), {},
                    "restore a backup, or start with --recover to go on without them");
    }
    return missing;
}

Result<void> commit_numbered(Connection& db, std::int64_t number) {
    if (Result<void> begun = db.execute("BEGIN IMMEDIATE"); !begun) return begun;
    Result<void> done = number_commit(db, number);
    if (done) done = db.execute("COMMIT");
    return done;
}

}  // namespace

Database::Database(std::unique_ptr<Body> body) : body_(std::move(body)) {}

Database::~Database() {
    assert(body_->leased == 0 && "a read lease outlived its database");
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options,
                                                 std::span<const Migration> migrations) {
    auto body = std::make_unique<Body>();
    body->vfs = options.vfs;
    Result<std::unique_ptr<DataDirectory>> directory = DataDirectory::open(options.directory);
    if (!directory) return directory.error();
    body->directory = *std::move(directory);

    Result<std::unique_ptr<Connection>> connection = body->connect(ConnectionRole::writer);
    if (!connection) return connection.error();
    Connection& db = **connection;
    const Result<std::int64_t> number = read_commit_number(db);
    if (!number) return number.error();
    body->commit_number = *number;
    Result<std::string> missing =
        check_mark(*body->directory, body->commit_number, options.recover);
    if (!missing) return missing.error();
    body->recovered = *std::move(missing);

    if (Result<void> settled = settle_wal(db); !settled) return settled.error();
    if (Result<void> migrated = migrate(db, migrations); !migrated) return migrated.error();
    if (!body->recovered.empty()) {
        Result<void> renumbered = commit_numbered(db, body->commit_number);
        if (!renumbered) return renumbered.error();
    }
    body->directory->write_mark(body->commit_number);
    body->writer = *std::move(connection);
    return std::unique_ptr<Database>(new Database(std::move(body)));
}

Result<StoreSize> store_size(Connection& db) {
    std::array<std::int64_t, 3> numbers{};
    const std::array sql{"PRAGMA page_size", "PRAGMA page_count", "PRAGMA freelist_count"};
    for (std::size_t i = 0; i < sql.size(); ++i) {
        Statement query = db.prepare(sql[i]);
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (*row) numbers[i] = query.integer(0);
    }
    const auto page = static_cast<std::uint64_t>(numbers[0]);
    return StoreSize{page * static_cast<std::uint64_t>(numbers[1]),
                     page * static_cast<std::uint64_t>(numbers[2])};
}

Result<void> give_back_pages(Connection& db) {
    return db.execute("PRAGMA incremental_vacuum(256)");
}

const std::filesystem::path& Database::directory() const noexcept {
    return body_->directory->path();
}

const std::string& Database::recovered() const noexcept {
    return body_->recovered;
}

Result<Database::ReadLease> Database::read() {
    std::unique_ptr<Connection> connection;
    std::uint64_t generation = 0;
    {
        const std::lock_guard lock(body_->mutex);
        if (body_->suspended_for) return *body_->suspended_for;
        if (body_->leased >= limits::readers_max) {
            return fail(ErrorCode::busy, "too many readers at once");
        }
        ++body_->leased;
        generation = body_->generation;
        if (!body_->idle.empty()) {
            connection = std::move(body_->idle.back());
            body_->idle.pop_back();
        }
    }
    Result<void> begun;
    if (!connection) {
        Result<std::unique_ptr<Connection>> opened = body_->connect(ConnectionRole::reader);
        if (opened) {
            connection = *std::move(opened);
        } else {
            begun = opened.error();
        }
    }
    if (begun) begun = connection->prepare("BEGIN").run();
    if (!begun) {
        connection.reset();
        const std::lock_guard lock(body_->mutex);
        --body_->leased;
        return begun.error();
    }
    return ReadLease(*body_, *connection.release(), generation);
}

void Database::Body::suspend(const Error& why) {
    std::vector<std::unique_ptr<Connection>> closing;
    const std::lock_guard lock(mutex);
    suspended_for = why;
    ++generation;
    closing.swap(idle);
}

void Database::Body::resume() {
    const std::lock_guard lock(mutex);
    suspended_for.reset();
}

void Database::Body::give_back(Connection* connection, std::uint64_t of_generation) noexcept {
    std::unique_ptr<Connection> owned(connection);
    // A snapshot that stays open would hold back every checkpoint.
    const Result<void> ended = owned->prepare("ROLLBACK").run();
    const bool healthy = ended.has_value() && !owned->failure() && !owned->in_transaction();
    const std::lock_guard lock(mutex);
    assert(leased > 0);
    --leased;
    if (healthy && of_generation == generation && idle.size() < limits::readers_idle_max) {
        idle.push_back(std::move(owned));
    }
}

Database::ReadLease::ReadLease(ReadLease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      connection_(std::exchange(other.connection_, nullptr)),
      generation_(other.generation_) {}

Database::ReadLease::~ReadLease() {
    if (pool_ != nullptr) pool_->give_back(connection_, generation_);
}

}  // namespace assay::engine
