// JSON text: commas, escapes, numbers.
// SPDX-License-Identifier: MIT
#include "engine/base/json_writer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace assay {
namespace {

constexpr unsigned depth_max = 63;  // one bit per level in has_items_

constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0; c < plain.size(); ++c)
        plain[c] = c >= 0x20 && c != '"' && c != '\\';
    return plain;
}
constexpr auto plain = make_plain();

#if defined(__SSE2__)
// A bit for each byte that needs an escape: below 0x20, a quote or a backslash.
unsigned marks_of(__m128i bytes) noexcept {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, marks)));
}

__m128i sixteen_at(const char* text) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
}

__m128i eight_at(const char* text) noexcept {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(text));
}

// The marks of a text of 8 to 15 bytes: its first eight and its last eight overlap.
unsigned marks_of_short(std::string_view text) noexcept {
    const char* const last = text.data() + text.size() - 8;
    const unsigned marks = marks_of(_mm_unpacklo_epi64(eight_at(text.data()), eight_at(last)));
    return (marks & 0xFFU) | ((marks >> 8) << (text.size() - 8));
}
#endif

// Where the next character that needs an escape stands; the size if none does. Sixteen at a time
// where every processor that we are built for can; the last ones together with bytes that were
// looked at before.
std::size_t first_escaped(std::string_view text, std::size_t from) noexcept {
#if defined(__SSE2__)
    const auto place = [&](unsigned marks, std::size_t at) {
        return at + static_cast<std::size_t>(std::countr_zero(marks));
    };
    if (text.size() >= 16) {
        for (; from + 16 <= text.size(); from += 16) {
            const unsigned marks = marks_of(sixteen_at(text.data() + from));
            if (marks != 0) return place(marks, from);
        }
        if (from >= text.size()) return text.size();
        const std::size_t last = text.size() - 16;
        const unsigned marks = marks_of(sixteen_at(text.data() + last)) & (~0U << (from - last));
        return marks != 0 ? place(marks, last) : text.size();
    }
    if (text.size() >= 8) {
        const unsigned marks = from < 16 ? marks_of_short(text) & (~0U << from) : 0;
        return marks != 0 ? place(marks, 0) : text.size();
    }
#endif
    while (from < text.size() && plain[static_cast<unsigned char>(text[from])])
        ++from;
    return std::min(from, text.size());
}

// memcpy for a few bytes, without its call: words that overlap.
void copy_short(char* to, std::string_view text) noexcept {
    const std::size_t size = text.size();
    if (size >= 16) {
        for (std::size_t at = 0; at + 16 < size; at += 16)
            std::memcpy(to + at, text.data() + at, 16);
        std::memcpy(to + size - 16, text.data() + size - 16, 16);
    } else if (size >= 8) {
        std::memcpy(to, text.data(), 8);
        std::memcpy(to + size - 8, text.data() + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(to, text.data(), 4);
        std::memcpy(to + size - 4, text.data() + size - 4, 4);
    } else {
        for (std::size_t at = 0; at < size; ++at)
            to[at] = text[at];
    }
}

void append_escape(std::string& out, char c) {
    static constexpr char digits[] = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 0x0f];
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    std::size_t i = first_escaped(text, 0);
    // Most texts are short and need no escape: those are put together here and appended at once.
    std::array<char, 96> whole;
    if (i == text.size() && text.size() + 2 <= whole.size()) {
        whole[0] = '"';
        copy_short(whole.data() + 1, text);
        whole[text.size() + 1] = '"';
        out.append(whole.data(), text.size() + 2);
        return;
    }
    out += '"';
    std::size_t start = 0;
    for (; i < text.size(); i = first_escaped(text, i + 1)) {
        out.append(text, start, i - start);
        append_escape(out, text[i]);
        start = i + 1;
    }
    out.append(text, start, text.size() - start);
    out += '"';
}

bool JsonWriter::is_plain(std::string_view text) noexcept {
    return first_escaped(text, 0) == text.size();
}

void JsonWriter::open(char bracket) {
    separate();
    assert(depth_ < depth_max);
    out_ += bracket;
    ++depth_;
    has_items_ &= ~(1ULL << depth_);
}

void JsonWriter::close(char bracket) {
    assert(depth_ > 0 && !after_key_);
    --depth_;
    out_ += bracket;
}

JsonWriter& JsonWriter::begin_object() {
    return open('{'), *this;
}
JsonWriter& JsonWriter::end_object() {
    return close('}'), *this;
}
JsonWriter& JsonWriter::begin_array() {
    return open('['), *this;
}
JsonWriter& JsonWriter::end_array() {
    return close(']'), *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    assert(!after_key_);
    separate();
    append_json_string(out_, name);
    out_ += ':';
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
    separate();
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null() {
    separate();
    out_ += "null";
    return *this;
}

JsonWriter& JsonWriter::number(double value, int decimals) {
    assert(decimals >= 0 && decimals <= 9);
    static constexpr std::array<double, 10> scales{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    const double scaled = std::round(value * scales[static_cast<std::size_t>(decimals)]);
    if (!std::isfinite(scaled)) return null();
    if (std::fabs(scaled) >=
        9e15) {  // beyond exact integers: shortest form instead of digits we made up
        separate();
        std::array<char, 32> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
        return *this;
    }
    auto units = static_cast<std::int64_t>(scaled);
    while (decimals > 0 && units % 10 == 0) {
        units /= 10;
        --decimals;
    }
    if (decimals == 0) return integer(units);
    separate();
    // From the back: decimals, point, whole part, sign; one append.
    std::array<char, 32> text;
    char* const end = text.data() + text.size();
    char* at = end;
    auto rest = static_cast<std::uint64_t>(units < 0 ? -units : units);
    for (; decimals > 0; --decimals, rest /= 10)
        *--at = static_cast<char>('0' + rest % 10);
    *--at = '.';
    do {
        *--at = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (units < 0) *--at = '-';
    out_.append(at, static_cast<std::size_t>(end - at));
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

}  // namespace assay
