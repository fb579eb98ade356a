// From comparables to a predictive price: filter, unit value, condition, weight, outliers,
// location, prior, quantiles, confidence (steps 1 to 10; no trend yet).
// SPDX-License-Identifier: MIT
#include "engine/analysis/price.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/analysis/price_math.hpp"

namespace assay::engine {
namespace {

constexpr double quantile_90 = 1.2815515655446004;  // of the standard normal
constexpr double pi = 3.14159265358979323846;
constexpr double milliseconds_per_day = 86'400'000.0;
constexpr double amount_max = 1e15;  // as parse_decimal; also keeps llround in range

MinorUnits to_minor_units(double log_amount) noexcept {
    return std::llround(std::min(std::exp(log_amount), amount_max));
}

// What one pass over the comparables collects beside the points.
struct Sample {
    double newest_age_days = 0;
    double match = 0;  // weighted mean
    double cheapest = 0, dearest = 0;
};

using Comparables = std::span<const Comparable>;

Currency currency_of(const Product& product, Comparables comparables) noexcept {
    if (!product.currency.empty()) return product.currency;
    Currency common;  // the comparables' own, where they agree
    for (const Comparable& comparable : comparables) {
        if (comparable.currency.empty()) continue;
        if (common.empty()) common = comparable.currency;
        if (common != comparable.currency) return {};
    }
    return common;
}

// How one product is turned into points; everything that does not depend on the comparable.
class Collector {
  public:
    Collector(const Product& product, const Attributes& attributes, const Tables& tables,
              TimePoint as_of, Currency currency)
        : attributes_(attributes),
          tables_(tables),
          as_of_(as_of),
          currency_(currency),
          half_life_(product.overrides.half_life_days.value_or(tables.defaults.half_life_days)),
          parts_(attributes.parts_only || attributes.condition == Condition::parts),
          lot_(attributes.is_bundle ? 1 : std::max<std::int64_t>(1, attributes.lot_quantity)),
          mark_(decimal_mark_of(product.language)),
          log_factor_(log_factor(parts_ ? Condition::parts : attributes.condition)) {
        assert(half_life_ > 0);
    }

    // nullopt: the comparable became a point.
    std::optional<LeftOut> take(const Comparable& comparable, std::uint32_t index,
                                std::vector<PricePoint>& points) const {
        // The cheap questions first: a title is read only for what passes them.
        if (comparable.kind != ComparableKind::sold) return LeftOut::asking_price;
        if (!comparable.currency.empty() && comparable.currency != currency_) {
            return LeftOut::other_currency;
        }
        if (!(comparable.match >= tables_.defaults.match_min && comparable.match > 0)) {
            return LeftOut::match_low;
        }
        const double age = age_days(comparable);
        if (age < 0) return LeftOut::after_as_of;
        if (age > tables_.defaults.age_days_max) return LeftOut::too_old;
        const double amount =
            static_cast<double>(comparable.price) + static_cast<double>(comparable.shipping);
        if (comparable.price <= 0 || amount <= 0) return LeftOut::no_price;

        const TitleFacts facts =
            comparable.title_facts ? *comparable.title_facts : read_title(comparable.title, mark_);
        const bool parts = facts.parts_only || comparable.condition == Condition::parts;
        if (parts != parts_) return LeftOut::parts;
        if (facts.box_only != attributes_.box_only) return LeftOut::box_only;
        if (facts.is_bundle != attributes_.is_bundle) return LeftOut::bundle;

        const std::int64_t storage = attributes_.variant.storage_gb;
        if (storage > 0 && facts.storage_gb > 0 && storage != facts.storage_gb) {
            return LeftOut::other_storage;
        }

        // A comparable without a title is taken to be sold as the product is.
        const bool titled = comparable.title_facts || !comparable.title.empty();
        std::int64_t units = titled ? facts.lot_quantity : lot_;
        if (comparable.quantity > 1) units = std::max(comparable.quantity, facts.lot_quantity);
        if (attributes_.is_bundle) units = 1;
        const double unit_value =
            std::log(amount * static_cast<double>(lot_) / static_cast<double>(units));
        const double value =
            unit_value - log_factor(parts ? Condition::parts : comparable.condition) + log_factor_;
        points.push_back({value, std::exp2(-age / half_life_) * comparable.match, index});
        return std::nullopt;
    }

    double age_days(const Comparable& comparable) const noexcept {
        if (!comparable.sold_at) return tables_.defaults.undated_age_days;
        return static_cast<double>((as_of_ - *comparable.sold_at).count()) / milliseconds_per_day;
    }

  private:
    double log_factor(Condition condition) const noexcept {
        return std::log(tables_.condition_factors[static_cast<std::size_t>(condition)]);
    }

    const Attributes& attributes_;
    const Tables& tables_;
    TimePoint as_of_;
    Currency currency_;
    double half_life_;
    bool parts_;
    std::int64_t lot_;
    DecimalMark mark_;
    double log_factor_;
};

// By value, then by place: the same comparables in the same order give the same bytes.
void sort_points(std::vector<PricePoint>& points) {
    std::sort(points.begin(), points.end(), [](const PricePoint& a, const PricePoint& b) {
        return a.value != b.value ? a.value < b.value : a.index < b.index;
    });
}

void remove_outliers(Comparables comparables, const Defaults& defaults,
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
        out.outliers.push_back({comparable.id, comparable.price + comparable.shipping, "mad"});
    }
    if (!out.outliers.empty()) std::erase_if(points, is_outlier);
}

Sample describe_sample(Comparables comparables, const Collector& collector,
                       std::span<const PricePoint> points) {
    Sample sample;
    double weight = 0, match = 0;
    sample.newest_age_days = collector.age_days(comparables[points.front().index]);
    for (const PricePoint& point : points) {
        const Comparable& comparable = comparables[point.index];
        weight += point.weight;
        match += point.weight * comparable.match;
        sample.newest_age_days = std::min(sample.newest_age_days, collector.age_days(comparable));
    }
    sample.match = weight > 0 ? match / weight : 0;
    sample.cheapest = points.front().value;
    sample.dearest = points.back().value;
    return sample;
}

// The points of most weight, sorted by value again: what pairs are made of when there are too many.
std::span<const PricePoint> heaviest(std::span<const PricePoint> points, std::size_t count,
                                     std::vector<PricePoint>& buffer) {
    if (points.size() <= count) return points;
    buffer.assign(points.begin(), points.end());
    std::sort(buffer.begin(), buffer.end(), [](const PricePoint& a, const PricePoint& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.index < b.index;
    });
    buffer.resize(count);
    sort_points(buffer);
    return buffer;
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

void set_interval(const Defaults& defaults, std::span<const PricePoint> points, Price& out) {
    if (out.n_used < defaults.interval_count_min) return;
    const OrderInterval interval = order_interval(points.size(), defaults.interval_coverage);
    if (interval.rank == 0) return;
    out.interval_low = to_minor_units(points[interval.rank - 1].value);
    out.interval_high = to_minor_units(points[points.size() - interval.rank].value);
    out.interval_coverage = interval.coverage;
}

// Location, spread and prior of the kept points: the predictive lognormal.
void predict(const Defaults& defaults, std::span<const PricePoint> points, PriceScratch& scratch,
             Price& out) {
    const double count = static_cast<double>(points.size());
    out.n_effective = effective_count(points);
    out.spread = robust_spread(points, defaults.spread_floor);
    out.spread_assumed = out.n_used < defaults.spread_count_min;
    if (out.spread_assumed) out.spread = std::max(out.spread, defaults.spread_default);
    const double variance = out.spread * out.spread;

    double location = 0, location_variance = 0;
    if (out.n_used < defaults.pairwise_count_min) {
        location = weighted_median(points);
        location_variance = variance * (pi / 2) / out.n_effective;
    } else {
        const auto most = static_cast<std::size_t>(defaults.pairwise_count_max);
        location = weighted_hodges_lehmann(heaviest(points, most, scratch.heaviest), scratch.pairs);
        location_variance = variance * (pi / 3) / out.n_effective;
    }
    out.basis = PriceBasis::sold_comps;
    out.shrink_weight = 1;
    if (out.prior_log_mean && out.n_used < defaults.shrink_below) {
        const double data = count / variance;
        const double prior = 1 / (defaults.prior_tau * defaults.prior_tau);
        out.basis = PriceBasis::shrunk;
        out.shrink_weight = data / (data + prior);
        location = out.shrink_weight * location + (1 - out.shrink_weight) * *out.prior_log_mean;
        location_variance = 1 / (data + prior);
    }
    out.log_mean = location;
    out.log_sd = std::sqrt(variance + location_variance);
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

std::string_view to_string(LeftOut reason) noexcept {
    switch (reason) {
        case LeftOut::asking_price:
            return "asking_price";
        case LeftOut::other_currency:
            return "other_currency";
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
    std::vector<std::string_view> kept_missing = std::move(missing);
    *this = Price{};
    kept_outliers.clear();
    kept_missing.clear();
    outliers = std::move(kept_outliers);
    missing = std::move(kept_missing);
}

void estimate_price(const Product& product, const Identity& identity, const Attributes& attributes,
                    const Tables& tables, TimePoint as_of, PriceScratch& scratch, Price& out) {
    estimate_price(product, product.comparables, identity, attributes, tables, as_of, scratch, out);
}

void estimate_price(const Product& product, std::span<const Comparable> comparables,
                    const Identity& identity, const Attributes& attributes, const Tables& tables,
                    TimePoint as_of, PriceScratch& scratch, Price& out) {
    const Defaults& defaults = tables.defaults;
    out.clear();
    out.currency = currency_of(product, comparables);
    set_prior(product, tables, out);

    const Collector collector(product, attributes, tables, as_of, out.currency);
    std::vector<PricePoint>& points = scratch.points;
    points.clear();
    for (std::size_t i = 0; i < comparables.size(); ++i) {
        const auto reason = collector.take(comparables[i], static_cast<std::uint32_t>(i), points);
        if (reason) ++out.left_out[static_cast<std::size_t>(*reason)];
    }
    out.n = static_cast<std::int64_t>(points.size());
    sort_points(points);
    remove_outliers(comparables, defaults, points, out);
    out.n_used = static_cast<std::int64_t>(points.size());

    const double id = id_factor(product, identity, defaults);
    if (points.empty()) {
        price_by_prior(defaults, id, out);
        if (out.basis == PriceBasis::none) return;
        set_level(defaults, {}, out);
    } else {
        predict(defaults, points, scratch, out);
        set_quantiles(out);
        set_interval(defaults, points, out);
        const Sample sample = describe_sample(comparables, collector, points);
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
