// What the values of a column look like, whatever its header says. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::engine {

enum class ValueKind : std::uint8_t {
    gtin,        // 12 to 14 digits, or 11 that lost a zero, whose check digit holds
    gtin_8,      // 8 digits whose check digit holds: weak, one number in ten has that
    isbn,        // ISBN-10 or 978/979 with their check digit
    asin,        // B0 and eight letters or digits
    imei,        // 15 digits whose check digit holds
    lpn,         // Amazon's licence plates: "LPNRR1234567"
    scientific,  // "9.78E+12": an identifier that a spreadsheet has damaged
    currency,    // a code or a symbol
    amount,      // any number, with or without currency
    money,       // an amount with currency or two decimals
    whole,       // digits only
    small,       // 1 to 9,999
    date,
    condition,  // words for a condition
    link,
    picture,     // a link to an image file
    unit,        // "kg", "lbs"
    measured,    // a number with a unit of weight
    dimensions,  // "30 x 20 x 10"
    id_type,     // "UPC", "EAN"
    code,        // one word with a digit in it
    prose,       // several words
    count
};

struct ColumnValues {
    std::size_t rows = 0;    // looked at
    std::size_t filled = 0;  // neither empty nor a word for nothing
    std::size_t distinct = 0;
    std::array<std::size_t, static_cast<std::size_t>(ValueKind::count)> kinds{};
    std::size_t words = 0, characters = 0;  // of all values
    bool first_row_only = false;            // the only value is in the first row
    bool counts_up = false;                 // 1, 2, 3 ...: numbers of lines
    std::vector<std::string> samples;       // the first few distinct values, cut
    std::string scientific;                 // the first value in scientific notation, cut

    std::size_t count(ValueKind kind) const noexcept {
        return kinds[static_cast<std::size_t>(kind)];
    }
    double share(ValueKind kind) const noexcept {
        return filled == 0 ? 0 : static_cast<double>(count(kind)) / static_cast<double>(filled);
    }
    // At least `values` of them, nearly all of that kind.
    bool mostly(ValueKind kind, std::size_t values = 3) const noexcept {
        return filled >= values && share(kind) >= 0.8;
    }
};

inline constexpr std::size_t column_samples_max = 3;

// One per column. `rows`: those below the header.
std::vector<ColumnValues> look_at_values(std::span<const std::vector<std::string>> rows,
                                         std::size_t columns);

// "whole numbers", "dates": what a person would say of these values; empty when they have nothing
// in common.
std::string_view in_words(const ColumnValues& values) noexcept;

}  // namespace assay::engine
