// Connections and statements over SQLite's C interface.
// SPDX-License-Identifier: MIT
#include "engine/store/connection.hpp"

#include <sqlite3.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

// How long a statement waits for another connection's lock. Within the process nobody holds one for
// long; a user's sqlite3 shell may.
constexpr int busy_timeout_ms = 2'000;

// Lets the cache be asked with a string_view, so that a known statement costs no allocation.
struct SqlHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view sql) const noexcept { return hash64(sql); }
};

// The writer's cache holds a whole commit of chunk results, so that it does not spill early.
constexpr std::string_view writer_settings =
    "PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
    "PRAGMA cache_size=-16384;";
constexpr std::string_view common_settings =
    "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;"
    "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;";
constexpr std::string_view reader_settings = "PRAGMA query_only=ON;";

bool breaks_connection(int code) noexcept {
    switch (code & 0xff) {
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_NOMEM:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PROTOCOL:
        case SQLITE_NOTADB:
            return true;
        default:
            return false;
    }
}

ErrorCode meaning(int code, int system_errno) noexcept {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return ErrorCode::conflict;
        case SQLITE_FULL:
            return ErrorCode::storage_full;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::corrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
            return ErrorCode::unavailable;
        case SQLITE_TOOBIG:
            return ErrorCode::payload_too_large;
        default:
            return system_errno == ENOSPC || system_errno == EDQUOT ? ErrorCode::storage_full
                                                                    : ErrorCode::io_error;
    }
}

}  // namespace

struct Statement::Slot {
    Connection* connection = nullptr;
    sqlite3_stmt* handle = nullptr;  // null when it could not be prepared; `fault` says why
    int fault = SQLITE_OK;           // of preparing or binding; the next step reports it
    bool in_use = false;
    bool cached = true;  // false: a second use of the same SQL at once; ends with its statement

    ~Slot() { sqlite3_finalize(handle); }
};

struct Connection::Body {
    sqlite3* db = nullptr;
    std::unordered_map<std::string, std::unique_ptr<Statement::Slot>, SqlHash, std::equal_to<>>
        statements;
    std::optional<Error> failure;

    ~Body() {
        statements.clear();
        [[maybe_unused]] const int closed = sqlite3_close(db);
        assert(closed == SQLITE_OK);  // anything else: a statement outlived its connection
    }
};

// --- Statement ---------------------------------------------------------------------------------

Statement::Statement(Statement&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}

Statement::~Statement() {
    if (slot_ == nullptr) return;
    if (!slot_->cached) {
        delete slot_;
        return;
    }
    sqlite3_reset(slot_->handle);           // its error was reported by step()
    sqlite3_clear_bindings(slot_->handle);  // they point at memory that is not ours
    slot_->fault = SQLITE_OK;
    slot_->in_use = false;
}

void Statement::note(int code) noexcept {
    if (code != SQLITE_OK && slot_->fault == SQLITE_OK) slot_->fault = code;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    if (slot_->handle != nullptr) note(sqlite3_bind_int64(slot_->handle, parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
    // A null pointer would bind NULL instead of an empty text.
    const char* const bytes = text.data() == nullptr ? "" : text.data();
    if (slot_->handle != nullptr) {
        note(sqlite3_bind_text64(slot_->handle, parameter, bytes, text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8));
    }
    return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
    const char* const start = bytes.data() == nullptr ? "" : bytes.data();
    if (slot_->handle != nullptr) {
        note(sqlite3_bind_blob64(slot_->handle, parameter, start, bytes.size(), SQLITE_STATIC));
    }
    return *this;
}

Statement& Statement::bind_null(int parameter) {
    if (slot_->handle != nullptr) note(sqlite3_bind_null(slot_->handle, parameter));
    return *this;
}

Statement& Statement::bind(int parameter, const std::optional<std::int64_t>& value) {
    return value ? bind(parameter, *value) : bind_null(parameter);
}

Statement& Statement::bind(int parameter, const std::optional<std::string>& text) {
    return text ? bind(parameter, std::string_view(*text)) : bind_null(parameter);
}

Result<bool> Statement::step() {
    int code = slot_->fault;
    if (code == SQLITE_OK) code = sqlite3_step(slot_->handle);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return slot_->connection->error_of(code);
}

Result<void> Statement::run() {
    const Result<bool> stepped = step();
    if (!stepped) return stepped.error();
    return {};
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(slot_->handle, column);
}

std::string_view Statement::text(int column) const {
    const void* const bytes = sqlite3_column_blob(slot_->handle, column);
    const int size = sqlite3_column_bytes(slot_->handle, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(slot_->handle, column) == SQLITE_NULL;
}

// --- Connection --------------------------------------------------------------------------------

Connection::Connection(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file,
                                                     const std::string& vfs, ConnectionRole role) {
    auto body = std::make_unique<Body>();
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code =
        sqlite3_open_v2(file.c_str(), &body->db, flags, vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        return fail(meaning(code, body->db == nullptr ? 0 : sqlite3_system_errno(body->db)),
                    "cannot open " + file.string() + ": " + sqlite3_errstr(code));
    }
    sqlite3_busy_timeout(body->db, busy_timeout_ms);
    std::unique_ptr<Connection> connection(new Connection(std::move(body)));
    std::string settings;
    if (role == ConnectionRole::writer) {
        settings += writer_settings;
        settings += "PRAGMA journal_size_limit=" + std::to_string(limits::wal_bytes_max) + ";";
    }
    settings += common_settings;
    if (role == ConnectionRole::reader) settings += reader_settings;
    if (Result<void> set = connection->execute(settings); !set) return set.error();
    if (role == ConnectionRole::writer) {
        Statement mode = connection->prepare("PRAGMA journal_mode");
        if (const Result<bool> row = mode.step(); !row) return row.error();
        if (mode.text(0) != "wal") {
            return fail(ErrorCode::io_error,
                        "the file system of " + file.string() + " does not allow a WAL", {},
                        "put the data directory on a local file system");
        }
    }
    return connection;
}

Error Connection::error_of(int code) {
    // The message first: asking for anything else may change it.
    std::string text = sqlite3_errmsg(body_->db);
    text += " (SQLite " + std::to_string(code) + ")";
    Error error = fail(meaning(code, sqlite3_system_errno(body_->db)), std::move(text));
    if (breaks_connection(code) && !body_->failure) body_->failure = error;
    return error;
}

Statement Connection::prepare(std::string_view sql) {
    const auto known = body_->statements.find(sql);
    if (known != body_->statements.end() && !known->second->in_use) {
        known->second->in_use = true;
        return Statement(*known->second);
    }
    auto slot = std::make_unique<Statement::Slot>();
    slot->connection = this;
    slot->in_use = true;
    const int code = sqlite3_prepare_v3(body_->db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &slot->handle, nullptr);
    if ((code & 0xff) == SQLITE_ERROR || (code == SQLITE_OK && slot->handle == nullptr)) {
        std::fprintf(stderr, "assay: SQL that does not compile: %s: %.*s\n",
                     sqlite3_errmsg(body_->db), static_cast<int>(sql.size()), sql.data());
        std::abort();
    }
    slot->fault = code;
    // One that failed for lack of memory or by an I/O error is not kept: the next try may succeed.
    slot->cached = code == SQLITE_OK && known == body_->statements.end();
    Statement::Slot& used = *slot;
    if (slot->cached) {
        body_->statements.emplace(std::string(sql), std::move(slot));
    } else {
        static_cast<void>(slot.release());  // ~Statement deletes it
    }
    return Statement(used);
}

Result<void> Connection::execute(std::string_view sql) {
    const std::string text(sql);
    const int code = sqlite3_exec(body_->db, text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(code);
    return {};
}

std::int64_t Connection::changes() const noexcept {
    return sqlite3_changes64(body_->db);
}

std::int64_t Connection::last_insert_rowid() const noexcept {
    return sqlite3_last_insert_rowid(body_->db);
}

bool Connection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(body_->db) == 0;
}

const std::optional<Error>& Connection::failure() const noexcept {
    return body_->failure;
}

sqlite3* Connection::handle() noexcept {
    return body_->db;
}

}  // namespace assay::engine
