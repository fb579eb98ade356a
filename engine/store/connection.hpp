// One connection to the embedded database, and the statements prepared on it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

struct sqlite3;

namespace assay::engine {

class Connection;

// One prepared statement in use. Bind, step, read columns; it goes back to its connection's cache
// when it is destroyed. Texts and blobs that are bound must live until the last step; what a column
// returns lives until the next step. Indices: parameters from 1, columns from 0. Belongs to its
// connection's thread.
class Statement {
  public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, std::string_view text);
    Statement& bind_blob(int parameter, std::string_view bytes);
    Statement& bind_null(int parameter);
    Statement& bind(int parameter, const std::optional<std::int64_t>& value);
    Statement& bind(int parameter, const std::optional<std::string>& text);

    // True while there is a row. Errors: io_error, storage_full, conflict (a constraint), corrupt,
    // unavailable.
    Result<bool> step();
    // step() for statements without rows.
    Result<void> run();

    std::int64_t integer(int column) const;
    std::string_view text(int column) const;  // also for blobs
    bool is_null(int column) const;

  private:
    friend class Connection;
    struct Slot;
    explicit Statement(Slot& slot) : slot_(&slot) {}
    void note(int code) noexcept;
    Slot* slot_;
};

enum class ConnectionRole : std::uint8_t { writer, reader, checkpointer };

// One connection to the store with its cache of prepared statements. Movable only inside its owner;
// not thread-safe: one thread at a time.
class Connection {
  public:
    // Opens an existing file (it may be empty) with this store's settings: WAL, synchronous=FULL.
    // `vfs`: name of a registered SQLite VFS; empty: the default one.
    // Errors: io_error, storage_full, corrupt, unavailable.
    static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file,
                                                    const std::string& vfs, ConnectionRole role);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // A statement for `sql`, prepared once and kept: `sql` is one of a closed list of our own
    // texts, never built from input. Allocates nothing when it is known. SQL that does not compile
    // is a bug of ours and ends the program.
    Statement prepare(std::string_view sql);
    // No parameters, no rows; several statements allowed.
    Result<void> execute(std::string_view sql);
    std::int64_t changes() const noexcept;
    std::int64_t last_insert_rowid() const noexcept;
    bool in_transaction() const noexcept;
    // The first I/O error or lack of space or memory it met: what it says can no longer be relied
    // upon, so its owner closes it. nullopt: healthy.
    const std::optional<Error>& failure() const noexcept;
    sqlite3* handle() noexcept;

  private:
    friend class Statement;
    struct Body;
    explicit Connection(std::unique_ptr<Body> body);
    Error error_of(int code);
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
