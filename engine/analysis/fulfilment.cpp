// Size tiers in their order, dimensional weight, and amounts by weight and price band.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fulfilment.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace assay::engine {
namespace {

constexpr double grams_per_ounce = 28.349523125, millimetres_per_inch = 25.4;

struct Parcel {
    std::array<double, 3> sides{};    // as given, longest first
    std::array<double, 3> granted{};  // half a millimetre less
    double weight = 0;                // half a gram less
};

Parcel measure(const Fulfilment& fulfilment, std::int64_t grams,
               std::array<std::int64_t, 3> sides_mm) noexcept {
    std::sort(sides_mm.rbegin(), sides_mm.rend());
    const double per_length = fulfilment.imperial ? millimetres_per_inch : 10;
    const double per_weight = fulfilment.imperial ? grams_per_ounce : 1;
    Parcel parcel;
    for (std::size_t i = 0; i < 3; ++i) {
        parcel.sides[i] = static_cast<double>(sides_mm[i]) / per_length;
        parcel.granted[i] = (static_cast<double>(sides_mm[i]) - 0.5) / per_length;
    }
    parcel.weight = (static_cast<double>(grams) - 0.5) / per_weight;
    return parcel;
}

// The weight that counts in a tier: the unit's, or that of its volume.
double chargeable(const Fulfilment& fulfilment, const FulfilmentTier& tier,
                  const Parcel& parcel) noexcept {
    if (tier.unit_weight || fulfilment.divisor <= 0) return parcel.weight;
    const double volume = parcel.sides[0] * std::max(parcel.sides[1], tier.side_min) *
                          std::max(parcel.sides[2], tier.side_min);
    const double per_unit = fulfilment.imperial ? 16 : 1'000;
    return std::max(parcel.weight, volume / fulfilment.divisor * per_unit);
}

bool fits(const FulfilmentTier& tier, const Parcel& parcel, double weight) noexcept {
    if (tier.weight_over && weight <= *tier.weight_over) return false;
    if (tier.weight_max && weight > *tier.weight_max) return false;
    if (tier.sides) {
        for (std::size_t i = 0; i < 3; ++i) {
            if (parcel.granted[i] > (*tier.sides)[i]) return false;
        }
    }
    const auto& sides = parcel.granted;
    return !tier.length_girth_max || sides[0] + 2 * (sides[1] + sides[2]) <= *tier.length_girth_max;
}

MinorUnits amount_in(const FulfilmentTier& tier, double weight, std::size_t band) noexcept {
    for (const FulfilmentStep& step : tier.steps) {
        if (weight <= step.up_to) return step.amounts[band];
    }
    const double begun = std::max(0.0, std::ceil((weight - tier.above) / tier.step));
    return tier.amounts[band] + static_cast<MinorUnits>(begun) * tier.per_step;
}

}  // namespace

std::optional<FulfilmentFee> fulfilment_fee(const Fulfilment& fulfilment, std::int64_t grams,
                                            const std::array<std::int64_t, 3>& sides_mm) noexcept {
    const Parcel parcel = measure(fulfilment, grams, sides_mm);
    for (const FulfilmentTier& tier : fulfilment.tiers) {
        const double weight = chargeable(fulfilment, tier, parcel);
        if (!fits(tier, parcel, weight)) continue;
        const bool known =
            !tier.amounts.empty() || (!tier.steps.empty() && weight <= tier.steps.back().up_to);
        if (!known) return std::nullopt;
        FulfilmentFee fee;
        fee.code = fulfilment.code;
        fee.tier = tier.name;
        const std::size_t bands = fulfilment.price_bands.size() + 1;
        assert(bands <= fee.band.size());
        for (std::size_t i = 0; i < bands; ++i) {
            const MinorUnits amount = amount_in(tier, weight, i);
            const bool last = i + 1 == bands;
            fee.band[i] = {
                last ? std::numeric_limits<MinorUnits>::max() : fulfilment.price_bands[i],
                amount + apply_rate(amount, fulfilment.surcharge)};
        }
        fee.bands = static_cast<std::uint8_t>(bands);
        return fee;
    }
    return std::nullopt;
}

}  // namespace assay::engine
