// Commit numbers, migrations and the settling of an inherited WAL.
// SPDX-License-Identifier: MIT
#include "engine/store/commit_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <vector>

namespace assay::engine {
namespace {

// 'Asay': what file(1) and we recognise a store by.
constexpr std::string_view own_tables =
    "BEGIN IMMEDIATE;"
    "PRAGMA application_id=1098080633;"
    "CREATE TABLE IF NOT EXISTS store_commit(id INTEGER PRIMARY KEY CHECK(id=1),"
    " number INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO store_commit(id,number) VALUES(1,0);"
    "CREATE TABLE IF NOT EXISTS store_migration(module TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY(module,number)) WITHOUT ROWID;"
    "COMMIT;";

// SQLite's own file methods take less than 128 KiB at once and mishandle more.
constexpr int piece_bytes = 64 * 1024;

Result<bool> has_own_tables(Connection& db) {
    Statement query =
        db.prepare("SELECT 1 FROM sqlite_schema WHERE type='table' AND name='store_migration'");
    return query.step();
}

Result<std::int64_t> last_applied(Connection& db, std::string_view module) {
    Statement query =
        db.prepare("SELECT coalesce(max(number),0) FROM store_migration WHERE module=?1");
    query.bind(1, module);
    const Result<bool> row = query.step();
    if (!row) return row.error();
    return query.integer(0);
}

Result<void> apply(Connection& db, const Migration& step) {
    if (Result<void> begun = db.execute("BEGIN IMMEDIATE"); !begun) return begun;
    Result<void> done = db.execute(step.sql);
    if (done) {
        Statement record = db.prepare("INSERT INTO store_migration(module,number) VALUES(?1,?2)");
        done = record.bind(1, step.module).bind(2, std::int64_t{step.number}).run();
    }
    if (done) done = db.execute("COMMIT");
    if (!done && db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
    return done;
}

Error wal_error(int code) {
    return fail((code & 0xff) == SQLITE_FULL ? ErrorCode::storage_full : ErrorCode::io_error,
                std::string("cannot settle the WAL: ") + sqlite3_errstr(code));
}

}  // namespace

Result<std::int64_t> read_commit_number(Connection& db) {
    const Result<bool> known = has_own_tables(db);
    if (!known) return known.error();
    if (!*known) return std::int64_t{0};
    Statement query = db.prepare("SELECT number FROM store_commit WHERE id=1");
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return fail(ErrorCode::corrupt, "the store has lost its commit number");
    return query.integer(0);
}

Result<void> number_commit(Connection& db, std::int64_t number) {
    Statement update = db.prepare("UPDATE store_commit SET number=?1 WHERE id=1");
    return update.bind(1, number).run();
}

Result<bool> is_current(Connection& db, std::span<const Migration> migrations) {
    const Result<bool> known = has_own_tables(db);
    if (!known) return known.error();
    if (!*known) return false;
    bool current = true;
    for (const Migration& step : migrations) {
        const auto newest = std::max_element(migrations.begin(), migrations.end(),
                                             [&](const Migration& a, const Migration& b) {
                                                 return (a.module == step.module ? a.number : 0) <
                                                        (b.module == step.module ? b.number : 0);
                                             });
        const Result<std::int64_t> applied = last_applied(db, step.module);
        if (!applied) return applied.error();
        if (*applied > newest->number) {
            return fail(ErrorCode::schema_newer,
                        "the data was written by a newer Assay (" + std::string(step.module) +
                            " is at step " + std::to_string(*applied) + ", this program knows " +
                            std::to_string(newest->number) + ")",
                        {}, "start that version or a later one");
        }
        current = current && *applied == newest->number;
    }
    return current;
}

Result<void> migrate(Connection& db, std::span<const Migration> migrations) {
    const Result<bool> known = has_own_tables(db);
    if (!known) return known.error();
    if (!*known) {
        Result<void> made = db.execute(own_tables);
        if (!made) {
            if (db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
            return made;
        }
    }
    // First every check, then the first change: a store that is too new is left as it is.
    const Result<bool> current = is_current(db, migrations);
    if (!current) return current.error();
    if (*current) return {};
    for (const Migration& step : migrations) {
        const Result<std::int64_t> applied = last_applied(db, step.module);
        if (!applied) return applied.error();
        if (step.number <= *applied) continue;
        assert(step.number == *applied + 1 && "steps of a module are 1, 2, 3 ... in order");
        if (Result<void> done = apply(db, step); !done) return done;
    }
    return {};
}

Result<void> settle_wal(Connection& db) {
    sqlite3_file* wal = nullptr;
    // Only a connection that has read knows its WAL.
    const Result<std::int64_t> number = read_commit_number(db);
    if (!number) return number.error();
    sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal == nullptr || wal->pMethods == nullptr) return {};
    sqlite3_int64 size = 0;
    if (const int code = wal->pMethods->xFileSize(wal, &size); code != SQLITE_OK) {
        return wal_error(code);
    }
    if (size == 0) return {};
    std::vector<char> piece(piece_bytes);
    for (sqlite3_int64 offset = 0; offset < size;) {
        const auto length = static_cast<int>(std::min<sqlite3_int64>(size - offset, piece_bytes));
        int code = wal->pMethods->xRead(wal, piece.data(), length, offset);
        if (code == SQLITE_OK) code = wal->pMethods->xWrite(wal, piece.data(), length, offset);
        if (code != SQLITE_OK) return wal_error(code);
        offset += length;
    }
    if (const int code = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL); code != SQLITE_OK) {
        return wal_error(code);
    }
    return {};
}

}  // namespace assay::engine
