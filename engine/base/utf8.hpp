// Whether bytes are UTF-8.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace assay {

// Strict: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

}  // namespace assay
