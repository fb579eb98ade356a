// Dates as HTTP writes them.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/base/clock.hpp"

namespace assay::tools {

// "Mon, 25 May 2026 10:30:00 GMT"
std::string to_http_date(TimePoint time);

}  // namespace assay::tools
