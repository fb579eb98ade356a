// UTF-8 by the table of RFC 3629.
// SPDX-License-Identifier: MIT
#include "engine/base/utf8.hpp"

#include <simdjson.h>

namespace assay {

bool is_utf8(std::string_view bytes) noexcept {
    return simdjson::validate_utf8(bytes.data(), bytes.size());
}

}  // namespace assay
