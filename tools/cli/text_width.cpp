// Widths by the tables of utf8proc.
// SPDX-License-Identifier: MIT
#include "tools/cli/text_width.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace assay::tools {
namespace {

constexpr std::string_view ellipsis = "\u2026";

struct Character {
    utf8proc_int32_t code = -1;  // -1: a byte that is no UTF-8
    std::size_t bytes = 1;
};

Character first_of(std::string_view text) {
    Character first;
    const auto got = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &first.code);
    if (got <= 0) return {};
    first.bytes = static_cast<std::size_t>(got);
    return first;
}

std::size_t columns_of(utf8proc_int32_t code) {
    constexpr utf8proc_int32_t emoji_style = 0xFE0F, joiner = 0x200D;
    if (code < 0) return 1;
    if (code < 0x300) return 1;  // also the soft hyphen, which terminals show
    if (code == emoji_style || code == joiner) return 0;
    return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(code)));
}

bool is_mark_of_direction(utf8proc_int32_t code) {
    return code == 0x200E || code == 0x200F || code == 0x061C;
}
bool overrides_direction(utf8proc_int32_t code) {
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::string printable(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const Character next = first_of(text);
        const bool c1 = next.code >= 0x80 && next.code < 0xA0;
        if (next.code == '\t' || next.code == '\n' || next.code == '\r') {
            safe += ' ';
        } else if (next.code < 0x20 || next.code == 0x7F || c1 || overrides_direction(next.code)) {
            safe += '?';
        } else if (!is_mark_of_direction(next.code)) {
            safe += text.substr(0, next.bytes);
        }
        text.remove_prefix(next.bytes);
    }
    return safe;
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character next = first_of(text);
        columns += columns_of(next.code);
        text.remove_prefix(next.bytes);
    }
    return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) return std::string(text);
    if (columns == 0) return {};
    std::size_t taken = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const Character next = first_of(rest);
        taken += columns_of(next.code);
        if (taken > columns - 1) break;
        rest.remove_prefix(next.bytes);
    }
    std::string_view kept = text.substr(0, text.size() - rest.size());
    while (kept.ends_with(' '))
        kept.remove_suffix(1);
    return std::string(kept) + std::string(ellipsis);
}

std::string pad_right(std::string text, std::size_t columns) {
    const std::size_t has = display_width(text);
    if (has < columns) text.append(columns - has, ' ');
    return text;
}

std::string pad_left(const std::string& text, std::size_t columns) {
    const std::size_t has = display_width(text);
    return has < columns ? std::string(columns - has, ' ') + text : text;
}

}  // namespace assay::tools
