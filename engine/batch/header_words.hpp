// A header taken apart: its letters, its words, the currency or unit that it names. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/money.hpp"

namespace assay::engine {

inline constexpr std::size_t header_length_max = 64;  // longer ones are prose

// Lower case, letters and digits only, without accents but with umlauts spelled out, "#" as
// "number" and "%" as "percent": "Unit  Retail ($)" is "unitretail".
std::string normalise_header(std::string_view header);

struct HeaderWords {
    std::vector<std::string> words;  // normalised, in order; numbers, currencies, units left out
    Currency currency;               // "Price (EUR)"
    bool dollar = false;             // a bare "$"
    std::string unit;                // "Weight [kg]", "Dimensions in cm"
    int days = 0;                    // "Sold 90d"
};
HeaderWords split_header(std::string_view header);

// 2 * longest common subsequence / (both lengths), of normalised headers: 0 (nothing shared) to 1
// (equal). "itemdescripton" against "itemdescription" has 0.966.
double header_similarity(std::string_view a, std::string_view b);

}  // namespace assay::engine
