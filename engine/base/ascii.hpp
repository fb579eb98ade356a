// What single ASCII characters are, whatever the locale.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace assay {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
// The white space of JSON.
constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
// Of a hexadecimal digit in either case; -1: it is none.
constexpr int hex_value(char digit) noexcept {
    if (is_digit(digit)) return digit - '0';
    const char lower = to_lower(digit);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
// Without is_blank() characters at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

}  // namespace assay
