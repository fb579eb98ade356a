// An identifier's text as people and spreadsheets leave it, brought back to its characters.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "engine/base/ascii.hpp"

namespace assay::engine {

// The longest identifier has 16 digits; scientific notation and separators are longer.
inline constexpr std::size_t clean_max = 48;

// An identifier without what people and spreadsheets put around it.
struct Clean {
    std::array<char, clean_max> bytes;
    std::size_t size = 0;
    bool excel_text = false;  // quoted to keep a spreadsheet from counting with it
    bool separators = false, full_width = false;
    bool too_long = false;
    bool foreign = false;  // holds something that no identifier holds

    std::string_view text() const noexcept { return {bytes.data(), size}; }
    void put(char c) noexcept {
        if (size == clean_max) {
            too_long = true;
            return;
        }
        bytes[size++] = c;
    }
};

// Strips blanks, dashes, zero widths and spreadsheet quotes, narrows full-width characters, folds
// to capitals. Takes any bytes; allocates nothing.
Clean clean_identifier(std::string_view raw) noexcept;

// "123456789012.0" loses its fraction of zeros.
bool cut_float_suffix(Clean& number) noexcept;

// "9.78043902348E+12": the digits that were printed, and how many the number had.
struct Scientific {
    std::array<char, clean_max> digits;
    std::size_t printed = 0, length = 0;
    bool found = false;
};

Scientific read_scientific(std::string_view text) noexcept;

bool all_digits(std::string_view text) noexcept;

}  // namespace assay::engine
