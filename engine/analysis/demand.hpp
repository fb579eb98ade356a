// Demand: how fast it sells, from counts of sales (Gamma-Poisson; time to sell is Lomax).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

enum class DemandBasis : std::uint8_t { none, sold_count };
std::string_view to_string(DemandBasis basis) noexcept;

struct Demand {
    DemandBasis basis = DemandBasis::none;
    double shape = 0, rate = 0;  // posterior a, b: lambda ~ Gamma(a, b), sales per day
    double share = 1;            // g: our share of the sales, 1/(k+1) with k competing offers
    double units_per_day = 0;
    // Sell-through, by both of its definitions: sold / active and sold / (sold + active).
    std::optional<double> str_ratio, str_share;
    std::optional<double> months_of_supply;  // active listings over sales in 30 days
    double p_sold_30 = 0, p_sold_90 = 0, p_sold_horizon = 0;
    std::optional<double> days_expected;  // only for a > 1
    double days_median = 0;

    void clear();
};

// From market.sold_count over market.sold_window_days; without a count the basis is none and no
// number is given. The share is one of competing_offers + 1; nobody named: all of it.
void estimate_demand(const Product& product, const Tables& tables, Demand& out);

// P(one unit sold within `days`) = 1 - (b / (b + g H))^a.
double probability_sold(double shape, double rate, double share, double days) noexcept;

}  // namespace assay::engine
