// Roots of piecewise affine profit, found in doubles and settled on exact cents.
// SPDX-License-Identifier: MIT
#include "engine/analysis/break_even.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace assay::engine {
namespace {

constexpr MinorUnits beyond = std::numeric_limits<MinorUnits>::max();
// How far rounding of lines can move an exact root away from the unrounded one, in minor units.
constexpr MinorUnits reach = 4;
// Below this share of each further cent a price does not pay; it also bounds the settling of roots.
constexpr double slope_min = 1e-3;
constexpr double cost_max = 4e15;

MinorUnits to_cents(double amount) noexcept {
    return amount >= 9e17 ? beyond : static_cast<MinorUnits>(std::ceil(amount));
}

// With one rounded line a higher price never leaves less; with several, their steps can coincide
// and take back a cent.
bool rises_steadily(const SaleTerms& terms) noexcept {
    return terms.ads_rate == 0 && terms.regime == VatRegime::none && terms.fees.options == 0 &&
           terms.fees.sales_tax == 0 && terms.fees.table->percentages.empty();
}

// The smallest price near `root`, not below `least`, from which the exact profit is >= level.
MinorUnits settle(const SaleTerms& terms, double root, MinorUnits least, MinorUnits level,
                  std::vector<FeeLine>& lines) {
    const MinorUnits near = to_cents(root);
    MinorUnits price = std::max(least, near + (rises_steadily(terms) ? 0 : reach));
    while (sale_profit(terms, price, lines) < level)
        ++price;
    while (price > least && price > near - reach && sale_profit(terms, price - 1, lines) >= level)
        --price;
    return price;
}

// Whether profit falls where segment i begins. Half a cent tells a jump from a blurred bend.
bool drops_at(std::span<const SaleSegment> segments, std::size_t i) noexcept {
    const double at = segments[i].from;
    return segments[i - 1].sold.at(at - 1) > segments[i].sold.at(at) + 0.5;
}

// Where the unrounded profit is back at `level`, from segment `first` on; infinity: nowhere.
struct Return {
    double price = std::numeric_limits<double>::infinity();
    std::size_t segment = 0;
};
Return back_at(std::span<const SaleSegment> segments, std::size_t first, double level) noexcept {
    for (std::size_t i = first; i < segments.size(); ++i) {
        const SaleSegment& segment = segments[i];
        if (segment.sold.slope < slope_min) continue;
        const double root = (level - segment.sold.constant) / segment.sold.slope;
        if (root < segment.until) return {std::max(root, segment.from), i};
    }
    return {};
}

// Whether the stretch of segment i that leaves less than `wanted`, from its start to `until`, lies
// in a dead zone whose lower edge leaves enough.
bool in_dead_zone(std::span<const SaleSegment> segments, std::size_t i, double until,
                  double wanted) noexcept {
    for (std::size_t jump = i; jump > 0; --jump) {
        if (!drops_at(segments, jump)) continue;
        const double level = segments[jump - 1].sold.at(segments[jump].from - 1);
        if (level >= wanted && back_at(segments, jump, level).price >= until) return true;
    }
    return false;
}

}  // namespace

std::optional<DeadZone> dead_zone_at(const SaleTerms& terms, std::span<const SaleSegment> segments,
                                     MinorUnits price, std::vector<FeeLine>& lines) {
    const double at = static_cast<double>(price);
    for (std::size_t i = 1; i < segments.size() && segments[i].from <= at; ++i) {
        if (!drops_at(segments, i)) continue;
        const MinorUnits from = to_cents(segments[i].from);
        const double unrounded = segments[i - 1].sold.at(segments[i].from - 1);
        if (back_at(segments, i, unrounded).price + 2 * static_cast<double>(reach) < at) continue;
        const MinorUnits level = sale_profit(terms, from - 1, lines);
        const Return back = back_at(segments, i, static_cast<double>(level));
        const bool returns = std::isfinite(back.price);
        const MinorUnits until =
            returns ? settle(terms, back.price, to_cents(segments[back.segment].from), level, lines)
                    : beyond;
        if (price < until) return DeadZone{from, until};
    }
    return std::nullopt;
}

std::optional<MinorUnits> price_for_profit(const SaleTerms& terms,
                                           std::span<const SaleSegment> segments, MinorUnits level,
                                           std::vector<FeeLine>& lines) {
    assert(!segments.empty());
    if (segments.back().sold.slope < slope_min) return std::nullopt;
    const double wanted = static_cast<double>(level);
    for (std::size_t i = segments.size(); i-- > 0;) {
        const SaleSegment& segment = segments[i];
        const Line& sold = segment.sold;
        double short_until = segment.from;  // the end of the stretch that leaves too little
        if (sold.slope >= slope_min)
            short_until =
                std::clamp((wanted - sold.constant) / sold.slope, segment.from, segment.until);
        else if (sold.at(segment.until) < wanted)
            short_until = segment.until;
        if (short_until <= segment.from || in_dead_zone(segments, i, short_until, wanted)) continue;
        return settle(terms, short_until, to_cents(segment.from), level, lines);
    }
    return 0;
}

std::optional<MinorUnits> max_unit_cost(SaleTerms terms, MinorUnits price, BuyMinima minima,
                                        std::vector<FeeLine>& lines) {
    // Only VAT and the cost itself depend on the cost: everything else once.
    terms.unit_cost = 0;
    const MinorUnits before_cost =
        sale_profit(terms, price, lines) + sale_vat(terms, price) + landed_cost(terms);
    const auto suffices = [&](MinorUnits cost) {
        terms.unit_cost = cost;
        const MinorUnits landed = landed_cost(terms);
        const MinorUnits profit = before_cost - sale_vat(terms, price) - landed;
        return profit >= minima.profit &&
               static_cast<Int128>(profit) * 1'000'000 >= static_cast<Int128>(landed) * minima.roi;
    };
    if (!suffices(0)) return std::nullopt;
    // Profit at a cost of nothing falls by `weight` with each unit of it: VAT gives a part back.
    const double profit =
        static_cast<double>(before_cost - sale_vat(terms, price) - landed_cost(terms));
    const double rate = static_cast<double>(terms.vat_rate) / 1e6;
    const bool reclaims = terms.regime == VatRegime::standard && terms.purchase_vat;
    const double weight = terms.regime == VatRegime::margin || reclaims ? 1 / (1 + rate) : 1;
    const double landed_weight = reclaims ? weight : 1;
    const double roi = static_cast<double>(minima.roi) / 1e6;
    const double by_profit = (profit - static_cast<double>(minima.profit)) / weight;
    const double by_roi =
        (profit - roi * static_cast<double>(terms.other_costs)) / (weight + roi * landed_weight);
    const auto estimate =
        static_cast<MinorUnits>(std::floor(std::clamp(std::min(by_profit, by_roi), 0.0, cost_max)));
    // The estimate is off by rounding only, unless the minima are negative: then search it all.
    MinorUnits enough = std::max<MinorUnits>(0, estimate - reach), too_much = estimate + reach;
    if (!suffices(enough)) enough = 0;
    if (suffices(too_much)) too_much = static_cast<MinorUnits>(cost_max);
    while (too_much - enough > 1) {
        const MinorUnits middle = enough + (too_much - enough) / 2;
        (suffices(middle) ? enough : too_much) = middle;
    }
    return enough;
}

}  // namespace assay::engine
