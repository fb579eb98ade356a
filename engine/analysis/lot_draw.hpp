// The distribution of a lot's net: lines share a common factor and have a spread of their own.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "engine/analysis/lot.hpp"

namespace assay::engine {

// Mean of one unit's value, and of its net: E[max(0, value * (1 - fee_rate) - fixed)]. Minor units.
double expected_unit_value(const LotLine& line) noexcept;
double expected_unit_net(const LotLine& line) noexcept;

// Equally likely nets of the whole lot, ascending, minor units; empty without valued lines. The
// same lines give the same nets in whatever order they come.
std::vector<double> draw_lot_nets(std::span<const LotLine> lines, double correlation);

// Of ascending, equally likely values; not empty.
double quantile(std::span<const double> ascending, double probability) noexcept;
// The share of them that is at least `level`.
double share_reaching(std::span<const double> ascending, double level) noexcept;

}  // namespace assay::engine
