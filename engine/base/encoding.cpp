// Hexadecimal and base64.
// SPDX-License-Identifier: MIT
#include "engine/base/encoding.hpp"

#include <array>

#include "engine/base/ascii.hpp"

namespace assay {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_base64_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < base64_digits.size(); ++i) {
        values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}
constexpr auto base64_values = make_base64_values();

unsigned byte_at(std::string_view bytes, std::size_t index) noexcept {
    return static_cast<unsigned char>(bytes[index]);
}

}  // namespace

char* write_hex(std::string_view bytes, char* out) noexcept {
    for (const char byte : bytes) {
        *out++ = hex_digits[static_cast<unsigned char>(byte) >> 4];
        *out++ = hex_digits[static_cast<unsigned char>(byte) & 0x0f];
    }
    return out;
}

std::string to_hex(std::string_view bytes) {
    std::string text(bytes.size() * 2, '\0');
    write_hex(bytes, text.data());
    return text;
}

Result<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return fail(ErrorCode::invalid_argument, "hexadecimal text has an odd number of digits");
    }
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return fail(ErrorCode::invalid_argument, "a character is not a hexadecimal digit");
        }
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

char* write_base64(std::string_view bytes, char* out) noexcept {
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const unsigned group =
            byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[(group >> 12) & 63];
        *out++ = base64_digits[(group >> 6) & 63];
        *out++ = base64_digits[group & 63];
    }
    const std::size_t rest = bytes.size() - i;
    if (rest > 0) {
        const unsigned group =
            byte_at(bytes, i) << 16 | (rest == 2 ? byte_at(bytes, i + 1) << 8 : 0U);
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[(group >> 12) & 63];
        *out++ = rest == 2 ? base64_digits[(group >> 6) & 63] : '=';
        *out++ = '=';
    }
    return out;
}

std::string to_base64(std::string_view bytes) {
    std::string text(base64_size(bytes.size()), '\0');
    write_base64(bytes, text.data());
    return text;
}

Result<std::string> from_base64(std::string_view text) {
    const Error bad = fail(ErrorCode::invalid_argument, "the text is not padded standard base64");
    if (text.size() % 4 != 0) return bad;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const bool last = i + 4 == text.size();
        const std::size_t digits = last ? 4 - padding : 4;
        unsigned group = 0;
        for (std::size_t j = 0; j < digits; ++j) {
            const int value = base64_values[static_cast<unsigned char>(text[i + j])];
            if (value < 0) return bad;
            group |= static_cast<unsigned>(value) << (18 - 6 * j);
        }
        const unsigned stray = digits == 2 ? group & 0xffff : digits == 3 ? group & 0xff : 0;
        if (stray != 0) return bad;
        bytes += static_cast<char>(group >> 16);
        if (digits > 2) bytes += static_cast<char>((group >> 8) & 0xff);
        if (digits > 3) bytes += static_cast<char>(group & 0xff);
    }
    return bytes;
}

}  // namespace assay
