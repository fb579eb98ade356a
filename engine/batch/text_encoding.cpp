// Windows-1252 to UTF-8.
// SPDX-License-Identifier: MIT
#include "engine/batch/text_encoding.hpp"

#include <algorithm>
#include <array>

namespace assay::engine {
namespace {

// Code points of bytes 0x80 to 0x9f; the five undefined ones map to themselves.
constexpr std::array<unsigned, 32> upper_controls = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

constexpr std::string_view blanks[] = {" ",        "\t",           "\r",          "\n",
                                       "\xc2\xa0", "\xe2\x80\xaf", "\xef\xbb\xbf"};

void append_point(std::string& out, unsigned point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3f));
    } else {
        if (point < 0x10000) {
            out += static_cast<char>(0xe0 | point >> 12);
        } else {
            out += static_cast<char>(0xf0 | point >> 18);
            out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
        }
        out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (point & 0x3f));
    }
}

constexpr unsigned replacement = 0xfffd;

}  // namespace

void append_latin1(std::string& out, std::string_view text) {
    for (const char c : text) {
        unsigned point = static_cast<unsigned char>(c);
        if (point >= 0x80 && point < 0xa0) point = upper_controls[point - 0x80];
        append_point(out, point);
    }
}

std::optional<ByteOrder> utf16_order(std::string_view head) noexcept {
    if (head.starts_with("\xff\xfe")) return ByteOrder::little;
    if (head.starts_with("\xfe\xff")) return ByteOrder::big;
    constexpr std::size_t looked_at = 64, enough = 8;
    head = head.substr(0, std::min(looked_at, head.size()) & ~std::size_t{1});
    if (head.size() < enough) return std::nullopt;
    std::size_t even = 0, odd = 0;
    for (std::size_t i = 0; i < head.size(); ++i)
        (i % 2 == 0 ? even : odd) += head[i] == '\0' ? 1U : 0U;
    // Nearly every other byte, and none of the others.
    if (even == 0 && odd * 5 >= head.size() * 2) return ByteOrder::little;
    if (odd == 0 && even * 5 >= head.size() * 2) return ByteOrder::big;
    return std::nullopt;
}

void Utf16Decoder::unit(unsigned value, std::string& out) {
    const bool low = value >= 0xdc00 && value < 0xe000;
    if (high_ != 0) {
        const unsigned high = high_;
        high_ = 0;
        if (low) return append_point(out, 0x10000 + ((high - 0xd800) << 10) + (value - 0xdc00));
        append_point(out, replacement);
    }
    if (value >= 0xd800 && value < 0xdc00) {
        high_ = value;
    } else {
        append_point(out, low ? replacement : value);
    }
}

void Utf16Decoder::append(std::string_view bytes, std::string& out) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (!odd_) {
            odd_ = byte;
            continue;
        }
        const unsigned first = *odd_;
        odd_.reset();
        unit(order_ == ByteOrder::little ? first | unsigned{byte} << 8 : first << 8 | byte, out);
    }
}

void Utf16Decoder::finish(std::string& out) {
    if (high_ != 0 || odd_) append_point(out, replacement);
    high_ = 0;
    odd_.reset();
}

std::string_view trim_blanks(std::string_view text) noexcept {
    const auto is_plain = [](char c) { return c > ' ' && c < 0x7f; };
    if (text.empty() || (is_plain(text.front()) && is_plain(text.back()))) return text;  // most are
    for (bool again = true; again && !text.empty();) {
        again = false;
        for (const std::string_view blank : blanks) {
            if (text.starts_with(blank)) {
                text.remove_prefix(blank.size());
                again = true;
            }
            if (text.ends_with(blank)) {
                text.remove_suffix(blank.size());
                again = true;
            }
        }
    }
    return text;
}

}  // namespace assay::engine
