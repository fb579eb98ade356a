// What a workbook's cell shows: numbers without lost digits, dates and amounts by their number
// format. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::engine {

// What of a number format changes how a value must be read.
struct CellFormat {
    enum class Kind : std::uint8_t { plain, date, time };
    Kind kind = Kind::plain;
    std::uint8_t digits = 0;    // "00000": padded with zeros to that many
    std::string currency = {};  // a symbol or code that the amount reader knows

    friend bool operator==(const CellFormat&, const CellFormat&) = default;
};

// A format code as the file spells it: "dd.mm.yyyy", "#,##0.00 [$EUR]", "0000000000000".
CellFormat parse_number_format(std::string_view code);
// The formats that files name by number only.
CellFormat builtin_number_format(std::int64_t id);

// How a workbook writes, as far as it matters for single cells.
struct CellStyle {
    bool dates_from_1904 = false;
    bool decimal_comma = false;  // as the table's texts are read: "1.299" would be thousands
};

// Appends a number cell's stored text as a table in a text file would show it. Integers are exact
// to 15 digits, as in the spreadsheet; beyond, they stay in scientific notation, because the digits
// are lost. A text that is no number is appended as it is.
void append_number(std::string& out, std::string_view stored, const CellFormat& format,
                   const CellStyle& style);

// Appends `text` with "_x000D_" as the character it stands for.
void append_unescaped(std::string& out, std::string_view text);

// "BC" of "BC12" as 54 (0-based), and the rest as row; false: not a reference within a sheet.
bool parse_cell_reference(std::string_view reference, std::size_t& column, std::uint64_t& row);

}  // namespace assay::engine
