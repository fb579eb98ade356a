// UTF-8 by the table of RFC 3629.
// SPDX-License-Identifier: MIT
#include "engine/base/utf8.hpp"

#include <simdjson.h>

namespace assay {

bool is_utf8(std::string_view bytes) noexcept {
    return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::string_view whole_characters(std::string_view text, std::size_t bytes_max) noexcept {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

}  // namespace assay
