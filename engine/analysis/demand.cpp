// Gamma-Poisson demand from a sold count, and the Lomax time to sell that follows from it.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace assay::engine {

std::string_view to_string(DemandBasis basis) noexcept {
    switch (basis) {
        case DemandBasis::none:
            return "none";
        case DemandBasis::sold_count:
            return "sold_count";
    }
    return "none";
}

void Demand::clear() {
    *this = Demand{};
}

double probability_sold(double shape, double rate, double share, double days) noexcept {
    assert(shape > 0 && rate > 0 && share >= 0);
    if (days <= 0) return 0;
    return -std::expm1(-shape * std::log1p(share * days / rate));
}

void estimate_demand(const Product& product, const Tables& tables, Demand& out) {
    out.clear();
    const Market& market = product.market;
    // Nothing counted is not the same as nothing sold: then there is no demand to speak of.
    if (!market.sold_count || *market.sold_count < 0 || market.sold_window_days < 1) return;
    const Defaults& defaults = tables.defaults;
    const double sold = static_cast<double>(*market.sold_count);
    const double window = static_cast<double>(market.sold_window_days);

    out.basis = DemandBasis::sold_count;
    out.shape = defaults.demand_prior_shape + sold;
    out.rate = defaults.demand_prior_rate + window;
    const std::int64_t rivals = std::max<std::int64_t>(0, market.competing_offers.value_or(0));
    out.share = 1.0 / (static_cast<double>(rivals) + 1.0);
    out.units_per_day = out.shape / out.rate;

    if (market.active_listings && *market.active_listings >= 0) {
        const double active = static_cast<double>(*market.active_listings);
        if (active > 0) out.str_ratio = sold / active;
        if (sold + active > 0) out.str_share = sold / (sold + active);
        if (sold > 0) out.months_of_supply = active / (sold * 30.0 / window);
    }

    const double horizon =
        static_cast<double>(product.overrides.horizon_days.value_or(defaults.horizon_days));
    out.p_sold_30 = probability_sold(out.shape, out.rate, out.share, 30);
    out.p_sold_90 = probability_sold(out.shape, out.rate, out.share, 90);
    out.p_sold_horizon = probability_sold(out.shape, out.rate, out.share, horizon);
    if (out.shape > 1) out.days_expected = out.rate / (out.share * (out.shape - 1));
    out.days_median = out.rate / out.share * std::expm1(std::log(2.0) / out.shape);
}

}  // namespace assay::engine
