// Result lines of a batch become the elements of a body's `products`. Private to notify/profile.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/json_writer.hpp"
#include "engine/base/result.hpp"

namespace assay::notify {

// Writes each line of `ndjson` as one element of the array that is open in `json`, and gives their
// number. Lines go in as they are, but for cancelled products where `may_hold_cancelled`: they show
// as failed, with the error code `cancelled`. Errors: corrupt.
Result<std::int64_t> append_products(JsonWriter& json, std::string_view ndjson,
                                     bool may_hold_cancelled);

}  // namespace assay::notify
