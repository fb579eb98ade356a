// Cleans identifiers byte by byte; the code points it knows are listed where they are told apart.
// SPDX-License-Identifier: MIT
#include "engine/analysis/identifier_text.hpp"

#include <algorithm>

namespace assay::engine {
namespace {

// Length of a code point that only separates (blanks, dashes, zero widths), 0 for any other.
std::size_t separator_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(0), second = byte(1), third = byte(2);
    if (first == ' ' || first == '-' || first == '\t') return 1;
    if (first == 0xC2 && (second == 0xA0 || second == 0xAD)) return 2;  // hard blank, soft hyphen
    // U+2000..U+2015: blanks, zero widths, direction marks, dashes; U+202F; U+2060; U+2212.
    if (first == 0xE2 && second == 0x80 && (third <= 0x95 || third == 0xAF)) return 3;
    if (first == 0xE2 && second == 0x81 && third == 0xA0) return 3;
    if (first == 0xE2 && second == 0x88 && third == 0x92) return 3;
    if (first == 0xE3 && second == 0x80 && third == 0x80) return 3;  // ideographic blank
    if (first == 0xEF && second == 0xBB && third == 0xBF) return 3;  // byte order mark
    return 0;
}

// U+FF01..U+FF5E are ASCII in full width; 0: not one of them.
char full_width_character(std::string_view text) noexcept {
    if (text.size() < 3 || text[0] != '\xEF') return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const auto third = static_cast<unsigned char>(text[2]);
    if (second == 0xBC && third >= 0x81 && third <= 0xBF) return static_cast<char>(third - 0x60);
    if (second == 0xBD && third >= 0x80 && third <= 0x9E) return static_cast<char>(third - 0x20);
    return 0;
}

}  // namespace

bool all_digits(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), is_digit);
}

Clean clean_identifier(std::string_view raw) noexcept {
    Clean result;
    if (raw.size() >= 3 && raw.substr(0, 2) == "=\"" && raw.back() == '"') {
        raw = raw.substr(2, raw.size() - 3);  // ="4006381333931" keeps Excel from counting with it
        result.excel_text = true;
    } else if (!raw.empty() && raw[0] == '\'') {
        raw.remove_prefix(1);
        result.excel_text = true;
    }
    while (!raw.empty()) {
        const char c = raw[0];
        if (is_digit(c) || (c >= 'A' && c <= 'Z')) {
            result.put(c);
            raw.remove_prefix(1);
        } else if (c >= 'a' && c <= 'z') {
            result.put(static_cast<char>(c - 'a' + 'A'));
            raw.remove_prefix(1);
        } else if (const std::size_t length = separator_length(raw); length > 0) {
            result.separators = true;
            raw.remove_prefix(std::min(length, raw.size()));
        } else if (const char narrow = full_width_character(raw); narrow != 0) {
            result.full_width = true;
            result.put(narrow >= 'a' && narrow <= 'z' ? static_cast<char>(narrow - 'a' + 'A')
                                                      : narrow);
            raw.remove_prefix(3);
        } else {
            result.foreign = result.foreign || !(c == '.' || c == '+');
            result.put(c);
            raw.remove_prefix(1);
        }
    }
    return result;
}

bool cut_float_suffix(Clean& number) noexcept {
    const std::string_view text = number.text();
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos || point == 0) return false;
    const std::string_view zeros = text.substr(point + 1);
    if (zeros.empty() || zeros.find_first_not_of('0') != std::string_view::npos) return false;
    if (!all_digits(text.substr(0, point))) return false;
    number.size = point;
    return true;
}

Scientific read_scientific(std::string_view text) noexcept {
    Scientific number;
    const std::size_t mark = text.find('E');
    if (mark == std::string_view::npos || mark == 0 || !is_digit(text[0])) return number;
    std::string_view exponent = text.substr(mark + 1);
    if (!exponent.empty() && exponent[0] == '+') exponent.remove_prefix(1);
    if (exponent.empty() || exponent.size() > 2 || !all_digits(exponent)) return number;
    const std::string_view mantissa = text.substr(0, mark);
    if (mantissa.size() > 1 && mantissa[1] != '.') return number;
    for (const char c : mantissa) {
        if (is_digit(c)) {
            number.digits[number.printed++] = c;
        } else if (c != '.') {
            return number;
        }
    }
    number.length = 1;
    std::size_t value = 0;
    for (const char c : exponent)
        value = value * 10 + static_cast<std::size_t>(c - '0');
    number.length += value;
    number.found = number.printed <= mantissa.size() && number.length <= clean_max;
    return number;
}

}  // namespace assay::engine
