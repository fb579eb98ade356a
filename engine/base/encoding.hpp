// Bytes to hexadecimal and base64 text, and back.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay {

// Lower-case hexadecimal. `write_hex` writes 2 * bytes.size() characters to `out`.
std::string to_hex(std::string_view bytes);
char* write_hex(std::string_view bytes, char* out) noexcept;
Result<std::string> from_hex(std::string_view text);

// Standard alphabet with padding (RFC 4648 section 4). `write_base64` writes base64_size(n)
// characters.
std::string to_base64(std::string_view bytes);
char* write_base64(std::string_view bytes, char* out) noexcept;
constexpr std::size_t base64_size(std::size_t bytes) noexcept {
    return (bytes + 2) / 3 * 4;
}
// Refuses missing padding, other alphabets and stray bits. Errors: invalid_argument.
Result<std::string> from_base64(std::string_view text);

}  // namespace assay
