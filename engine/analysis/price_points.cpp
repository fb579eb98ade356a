// Filter, currency, unit value, condition and weight of one comparable after the other.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_points.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace assay::engine {
namespace {

constexpr double milliseconds_per_day = 86'400'000.0;

}  // namespace

Currency currency_of(const Product& product, Comparables comparables) noexcept {
    if (!product.currency.empty()) return product.currency;
    Currency common;
    for (const Comparable& comparable : comparables) {
        if (comparable.currency.empty()) continue;
        if (common.empty()) common = comparable.currency;
        if (common != comparable.currency) return {};
    }
    return common;
}

PointMaker::PointMaker(const Product& product, const Attributes& attributes, const Tables& tables,
                       const PriceGroup& group, TimePoint as_of, Price& out)
    : product_(product),
      attributes_(attributes),
      tables_(tables),
      group_(group),
      as_of_(as_of),
      out_(out),
      half_life_(product.overrides.half_life_days.value_or(
          group.half_life_days.value_or(tables.defaults.half_life_days))),
      parts_(attributes.parts_only || attributes.condition == Condition::parts),
      lot_(attributes.is_bundle ? 1 : std::max<std::int64_t>(1, attributes.lot_quantity)),
      mark_(decimal_mark_of(product.language)),
      log_factor_(log_factor(parts_ ? Condition::parts : attributes.condition)) {
    assert(half_life_ > 0);
}

void PointMaker::make(Comparables comparables, std::vector<PricePoint>& points) const {
    points.clear();
    KnownTitle known;
    if (attributes_.title_facts) known = {product_.title, *attributes_.title_facts};
    for (std::size_t i = 0; i < comparables.size(); ++i) {
        const auto reason = take(comparables[i], static_cast<std::uint32_t>(i), known, points);
        if (!reason) continue;
        ++out_.left_out[static_cast<std::size_t>(*reason)];
        if (*reason == LeftOut::other_currency || *reason == LeftOut::no_exchange_rate)
            ++use_of(comparables[i].currency).left_out;
    }
    sort_points(points);
}

TitleFacts PointMaker::facts_of(const Comparable& comparable, KnownTitle& known) const noexcept {
    if (comparable.title_facts) return *comparable.title_facts;
    if (comparable.title != known.title)
        known = {comparable.title, read_title(comparable.title, tables_.vocabulary, mark_)};
    return known.facts;
}

// nullopt: the comparable became a point.
std::optional<LeftOut> PointMaker::take(const Comparable& comparable, std::uint32_t index,
                                        KnownTitle& known, std::vector<PricePoint>& points) const {
    // The cheap questions first: a title is read only for what passes them.
    if (comparable.kind != ComparableKind::sold) return LeftOut::asking_price;
    const bool foreign = !comparable.currency.empty() && comparable.currency != out_.currency;
    if (foreign && (tables_.rates == nullptr || out_.currency.empty()))
        return LeftOut::other_currency;
    if (!(comparable.match >= tables_.defaults.match_min && comparable.match > 0))
        return LeftOut::match_low;
    const double age = age_days(comparable);
    if (age < 0) return LeftOut::after_as_of;
    if (age > tables_.defaults.age_days_max) return LeftOut::too_old;
    if (comparable.price <= 0) return LeftOut::no_price;

    const TitleFacts facts = facts_of(comparable, known);
    const bool parts = facts.parts_only || comparable.condition == Condition::parts;
    if (parts != parts_) return LeftOut::parts;
    if (facts.box_only != attributes_.box_only) return LeftOut::box_only;
    if (facts.is_bundle != attributes_.is_bundle) return LeftOut::bundle;
    const std::int64_t storage = attributes_.variant.storage_gb;
    if (storage > 0 && facts.storage_gb > 0 && storage != facts.storage_gb)
        return LeftOut::other_storage;
    const auto rate = foreign ? rate_of(comparable) : std::nullopt;
    if (foreign && !rate) return LeftOut::no_exchange_rate;
    const double amount =
        (static_cast<double>(comparable.price) + static_cast<double>(comparable.shipping)) *
        (rate ? rate->factor : 1);
    if (amount <= 0) return LeftOut::no_price;

    // A comparable without a title is taken to be sold as the product is.
    const bool titled = comparable.title_facts || !comparable.title.empty();
    std::int64_t units = titled ? facts.lot_quantity : lot_;
    if (comparable.quantity > 1) units = std::max(comparable.quantity, facts.lot_quantity);
    if (attributes_.is_bundle) units = 1;
    const double unit_value =
        std::log(amount * static_cast<double>(lot_) / static_cast<double>(units));
    const double value =
        unit_value - log_factor(parts ? Condition::parts : comparable.condition) + log_factor_;
    const double weight = std::exp2(-age / half_life_) * comparable.match *
                          tables_.prices.trust_in(comparable.source);
    points.push_back({value, weight, index});
    if (!rate) return std::nullopt;
    CurrencyUse& use = use_of(comparable.currency);
    use.oldest = use.converted == 0 ? rate->date : std::min(use.oldest, rate->date);
    use.newest = use.converted == 0 ? rate->date : std::max(use.newest, rate->date);
    use.through = rate->through;
    ++use.converted;
    return std::nullopt;
}

double PointMaker::age_days(const Comparable& comparable) const noexcept {
    if (!comparable.sold_at) return tables_.defaults.undated_age_days;
    return static_cast<double>((as_of_ - *comparable.sold_at).count()) / milliseconds_per_day;
}

std::optional<double> PointMaker::amount_of(const Comparable& comparable) const noexcept {
    const double amount =
        static_cast<double>(comparable.price) + static_cast<double>(comparable.shipping);
    if (comparable.currency.empty() || comparable.currency == out_.currency) return amount;
    const auto rate = tables_.rates == nullptr ? std::nullopt : rate_of(comparable);
    if (!rate) return std::nullopt;
    return amount * rate->factor;
}

std::optional<ExchangeRates::Found> PointMaker::rate_of(
    const Comparable& comparable) const noexcept {
    // The rate of its own day; of an undated sale that of the day which the analysis looks from.
    const TimePoint on = comparable.sold_at.value_or(as_of_);
    return tables_.rates->find(comparable.currency, out_.currency,
                               std::chrono::floor<std::chrono::days>(on),
                               std::chrono::days(tables_.defaults.rate_age_days_max));
}

CurrencyUse& PointMaker::use_of(Currency currency) const {
    const auto found =
        std::find_if(out_.currencies.begin(), out_.currencies.end(),
                     [&](const CurrencyUse& use) { return use.currency == currency; });
    if (found != out_.currencies.end()) return *found;
    return out_.currencies.emplace_back(CurrencyUse{currency, 0, 0, {}, {}, {}});
}

double PointMaker::log_factor(Condition condition) const noexcept {
    return group_.log_factors[static_cast<std::size_t>(condition)];
}

void sort_points(std::vector<PricePoint>& points) {
    std::sort(points.begin(), points.end(), [](const PricePoint& a, const PricePoint& b) {
        return a.value != b.value ? a.value < b.value : a.index < b.index;
    });
}

}  // namespace assay::engine
