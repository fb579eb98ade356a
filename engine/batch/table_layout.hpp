// Looks at the first rows of a table: where its header is, what its columns hold, how it writes
// numbers. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/batch/csv_columns.hpp"

namespace assay::engine {

inline constexpr std::size_t table_sample_rows_max = 64;  // what is looked at to understand a table

// The first rows of a table, blank ones left out: cells in UTF-8 without blanks around them.
struct TableSample {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::uint64_t> lines;  // of each row
};

struct TableLayout {
    std::uint64_t first_line = 1;   // the first line that is a row; what stands above is left out
    std::uint64_t header_line = 0;  // 0: there is none
    std::vector<std::string> headers;  // made up where there is no header: "column 1"
    CsvColumns columns;
    bool decimal_comma = false;
    bool named_by_model = false;  // no title and no identifier: brand and model must do
    std::optional<Error> fault;   // no column can name a product; the rest is for showing why
};

// Where the header stands in a sample, and how sure that is: of two readings of one file (by comma
// or by semicolon) the one that knows more headers is right, then the one with more columns.
struct HeaderPlace {
    std::size_t row = 0;
    bool missing = false;   // `row` is the first of the products
    std::size_t known = 0;  // cells that name a field
    std::size_t width = 0;  // cells that are not empty
};
HeaderPlace find_header(const TableSample& sample);

struct TableHints {
    std::vector<std::pair<std::string, std::string>> named;  // field -> header, from --columns
    bool prefers_decimal_comma = false;                      // where no number of the table tells
};

// Errors: those of map_columns; empty_batch without any row.
Result<TableLayout> read_table_layout(const TableSample& sample, const HeaderPlace& header,
                                      const TableHints& hints);

}  // namespace assay::engine
