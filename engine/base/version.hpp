// The program's version: in results, in the User-Agent header, in --version.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace assay {

inline constexpr std::string_view version = "0.1.0";

}  // namespace assay
