// Whether a price moves: Theil-Sen's slope under Kendall's test, and how steady its months are.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/analysis/price.hpp"

namespace assay::engine {

// Kendall's S of values against time, and the probability of one as large (two-sided, normal form
// with ties and continuity; good from eight pairs on). `dated`: any order, at most 512 of them.
struct KendallTest {
    double s = 0;  // concordant less discordant pairs
    double p = 1;
};
KendallTest kendall_test(std::span<const DatedValue> dated, std::vector<double>& buffer);

// The median of the slopes of all pairs with different times: change of the value in a day.
// 0: all times are the same. `slopes` is a buffer.
double theil_sen_slope(std::span<const DatedValue> dated, std::vector<double>& slopes);

// Sets out.trend, trend_p and trend_30_days from the dated values, and unsteady and windows: how
// many windows of stability_window_days have their median outside the band around `location`.
void rate_movement(std::vector<DatedValue>& dated, double location, const Defaults& defaults,
                   std::vector<double>& buffer, Price& out);

}  // namespace assay::engine
