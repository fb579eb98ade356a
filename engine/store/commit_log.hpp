// What the store knows of its past: numbered commits, applied migrations, a WAL that is on disk.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "engine/store/connection.hpp"
#include "engine/store/database.hpp"

namespace assay::engine {

// The number of the last commit; 0 in an empty store.
Result<std::int64_t> read_commit_number(Connection& db);
// Counts the open transaction's commit. `number` becomes its number.
Result<void> number_commit(Connection& db, std::int64_t number);

// Whether every step is applied. Changes nothing. Errors: schema_newer, io_error, corrupt.
Result<bool> is_current(Connection& db, std::span<const Migration> migrations);

// Applies what the store has not seen yet, each step in a transaction of its own.
// Errors: schema_newer, io_error, storage_full, corrupt.
Result<void> migrate(Connection& db, std::span<const Migration> migrations);

// Makes sure that every byte of the WAL that the kernel shows us is on disk: writes it again, as it
// is, and syncs. Needed whenever the WAL was inherited, from a process that died or from a sync
// that failed: after a failed sync the kernel may hold pages that it believes clean although they
// never reached the disk, and later commits would stand on them. Nobody else may be writing.
Result<void> settle_wal(Connection& db);

}  // namespace assay::engine
