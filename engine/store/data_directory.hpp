// The files beside the database: the directory itself, the lock file and the mark file.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/result.hpp"

namespace assay::engine {

// A data directory held by this process: no second holder, here or in another process. Thread
// safety: write_mark() belongs to the writer's thread; the rest is for the start.
class DataDirectory {
  public:
    // Makes the directory (0700) and an empty assay.db (0600) where there is none, and takes the
    // lock. Errors: locked, io_error, storage_full.
    static Result<std::unique_ptr<DataDirectory>> open(const std::filesystem::path& directory);
    ~DataDirectory();  // gives the lock back
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::filesystem::path database_file() const { return path_ / "assay.db"; }
    const std::filesystem::path& path() const noexcept { return path_; }

    // The number of the last commit that was synced before the process ended. nullopt: there is no
    // mark, or a power cut left it empty. Errors: corrupt, when it holds something else.
    Result<std::optional<std::int64_t>> read_mark() const;
    // Not synced: it guards against a store that comes back older than this machine's memory of
    // it, and a power cut may take it. A failure is of no consequence and not reported.
    void write_mark(std::int64_t commit) noexcept;

  private:
    DataDirectory() = default;
    std::filesystem::path path_;
    int lock_ = -1;
    int mark_ = -1;
};

}  // namespace assay::engine
