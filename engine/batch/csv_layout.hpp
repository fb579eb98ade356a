// Looks at the beginning of a text table: what stands between its cells, and what they mean.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/table_layout.hpp"

namespace assay::engine {

// How much of a file is looked at before its first row comes out.
inline constexpr std::size_t csv_head_bytes = 64 * limits::kibibyte;

struct CsvLayout {
    char delimiter = ',';
    bool says_delimiter = false;  // a first line "sep=;" as Excel writes it
    TableLayout table;
};

// `head`: the first csv_head_bytes of the file, or all of it. Errors: those of read_table_layout.
Result<CsvLayout> read_csv_layout(std::string_view head,
                                  const std::vector<std::pair<std::string, std::string>>& named);

}  // namespace assay::engine
