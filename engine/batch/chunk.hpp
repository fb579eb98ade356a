// A chunk of products as it travels and is stored: items of one batch, packed into one blob.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/intake.hpp"

namespace assay::engine {

// Packs items: each as lengths, id, JSON, and its fault where it has one. append() until full(),
// then take().
class ChunkBuilder {
  public:
    void append(const IntakeItem& item);
    bool full() const noexcept;  // limits::chunk_products items or limits::chunk_bytes_max bytes
    std::size_t count() const noexcept { return count_; }
    std::uint64_t first_index() const noexcept { return first_index_; }
    std::string take();  // the blob; the builder is empty again

  private:
    std::string bytes_;
    std::size_t count_ = 0;
    std::uint64_t first_index_ = 0;
};

// One item read back: views into the blob.
struct ChunkItem {
    std::uint64_t index = 0;
    std::uint64_t line = 0;  // of the input; 0: it was one JSON document
    std::string_view product_id;
    std::string_view json;
    std::optional<Error> fault;
};

// Calls `visit` for each item in order. Errors: corrupt, for bytes that no builder wrote.
Result<void> for_each_item(std::string_view blob,
                           const std::function<void(const ChunkItem&)>& visit);

}  // namespace assay::engine
