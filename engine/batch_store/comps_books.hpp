// Comps books as the store keeps them: versions of a tenant's sold prices, and which batch uses
// which.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine::batch_store {

// Grows with time, over all tenants; never used twice.
using CompsVersion = std::int64_t;

// Whose book holds for everybody who has none of their own.
inline const TenantId everybody{};

struct CompsBookRow {
    CompsVersion version = 0;
    std::int64_t bytes = 0;  // encoded; about what it takes in memory
    std::string facts;       // a JSON object about the book, for people
    TimePoint created_at;
};

// --- writes: inside a writer's job -------------------------------------------------------------
//
// A book is put down in chunks, in as many transactions as its writer likes, while the one before
// stays in force; install_comps_book() changes them over in one. A crash in between leaves the old
// one. What nobody refers to any more goes with drop_unused_comps().

Result<CompsVersion> begin_comps_book(Tx& tx, const TenantId& tenant, TimePoint now);
// Errors: not_found, when the version is not being put down; conflict, when the number is taken.
Result<void> append_comps_chunk(Tx& tx, CompsVersion version, std::int64_t number,
                                std::string_view bytes);
// From here on it is the tenant's book. Errors: not_found; internal, when its chunks are not all
// there.
Result<void> install_comps_book(Tx& tx, CompsVersion version, std::int64_t chunks,
                                std::string_view facts);
// It came to nothing.
Result<void> abandon_comps_book(Tx& tx, CompsVersion version);
Result<void> abandon_unfinished_comps(Tx& tx);  // at start: those that a crash left
// The tenant has no book any more. False: it had none.
Result<bool> retire_comps_book(Tx& tx, const TenantId& tenant);

// The batch works with this version, from now until it has ended; in the transaction that accepts
// it. False: the version is in force no longer, and nothing was written.
Result<bool> pin_comps_book(Tx& tx, const BatchId& batch, CompsVersion version);
// Removes at most `chunks_max` chunks of versions that are neither in force nor used by an open
// batch. Gives how many; fewer than the maximum: there are no more.
Result<std::int64_t> drop_unused_comps(Tx& tx, std::int64_t chunks_max);

// --- reads -------------------------------------------------------------------------------------

Result<std::optional<CompsBookRow>> find_comps_book(Connection& db, const TenantId& tenant);
Result<std::optional<CompsBookRow>> comps_of_batch(Connection& db, const BatchId& batch);
Result<bool> is_comps_book_in_force(Connection& db, CompsVersion version);
Result<bool> has_retired_comps(
    Connection& db);  // whether drop_unused_comps() has work, now or later
// The version's bytes in their order. Errors: not_found, corrupt, and what `sink` returns.
Result<void> read_comps_book(Connection& db, CompsVersion version,
                             const std::function<Result<void>(std::string_view)>& sink);

}  // namespace assay::engine::batch_store
