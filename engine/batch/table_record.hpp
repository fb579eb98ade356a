// One row of a table before anyone knows what it means. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"

namespace assay::engine {

// What every reader of tables hands on: csv_reader from text, others from workbooks.
struct TableRecord {
    std::uint64_t line = 0;               // 1-based, where it starts
    std::string_view bytes;               // as in the input: what a row without an id is named by
    std::vector<std::string_view> cells;  // decoded; up to limits::columns_max
    std::optional<Error> fault;           // too long, too many cells, a quote that is never closed
};

}  // namespace assay::engine
