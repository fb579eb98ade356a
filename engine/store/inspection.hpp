// A look into a data directory that changes nothing: for `assay doctor`, while no server runs.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/store/connection.hpp"
#include "engine/store/database.hpp"

namespace assay::engine {

// What a walk over all rows that carry a checksum has found. Each module walks its own.
struct DamagedRow {
    std::string table;        // "event", "chunk_input", "chunk_result", "delivery" ...
    std::int64_t key = 0;     // of the row
    std::string description;  // what it held, and what that means
};
struct VerifyReport {
    std::int64_t rows = 0;  // checked
    std::vector<DamagedRow> damaged;
};

// Holds the lock of the directory as long as it lives, so no server starts beneath it. It runs no
// migration, writes no mark and leaves the WAL as it is. One thread at a time.
class StoreInspection {
  public:
    // Errors: not_found (there is no store), locked, schema_newer, conflict (an older schema: a
    // server brings it up to date), corrupt, io_error.
    static Result<std::unique_ptr<StoreInspection>> open(const std::filesystem::path& directory,
                                                         std::span<const Migration> migrations);
    ~StoreInspection();
    StoreInspection(const StoreInspection&) = delete;
    StoreInspection& operator=(const StoreInspection&) = delete;

    // Read-only; it ends with the inspection.
    Connection& connection() noexcept;
    // The number of the last commit that is in the store. Errors: corrupt, io_error.
    Result<std::int64_t> last_commit();
    // The number of the last commit that was synced; nullopt: no mark is there. Errors: corrupt.
    Result<std::optional<std::int64_t>> mark() const;
    std::uint64_t wal_bytes() const;
    // SQLite's own look at pages and indices: its complaints, at most 20; empty: sound.
    Result<std::vector<std::string>> structure_faults();

  private:
    struct Body;
    explicit StoreInspection(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
