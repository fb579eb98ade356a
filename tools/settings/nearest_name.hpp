// The known name that a mistyped one was most likely meant to be.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace assay::tools {

// By letters left out, added, replaced or swapped with their neighbour; empty where none is close
// enough to be worth saying (more than a third of the word differs). Ties: the first. Pure.
std::string_view nearest_name(std::string_view given, std::span<const std::string_view> known);

}  // namespace assay::tools
