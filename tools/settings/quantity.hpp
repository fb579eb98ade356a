// Durations and sizes as people write them: "30s", "1h", "256MiB".
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::tools {

// A whole number and ms, s, m, h or d, up to ten years. Errors: invalid_argument.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
// In the largest unit that keeps it whole: 90 s is "90s", 60 s is "1m".
std::string format_duration(std::chrono::milliseconds duration);

// A whole number and B, KiB, MiB, GiB or TiB; without a unit it is bytes. Errors: invalid_argument.
Result<std::int64_t> parse_size(std::string_view text);
std::string format_size(std::int64_t bytes);

}  // namespace assay::tools
