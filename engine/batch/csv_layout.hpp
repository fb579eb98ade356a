// Looks at the beginning of a table: its delimiter, where its header is, how it writes numbers.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/csv_columns.hpp"

namespace assay::engine {

// How much of a file is looked at before its first row comes out.
inline constexpr std::size_t csv_head_bytes = 64 * limits::kibibyte;

struct CsvLayout {
    char delimiter = ',';
    bool says_delimiter = false;    // a first line "sep=;" as Excel writes it
    std::uint64_t header_line = 1;  // lines above it are a preamble, left out
    std::vector<std::string> headers;
    CsvColumns columns;
    bool decimal_comma = false;
};

// `head`: the first csv_head_bytes of the file, or all of it. Errors: those of map_columns;
// invalid_input when no column can name a product; empty_batch without any row.
Result<CsvLayout> read_csv_layout(std::string_view head,
                                  const std::vector<std::pair<std::string, std::string>>& named);

}  // namespace assay::engine
