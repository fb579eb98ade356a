// How large a fee table may be, so that its stretches fit a buffer on the stack. Private to
// engine/analysis.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "engine/base/money.hpp"

namespace assay::engine::fee_limits {

inline constexpr MinorUnits amount_max = 1'000'000'000'000;  // ten thousand million major units
inline constexpr PartsPerMillion rate_max = 1'000'000;
inline constexpr std::size_t steps_max = 16, fixed_steps_max = 8, fixed_fees_max = 4;
inline constexpr std::size_t percentages_max = 3;  // beside the main one, and in an option
inline constexpr std::size_t options_max = 16, categories_max = 500, matches_max = 200;
inline constexpr std::size_t bands_max = 4, tiers_max = 24;
inline constexpr std::size_t options_chosen_max = 4;  // of one channel at once

// Every bound of every percentage, with the places where its minimum and maximum meet each step,
// and every bound of every fixed fee: of the table, its category, and the options chosen.
inline constexpr std::size_t starts_max =
    1 + (1 + percentages_max * (1 + options_chosen_max)) * 3 * steps_max +
    fixed_fees_max * fixed_steps_max * (2 + options_chosen_max) + bands_max;

}  // namespace assay::engine::fee_limits
