// Gamma-Poisson demand from what was counted, and the Lomax time to sell that follows from it.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cmath>
#include <limits>

#include "engine/analysis/demand_counts.hpp"
#include "engine/analysis/lognormal.hpp"

namespace assay::engine {
namespace {

constexpr std::int64_t units_summed_max = 1'000;

// Of a gamma distribution with that shape and the scale 1.
double gamma_cdf(double shape, double value) noexcept {
    const double spread = 1 / (9 * shape);
    return normal_cdf((std::cbrt(value / shape) - 1 + spread) / std::sqrt(spread));
}

constexpr std::array<std::string_view, 6> basis_names = {
    "none", "sold_count", "sold_comps", "monthly_sold", "rank_drops", "rank_model"};

// The first of what there is: own sales, comparables, the marketplace's figure, rank.
void count_sales(const Product& product, std::span<const Comparable> comparables,
                 Condition condition, const Tables& tables, TimePoint as_of,
                 std::optional<TimePoint> complete_since, Demand& out) {
    const Market& market = product.market;
    const auto take = [&](DemandBasis basis, double sold, double days) {
        out.basis = basis;
        out.sold = sold;
        out.days = days;
    };
    if (!market.rank_history.empty())
        out.escore = escore_of(market.rank_history, tables.defaults, as_of);
    // Nothing counted is not the same as nothing sold.
    if (market.sold_count && *market.sold_count >= 0 && market.sold_window_days >= 1) {
        return take(DemandBasis::sold_count, static_cast<double>(*market.sold_count),
                    static_cast<double>(market.sold_window_days));
    }
    if (const auto count =
            count_comparables(comparables, condition, tables.defaults, as_of, complete_since))
        return take(DemandBasis::sold_comps, count->sold, count->days);

    const RankModel* model = tables.demand.rank_model_of(market.rank_category, product.category,
                                                         market.channel, market.marketplace);
    // A marketplace counts the sales of its listing, which are those of new goods, unless used
    // copies share it.
    const bool fits =
        is_same_kind(condition, Condition::new_) || (model != nullptr && model->all_conditions);
    const bool any = market.monthly_sold || market.sales_rank || !market.rank_history.empty();
    if (!fits) {
        out.new_velocity_left_out = any;
        return;
    }
    if (market.monthly_sold && *market.monthly_sold > 0)
        return take(DemandBasis::monthly_sold, static_cast<double>(*market.monthly_sold), 30);
    if (const auto drops = count_rank_drops(market.rank_history, tables.defaults, as_of);
        drops && drops->sold > 0)
        return take(DemandBasis::rank_drops, drops->sold, drops->days);
    if (model == nullptr || !market.sales_rank || *market.sales_rank < 1) return;
    out.rank_model = model->name;
    out.rank_fitted = model->fitted;
    take(DemandBasis::rank_model, 30 * model->units_per_day(*market.sales_rank), 30);
}

// Beside what was counted; of an estimate by rank nothing was, and its shape is a default.
void set_posterior(const Product& product, const Tables& tables, Demand& out) {
    const Defaults& defaults = tables.defaults;
    if (out.basis == DemandBasis::rank_model) {
        out.shape = defaults.rank_model_shape;
        out.rate = out.shape * out.days / out.sold;
        return;
    }
    out.prior_shape = defaults.demand_prior_shape;
    out.prior_rate = defaults.demand_prior_rate;
    if (const DemandRules::Prior* prior = tables.demand.prior_of(product.category)) {
        out.prior_group = prior->name;
        out.prior_shape = prior->shape;
        out.prior_rate = prior->rate;
    }
    out.shape = out.prior_shape + out.sold;
    out.rate = out.prior_rate + out.days;
}

// The mean factor of `days` days from a day on.
double season_over(const DemandRules::Season& season, std::chrono::sys_days from, double days) {
    const auto count = std::clamp(std::lround(days), 1L, 366L);
    double sum = 0;
    for (long i = 0; i < count; ++i) {
        const std::chrono::year_month_day day(from + std::chrono::days(i));
        sum += season.months[static_cast<unsigned>(day.month()) - 1];
    }
    return sum / static_cast<double>(count);
}

// Our part of the sales: among as many offers as are as cheap, at our price, in this season.
void set_share(const Product& product, const Price& price, const Tables& tables, TimePoint as_of,
               double horizon, Demand& out) {
    const Defaults& defaults = tables.defaults;
    const Market& market = product.market;
    const bool priced = price.basis != PriceBasis::none && price.spread > 0;
    // As the comparables are: delivered, with the shipping that the buyer pays.
    std::optional<MinorUnits> list = product.target_price;
    if (list) *list += product.costs.ship_charged.value_or(0);
    if (priced && list && *list > 0) {
        const double z = (std::log(static_cast<double>(*list)) - price.log_mean) / price.spread;
        out.price_factor = std::min(std::exp(-defaults.list_price_beta * z), defaults.hazard_cap);
    }
    out.rivals = std::max<std::int64_t>(0, market.competing_offers.value_or(0));
    const MinorUnits ours = list.value_or(price.p50);
    if (market.lowest_offer && ours > 0 && ours < *market.lowest_offer) out.rivals = 0;
    if (const DemandRules::Season* season = tables.demand.season_of(product.category)) {
        const auto today = std::chrono::floor<std::chrono::days>(as_of);
        const auto counted = std::chrono::days(std::clamp(std::lround(out.days), 1L, 366L));
        out.season_group = season->name;
        out.season =
            season_over(*season, today, horizon) / season_over(*season, today - counted, out.days);
    }
    out.share = out.price_factor * out.season / (static_cast<double>(out.rivals) + 1.0);
}

}  // namespace

std::string_view to_string(DemandBasis basis) noexcept {
    return basis_names[static_cast<std::size_t>(basis)];
}

void Demand::clear() {
    *this = Demand{};
}

double probability_sold(double shape, double rate, double share, double days) noexcept {
    assert(shape > 0 && rate > 0 && share >= 0);
    if (days <= 0) return 0;
    return -std::expm1(-shape * std::log1p(share * days / rate));
}

UnitsSold units_sold(double shape, double rate, double share, double days,
                     std::int64_t units) noexcept {
    assert(units >= 1);
    if (days <= 0 || share <= 0) return {};
    const auto asked = static_cast<double>(units);
    const double p = share * days / (rate + share * days);
    // Terms of P(N = n), each from the one before: the first is that nothing sells.
    double term = std::exp(shape * std::log1p(-p));
    // A sum of very many terms would have no end, and one that begins at nothing no beginning.
    if (units > units_summed_max || term < std::numeric_limits<double>::min()) {
        const double mean = shape * p / (1 - p), scale = 1 / (1 - p);
        const double p_all = 1 - gamma_cdf(mean / scale, asked / scale);
        const double below = mean * gamma_cdf(mean / scale + 1, asked / scale);
        return {std::min(asked, below + asked * p_all), p_all};
    }
    double below = 0, unsold = 0;
    for (std::int64_t n = 0; n < units; ++n) {
        below += term;
        unsold += term * static_cast<double>(units - n);
        term *= p * (shape + static_cast<double>(n)) / static_cast<double>(n + 1);
    }
    return {std::clamp(asked - unsold, 0.0, asked), std::clamp(1 - below, 0.0, 1.0)};
}

void estimate_demand(const Product& product, std::span<const Comparable> comparables,
                     Condition condition, const Price& price, const Tables& tables, TimePoint as_of,
                     std::optional<TimePoint> complete_since, Demand& out) {
    out.clear();
    count_sales(product, comparables, condition, tables, as_of, complete_since, out);
    if (out.basis == DemandBasis::none) return;
    const Defaults& defaults = tables.defaults;
    const double horizon =
        static_cast<double>(product.overrides.horizon_days.value_or(defaults.horizon_days));
    set_posterior(product, tables, out);
    set_share(product, price, tables, as_of, horizon, out);
    out.units_per_day = out.shape / out.rate;

    const Market& market = product.market;
    if (market.active_listings && *market.active_listings >= 0) {
        const double active = static_cast<double>(*market.active_listings);
        if (active > 0) out.str_ratio = out.sold / active;
        if (out.sold + active > 0) out.str_share = out.sold / (out.sold + active);
        if (out.sold > 0) out.months_of_supply = active / (out.sold * 30.0 / out.days);
    }
    out.p_sold_30 = probability_sold(out.shape, out.rate, out.share, 30);
    out.p_sold_90 = probability_sold(out.shape, out.rate, out.share, 90);
    out.p_sold_horizon = probability_sold(out.shape, out.rate, out.share, horizon);
    out.quantity = std::max<std::int64_t>(1, product.quantity);
    out.sold_share = out.p_all_horizon = out.p_sold_horizon;
    if (out.quantity > 1) {
        const UnitsSold sold = units_sold(out.shape, out.rate, out.share, horizon, out.quantity);
        out.sold_share = sold.expected / static_cast<double>(out.quantity);
        out.p_all_horizon = sold.p_all;
    }
    if (out.shape > 1) out.days_expected = out.rate / (out.share * (out.shape - 1));
    out.days_median = out.rate / out.share * std::expm1(std::log(2.0) / out.shape);
}

void explain_demand(const Demand& demand, EvidenceList& out) {
    if (demand.new_velocity_left_out) {
        out.add("demand", "market", "new_velocity_left_out").detail +=
            "the marketplace counts new ones, and this one is used";
    }
    if (demand.escore) {
        std::string& text = out.add("demand", "rank_history", "escore").detail;
        append_number(text, *demand.escore);
        text += " of the last 180 days with a sale";
    }
    if (demand.basis == DemandBasis::none) return;
    std::string& text = out.add("demand", to_string(demand.basis), "gamma_poisson").detail;
    text += "a=";
    append_thousandths(text, demand.shape);
    text += " b=";
    append_thousandths(text, demand.rate);
    text += " g=";
    append_thousandths(text, demand.share);
    if (demand.basis == DemandBasis::rank_model)
        text.append("; rank_model ")
            .append(demand.rank_model)
            .append(" of ")
            .append(demand.rank_fitted);
    if (demand.basis == DemandBasis::rank_drops) text += "; at least so many";
    if (!demand.prior_group.empty()) text.append("; prior of ").append(demand.prior_group);
    if (demand.price_factor != 1) {
        text += "; list price x";
        append_thousandths(text, demand.price_factor);
    }
    if (!demand.season_group.empty()) {
        text.append("; season of ").append(demand.season_group).append(" x");
        append_thousandths(text, demand.season);
    }
    if (demand.quantity == 1) return;
    std::string& all = out.add("demand", "quantity", "negative_binomial").detail;
    append_number(all, demand.quantity);
    all += " units within the horizon: p=";
    append_thousandths(all, demand.p_all_horizon);
    all += "; expected to sell ";
    append_thousandths(all, demand.sold_share * static_cast<double>(demand.quantity));
}

}  // namespace assay::engine
