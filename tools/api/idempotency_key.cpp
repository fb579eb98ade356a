// The Idempotency-Key of a request: what may stand in it.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "tools/api/resources.hpp"

namespace assay::tools::resources {

Result<void> check_idempotency_key(std::string_view key, std::string_view place) {
    const bool sound =
        !key.empty() && key.size() <= idempotency_key_bytes_max &&
        std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
    if (sound) return {};
    return fail(ErrorCode::invalid_argument,
                "must be 1 to 255 printable ASCII characters without blanks", std::string(place));
}

Result<std::optional<std::string>> idempotency_key_of(const HttpRequest& request) {
    const std::string* key = request.field("idempotency-key");
    if (key == nullptr) return std::optional<std::string>{};
    if (const auto checked = check_idempotency_key(*key, "Idempotency-Key"); !checked)
        return checked.error();
    return std::optional(*key);
}

}  // namespace assay::tools::resources
