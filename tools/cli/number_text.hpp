// Numbers, amounts, counts and shares as people read them.
// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/money.hpp"

namespace assay::tools {

// "1234567" -> "1,234,567".
std::string grouped(std::int64_t number);

// "1 row", "1,000 rows".
template <std::integral Count>
std::string counted(Count count, std::string_view one, std::string_view many) {
    return grouped(static_cast<std::int64_t>(count)) + " " + std::string(count == 1 ? one : many);
}

// Exact: "3,006.75 EUR"; without the code where there is none.
std::string amount_text(MinorUnits minor, const Currency& currency);
// The same; the bare number where the code is no currency.
std::string amount_text(MinorUnits minor, const std::string& code);

// .125 -> "12.5 %".
std::string percent_text(double share);

}  // namespace assay::tools
