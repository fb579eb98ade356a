// Reads one channel's file of data/fees: its fee tables by date and its postage.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/analysis/tables.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// `path` only names the file in errors. Everything is checked here, so that nothing downstream
// needs to: steps ascend and end open, rates lie in 0..100 %, dates ascend. Errors: invalid_input
// with the JSON pointer as field.
Result<Channel> parse_channel(std::string_view json, std::string_view path);

}  // namespace assay::engine
