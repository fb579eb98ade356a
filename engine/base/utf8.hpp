// Whether bytes are UTF-8, and where such a text may be cut.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace assay {

// Strict: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

// The longest beginning of a UTF-8 text that has at most `bytes_max` bytes and ends with a whole
// character.
std::string_view whole_characters(std::string_view text, std::size_t bytes_max) noexcept;

}  // namespace assay
