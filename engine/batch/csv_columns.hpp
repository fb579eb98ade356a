// Understands a table's columns: which one holds what, by its header and by its values. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/money.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/table_field.hpp"

namespace assay::engine {

struct CsvColumns {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::array<std::size_t, csv_field_count> at;     // the column of each field, or none
    std::vector<std::size_t> images;                 // all columns with links to pictures
    std::vector<ColumnMapping> mapping;              // one per column
    std::array<Currency, csv_field_count> currency;  // named in the header of an amount
    std::string weight_unit, dims_unit;              // named in the header: "kg", "cm"
    int sold_window_days = 0;                        // "Sold 30d"; 0: not said
    bool id_is_guess = false;  // product_id comes from a column that only might name rows
    std::vector<std::string> remarks;

    CsvColumns() { at.fill(none); }
    std::size_t column(CsvField field) const noexcept {
        return at[static_cast<std::size_t>(field)];
    }
    bool has(CsvField field) const noexcept { return column(field) != none; }
};

// How many fields the cells of a row name: what tells a header from other rows.
std::size_t count_known_headers(const std::vector<std::string>& cells);

struct TableHeader {
    std::vector<std::string> cells;  // made up ("column 1") where the table has none
    bool made_up = false;
};

// Maps columns by what --columns says, then by header (its own name, a synonym, its words, nearly
// one of them), and holds that against the values. Of two columns for one field the better header
// wins, then the left one. Whatever is left is kept under its own header. `rows`: those below the
// header. Errors: invalid_argument, for a --columns that names no field or no header.
Result<CsvColumns> map_columns(const TableHeader& header,
                               std::span<const std::vector<std::string>> rows,
                               const std::vector<std::pair<std::string, std::string>>& named);

}  // namespace assay::engine
