// Demand: how fast it sells, from counts of sales (Gamma-Poisson; time to sell is Lomax).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/analysis/evidence.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// What was counted; of several the first in this order speaks.
enum class DemandBasis : std::uint8_t {
    none,
    sold_count,    // as the product says
    sold_comps,    // the comparables of its own kind of condition
    monthly_sold,  // as the marketplace shows
    rank_drops,    // falls of the sales rank: at least so many sales
    rank_model,    // the sales of such a rank elsewhere: rough
};
std::string_view to_string(DemandBasis basis) noexcept;

struct Demand {
    DemandBasis basis = DemandBasis::none;
    double sold = 0, days = 0;  // what was counted, in how many days
    double prior_shape = 0, prior_rate = 0;
    double shape = 0, rate = 0;  // posterior a, b: lambda ~ Gamma(a, b), sales per day
    std::int64_t rivals = 0;     // k: offers that are as cheap or cheaper
    double price_factor = 1;     // exp(-beta z) of our list price, capped
    double season = 1;           // of the time to come against the time that was counted
    double share = 1;            // g: our part of the sales, 1/(k+1) times these two
    double units_per_day = 0;
    // Sell-through, by both of its definitions: sold / active and sold / (sold + active).
    std::optional<double> str_ratio, str_share;
    std::optional<double> months_of_supply;  // active listings over sales in 30 days
    double p_sold_30 = 0, p_sold_90 = 0, p_sold_horizon = 0;
    std::int64_t quantity = 1;
    // Of all units: the share that is expected to be sold within the horizon (of one: that it is),
    // and that all of them are.
    double sold_share = 0, p_all_horizon = 0;
    std::optional<double> days_expected;  // of the first unit; only for a > 1
    double days_median = 0;
    std::optional<std::int64_t>
        escore;  // days of the last 180 with a sale, by rank; above 150: 151
    // Of new goods, and so not used for a used one.
    bool new_velocity_left_out = false;
    std::string_view prior_group, season_group, rank_model;  // whose figures; empty: none
    std::string_view rank_fitted;

    void clear();
    // Until a unit of the quantity is sold, on average over all: the k-th takes k times as long.
    double unit_days() const noexcept {
        const double units = 0.5 * (static_cast<double>(quantity) + 1);
        return units * days_expected.value_or(days_median);
    }
};

// Without anything counted the basis is none and no number is given. `comparables`: those that the
// price was made from; `complete_since`: count_comparables().
void estimate_demand(const Product& product, std::span<const Comparable> comparables,
                     Condition condition, const Price& price, const Tables& tables, TimePoint as_of,
                     std::optional<TimePoint> complete_since, Demand& out);

// P(one unit sold within `days`) = 1 - (b / (b + g H))^a.
double probability_sold(double shape, double rate, double share, double days) noexcept;

// What becomes of `units` >= 1 pieces within `days`. How many the market takes is negative
// binomial, the mixture of Erlang times over the uncertain rate. O(units) up to 1,000; above, or
// where it is sure to be large, the number is as good as gamma, whose probabilities are taken by
// Wilson and Hilferty.
struct UnitsSold {
    double expected = 0;  // E[min(N, units)]
    double p_all = 0;     // P(N >= units)
};
UnitsSold units_sold(double shape, double rate, double share, double days,
                     std::int64_t units) noexcept;

// What was counted and with what it was weighed.
void explain_demand(const Demand& demand, EvidenceList& out);

}  // namespace assay::engine
