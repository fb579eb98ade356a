// The embedded database: open, migrations contributed by each module, read connections.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/store/connection.hpp"

namespace assay::engine {

// A numbered step of one module's schema. Steps run in order, each in its own transaction, once.
struct Migration {
    std::string_view module;  // "batch_store"
    int number;               // 1, 2, 3 ... within the module
    std::string_view sql;
};

struct DatabaseOptions {
    std::filesystem::path directory;  // created (0700) if it is not there
    bool recover = false;             // start although commits are missing; says which
    std::string vfs;                  // name of a registered SQLite VFS; empty: the default one
};

// The store of one data directory: assay.db, its WAL, the lock file and the mark file. One process
// at a time. Thread safety: read() may be called from any thread; each ReadLease belongs to its
// thread and ends before the Database does.
class Database {
  public:
    // Takes the lock, checks the mark file against the last commit, runs the migrations.
    // Errors: locked, commits_lost, schema_newer, corrupt, io_error, storage_full.
    static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options,
                                                  std::span<const Migration> migrations);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // A pooled read-only connection in a read transaction of its own; both end with the lease.
    // Never hold one across a socket write. Errors: unavailable, storage_full (both while the store
    // is being re-opened), busy (limits::readers_max leases are out), io_error.
    class ReadLease;
    Result<ReadLease> read();

    const std::filesystem::path& directory() const noexcept;
    // What --recover gave up, in words; empty: nothing.
    const std::string& recovered() const noexcept;

  private:
    friend class Writer;
    struct Body;
    explicit Database(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

// What the database file takes, and how much of that is free for new rows.
struct StoreSize {
    std::uint64_t bytes = 0;
    std::uint64_t free_bytes = 0;
    std::uint64_t used() const noexcept { return bytes - free_bytes; }
};
Result<StoreSize> store_size(Connection& db);
// Inside a writer's job: gives up to 256 free pages (1 MiB) back to the file system, moving what
// lies behind them. Cheap enough for a job beside others.
Result<void> give_back_pages(Connection& db);

class Database::ReadLease {
  public:
    ReadLease(ReadLease&& other) noexcept;
    ReadLease& operator=(ReadLease&&) = delete;
    ~ReadLease();
    Connection& operator*() const noexcept { return *connection_; }
    Connection* operator->() const noexcept { return connection_; }

  private:
    friend class Database;
    ReadLease(Database::Body& pool, Connection& connection, std::uint64_t generation)
        : pool_(&pool), connection_(&connection), generation_(generation) {}
    Database::Body* pool_;
    Connection* connection_;
    std::uint64_t generation_;
};

}  // namespace assay::engine
