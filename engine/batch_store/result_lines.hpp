// Finding lines in a chunk's stored results (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::engine::batch_store::detail {

// `count` lines of NDJSON after the first `skipped`, each with its '\n'; nullopt if they are not
// all there. A chunk is some 100 KB: walking it costs a few microseconds, less than an index that
// would have to be written with every chunk.
std::optional<std::string_view> take_lines(std::string_view lines, std::int64_t skipped,
                                           std::int64_t count) noexcept;

}  // namespace assay::engine::batch_store::detail
