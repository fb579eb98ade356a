// Chunks that are read twice: kept in memory while they are few, beyond that in a temporary file.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"

namespace assay::tools {

// The file has no name and goes with the process. One thread.
class ChunkSpool {
  public:
    explicit ChunkSpool(std::size_t memory_max = limits::spool_memory_max)
        : memory_max_(memory_max) {}

    // Errors: io_error, storage_full (no room for the temporary file).
    Result<void> add(std::string chunk);
    // Chunk `number` in the order of add(); what was in memory is gone then. Errors: io_error.
    Result<std::string> take(std::size_t number);
    std::size_t size() const noexcept { return entries_.size(); }

  private:
    struct Entry {
        std::string bytes;     // empty: in the file
        std::int64_t at = -1;  // there
        std::size_t size = 0;
    };
    struct CloseFile {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    const std::size_t memory_max_;
    std::size_t memory_used_ = 0;
    std::vector<Entry> entries_;
    std::unique_ptr<std::FILE, CloseFile> file_;
    std::int64_t file_size_ = 0;
};

}  // namespace assay::tools
