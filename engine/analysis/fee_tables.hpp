// Reads one channel's file of data/fees: its fee tables by date and its postage.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "engine/analysis/channel.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// `path` only names the file in errors; `known` are the channels that a table may refer to with
// "as_in". Everything is checked here, so that nothing downstream needs to: steps ascend and end
// open, rates lie in 0..100 %, dates ascend, sizes keep to fee_limits.hpp. The form of the file:
// docs/fees.md. Errors: invalid_input with the JSON pointer as field.
Result<Channel> parse_channel(std::string_view json, std::string_view path,
                              std::span<const Channel> known = {});

}  // namespace assay::engine
