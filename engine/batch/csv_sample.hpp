// The first rows of a table of text, read under one delimiter. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/batch/table_layout.hpp"

namespace assay::engine {

// `head`: the beginning of the file, or all of it; a last row that it cuts does no harm. `skip`: a
// line that is no row of the table; 0: none. Bytes that are no UTF-8 count as Latin-1. Pure.
TableSample sample_csv(std::string_view head, char delimiter, std::uint64_t skip = 0);

}  // namespace assay::engine
