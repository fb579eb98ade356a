// Finds the value that keeps a JSON text from being read: NaN, 1e400, a number of thirty digits.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::engine {

// The JSON pointer of the first value that is none or does not fit 64 bits; nullopt when the text
// is broken in another way. For texts that a parser has refused already.
std::optional<std::string> find_bad_value(std::string_view json);

}  // namespace assay::engine
