// From points to a predictive price: outliers, location, interval, prior, quantiles, confidence.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "engine/analysis/price_bootstrap.hpp"
#include "engine/analysis/price_math.hpp"
#include "engine/analysis/price_points.hpp"
#include "engine/analysis/price_trend.hpp"

namespace assay::engine {
namespace {

constexpr double quantile_90 = 1.2815515655446004;  // of the standard normal
constexpr double amount_max = 1e15;                 // as parse_decimal; also keeps llround in range

MinorUnits to_minor_units(double log_amount) noexcept {
    return std::llround(std::min(std::exp(log_amount), amount_max));
}

// What one pass over the comparables collects beside the points.
struct Sample {
    double newest_age_days = 0;
    double match = 0;  // weighted mean
    double cheapest = 0, dearest = 0;
};

void remove_outliers(Comparables comparables, const PointMaker& maker, const Defaults& defaults,
                     std::vector<PricePoint>& points, Price& out) {
    if (points.size() < static_cast<std::size_t>(defaults.outlier_count_min)) return;
    const double center = median_of_sorted(points);
    const double spread = robust_spread(points, defaults.spread_floor);
    // .6745 |y - median| / MAD, and 1.4826 is 1 / .6745.
    const auto is_outlier = [&](const PricePoint& point) {
        return std::abs(point.value - center) / spread > defaults.outlier_z;
    };
    for (const PricePoint& point : points) {
        if (!is_outlier(point)) continue;
        const Comparable& comparable = comparables[point.index];
        const double amount = std::min(maker.amount_of(comparable).value_or(0), amount_max);
        out.outliers.push_back({comparable.id, std::llround(amount), "mad"});
    }
    if (!out.outliers.empty()) std::erase_if(points, is_outlier);
}

Sample describe_sample(Comparables comparables, const PointMaker& maker,
                       std::span<const PricePoint> points) {
    Sample sample;
    double weight = 0, match = 0;
    sample.newest_age_days = maker.age_days(comparables[points.front().index]);
    for (const PricePoint& point : points) {
        const Comparable& comparable = comparables[point.index];
        weight += point.weight;
        match += point.weight * comparable.match;
        sample.newest_age_days = std::min(sample.newest_age_days, maker.age_days(comparable));
    }
    sample.match = weight > 0 ? match / weight : 0;
    sample.cheapest = points.front().value;
    sample.dearest = points.back().value;
    return sample;
}

double id_factor(const Product& product, const Identity& identity, const Defaults& defaults) {
    if (identity.valid) return 1;
    const bool model = !product.model.empty() || !product.mpn.empty();
    return !product.brand.empty() && model ? defaults.confidence_brand_model
                                           : defaults.confidence_title;
}

void set_prior(const Product& product, const Tables& tables, Price& out) {
    if (!product.msrp || *product.msrp <= 0) return;
    const RecoveryRow* row = tables.recovery_row(product.category);
    out.prior_rate = row == nullptr ? tables.recovery_global : row->rate;
    if (row != nullptr) out.prior_group = row->name;
    out.prior_log_mean = std::log(static_cast<double>(*product.msrp) * out.prior_rate);
}

double prior_confidence(const Defaults& defaults, double id, const Price& price) {
    const double known = price.prior_group.empty() ? defaults.prior_confidence_global : 1;
    return defaults.prior_confidence_max * known * id;
}

void set_level(const Defaults& defaults, const Sample& sample, Price& out) {
    const bool steady = out.n_effective >= defaults.level_high_count &&
                        out.spread <= defaults.level_high_spread &&
                        sample.dearest - sample.cheapest <= std::log(defaults.level_high_range);
    if (out.basis == PriceBasis::sold_comps && steady &&
        out.confidence >= defaults.level_high_confidence) {
        out.level = "high";
    } else {
        out.level = out.confidence >= defaults.level_medium_confidence ? "medium" : "low";
    }
}

void set_interval(const Defaults& defaults, std::span<const PricePoint> points,
                  const IntervalChoice& choice, PriceScratch& scratch, Price& out) {
    out.interval_method = choice.method;
    if (out.n_used < defaults.interval_count_min) return;
    if (choice.method == IntervalMethod::bootstrap) {
        const LogInterval interval =
            bootstrap_interval(points, defaults.interval_coverage, defaults, choice.seed, scratch);
        out.interval_low = to_minor_units(interval.low);
        out.interval_high = to_minor_units(interval.high);
        out.interval_coverage = defaults.interval_coverage;
        return;
    }
    const OrderInterval interval = order_interval(points.size(), defaults.interval_coverage);
    if (interval.rank == 0) return;
    out.interval_low = to_minor_units(points[interval.rank - 1].value);
    out.interval_high = to_minor_units(points[points.size() - interval.rank].value);
    out.interval_coverage = interval.coverage;
}

// What sales of one thing lie apart; too few of them cannot say less than what is usual.
void set_spread(const Defaults& defaults, std::span<const PricePoint> points, Price& out) {
    out.spread = robust_spread(points, defaults.spread_floor);
    out.spread_assumed = out.n_used < defaults.spread_count_min;
    if (out.spread_assumed) out.spread = std::max(out.spread, out.spread_default);
}

// What the next sale lies off, as far as it is known: a spread measured on few comparables is a
// guess itself, so that the usual one of the group counts as a few more, and the whole is wider.
double predictive_sd(const Defaults& defaults, double location_variance, const Price& price) {
    const double s = price.spread, usual = price.spread_default;
    if (price.spread_assumed) return std::sqrt(s * s + location_variance);
    const double count = static_cast<double>(price.n_used), known = defaults.spread_prior_count;
    const double variance = (known * usual * usual + (count - 1) * s * s) / (known + count - 1);
    return std::sqrt(variance + location_variance) * (1 + defaults.small_sample_widening / count);
}

// Against what sold, before the prior draws it towards the very price that is in question. One
// sale or two know little, but ten times what the retail is said to be is no matter of spread.
RetailCheck check_retail(const Product& product, const RiskRules& rules, double location) {
    if (!product.msrp || *product.msrp <= 0) return RetailCheck::plausible;
    const double share = static_cast<double>(*product.msrp) / std::exp(location);
    if (share < rules.retail_absurd) return RetailCheck::absurd;
    return share < rules.retail_low ? RetailCheck::low : RetailCheck::plausible;
}

// Location, spread and prior of the kept points: the predictive lognormal.
void predict(const Product& product, const Tables& tables, std::span<const PricePoint> points,
             PriceScratch& scratch, Price& out) {
    const Defaults& defaults = tables.defaults;
    const double count = static_cast<double>(points.size());
    out.n_effective = effective_count(points);
    set_spread(defaults, points, out);
    const double variance = out.spread * out.spread;
    const bool pairwise = is_pairwise(points.size(), defaults);
    double location = estimate_location(points, pairwise, defaults, scratch);
    // The variance of the median is pi / 2 times that of the mean, of Hodges-Lehmann's pi / 3.
    double location_variance = variance * std::numbers::pi / (pairwise ? 3 : 2) / out.n_effective;
    out.basis = PriceBasis::sold_comps;
    out.shrink_weight = 1;
    out.retail = check_retail(product, tables.risks, location);
    // Nobody is drawn towards a retail price that nobody believes.
    const bool believed = out.retail != RetailCheck::absurd;
    if (out.prior_log_mean && believed && out.n_used < defaults.shrink_below) {
        const double data = count / variance;
        const double prior = 1 / (defaults.prior_tau * defaults.prior_tau);
        out.basis = PriceBasis::shrunk;
        out.shrink_weight = data / (data + prior);
        location = out.shrink_weight * location + (1 - out.shrink_weight) * *out.prior_log_mean;
        location_variance = 1 / (data + prior);
    }
    out.log_mean = location;
    out.log_sd = predictive_sd(defaults, location_variance, out);
}

// The kept points that have a date, on the time line.
void set_movement(Comparables comparables, const PointMaker& maker, const Defaults& defaults,
                  double location, PriceScratch& scratch, Price& out) {
    scratch.dated.clear();
    for (const PricePoint& point : scratch.points) {
        const Comparable& comparable = comparables[point.index];
        if (comparable.sold_at) scratch.dated.push_back({-maker.age_days(comparable), point.value});
    }
    rate_movement(scratch.dated, location, defaults, scratch.numbers, out);
}

void set_quantiles(Price& out) {
    out.p10 = to_minor_units(out.log_mean - quantile_90 * out.log_sd);
    out.p50 = to_minor_units(out.log_mean);
    out.p90 = to_minor_units(out.log_mean + quantile_90 * out.log_sd);
}

void price_by_prior(const Defaults& defaults, double id, Price& out) {
    out.missing.push_back("comparables");
    if (!out.prior_log_mean) {
        out.missing.push_back("msrp");
        return;  // basis none: a number would be an invention
    }
    out.basis = PriceBasis::category_prior;
    out.log_mean = *out.prior_log_mean;
    out.log_sd = defaults.prior_tau;
    out.spread = defaults.prior_tau;
    out.spread_assumed = true;
    out.confidence = static_cast<int>(std::lround(prior_confidence(defaults, id, out)));
    set_quantiles(out);
}

void rate_confidence(const Defaults& defaults, const Sample& sample, double id, Price& out) {
    const double stale = std::max(0.0, sample.newest_age_days - defaults.recency_free_days);
    const double recency = std::exp2(-stale / defaults.recency_half_life_days);
    double confidence = 100 * std::min(1.0, out.n_effective / defaults.confidence_full_count) *
                        std::exp(-2 * out.spread) * recency * sample.match * id;
    // A few sales beside a prior are not worth less than the prior alone.
    if (out.basis == PriceBasis::shrunk) {
        confidence = std::max(confidence, prior_confidence(defaults, id, out));
    }
    out.confidence = static_cast<int>(std::lround(std::clamp(confidence, 0.0, 100.0)));
}

}  // namespace

std::string_view to_string(PriceBasis basis) noexcept {
    switch (basis) {
        case PriceBasis::none:
            return "none";
        case PriceBasis::sold_comps:
            return "sold_comps";
        case PriceBasis::shrunk:
            return "shrunk";
        case PriceBasis::category_prior:
            return "category_prior";
    }
    return "none";
}

std::string_view to_string(Trend trend) noexcept {
    switch (trend) {
        case Trend::flat:
            return "flat";
        case Trend::rising:
            return "rising";
        case Trend::falling:
            return "falling";
        case Trend::unknown:
            break;
    }
    return {};
}

std::string_view to_string(LeftOut reason) noexcept {
    switch (reason) {
        case LeftOut::asking_price:
            return "asking_price";
        case LeftOut::other_currency:
            return "other_currency";
        case LeftOut::no_exchange_rate:
            return "no_exchange_rate";
        case LeftOut::no_price:
            return "no_price";
        case LeftOut::match_low:
            return "match_low";
        case LeftOut::too_old:
            return "too_old";
        case LeftOut::after_as_of:
            return "after_as_of";
        case LeftOut::parts:
            return "parts";
        case LeftOut::box_only:
            return "box_only";
        case LeftOut::bundle:
            return "bundle";
        case LeftOut::other_storage:
            return "other_storage";
    }
    return "";
}

void Price::clear() {
    std::vector<PriceOutlier> kept_outliers = std::move(outliers);
    std::vector<CurrencyUse> kept_currencies = std::move(currencies);
    std::vector<std::string_view> kept_missing = std::move(missing);
    *this = Price{};
    kept_outliers.clear();
    kept_currencies.clear();
    kept_missing.clear();
    currencies = std::move(kept_currencies);
    outliers = std::move(kept_outliers);
    missing = std::move(kept_missing);
}

void estimate_price(const Product& product, const Identity& identity, const Attributes& attributes,
                    const Tables& tables, TimePoint as_of, PriceScratch& scratch, Price& out) {
    estimate_price(product, product.comparables, identity, attributes, tables, as_of, scratch, out);
}

void estimate_price(const Product& product, std::span<const Comparable> comparables,
                    const Identity& identity, const Attributes& attributes, const Tables& tables,
                    TimePoint as_of, PriceScratch& scratch, Price& out,
                    const IntervalChoice& interval) {
    const Defaults& defaults = tables.defaults;
    out.clear();
    out.currency = currency_of(product, comparables);
    set_prior(product, tables, out);
    const PriceGroup& group = tables.prices.group_of(product.category);
    out.group = group.name;
    out.spread_default = group.spread.value_or(defaults.spread_default);

    const PointMaker maker(product, attributes, tables, group, as_of, out);
    out.half_life_days = maker.half_life_days();
    std::vector<PricePoint>& points = scratch.points;
    maker.make(comparables, points);
    out.n = static_cast<std::int64_t>(points.size());
    remove_outliers(comparables, maker, defaults, points, out);
    out.n_used = static_cast<std::int64_t>(points.size());

    const double id = id_factor(product, identity, defaults);
    if (points.empty()) {
        price_by_prior(defaults, id, out);
        if (out.basis == PriceBasis::none) return;
        set_level(defaults, {}, out);
    } else {
        predict(product, tables, points, scratch, out);
        set_quantiles(out);
        set_interval(defaults, points, interval, scratch, out);
        set_movement(comparables, maker, defaults, out.log_mean, scratch, out);
        const Sample sample = describe_sample(comparables, maker, points);
        rate_confidence(defaults, sample, id, out);
        if (!identity.conflicts.empty()) {
            out.confidence =
                std::min(out.confidence, static_cast<int>(defaults.conflict_confidence_max));
        }
        set_level(defaults, sample, out);
        if (out.n_used < defaults.interval_count_min) out.missing.push_back("comparables");
        if (!out.prior_log_mean && out.n_used < defaults.shrink_below) {
            out.missing.push_back("msrp");
        }
    }
    assert(out.p10 <= out.p50 && out.p50 <= out.p90);
}

}  // namespace assay::engine
