// Fulfilment: what a channel's warehouse takes for one parcel, by its size tier and weight.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "engine/analysis/channel.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

// A fixed fee by price that one product's size and weight make; no bands: there is none.
struct FulfilmentFee {
    std::string_view code, tier;
    std::array<std::pair<MinorUnits, MinorUnits>, 4> band{};  // (up to and including, amount)
    std::uint8_t bands = 0;
    std::span<const std::pair<MinorUnits, MinorUnits>> steps() const noexcept {
        return {band.data(), bands};
    }
};

// None where the parcel fits no tier, or the tier's amounts are not known. Whole grams and
// millimetres are rounded figures: half of one is granted, so that 16 oz given as 454 g is 16 oz.
std::optional<FulfilmentFee> fulfilment_fee(const Fulfilment& fulfilment, std::int64_t grams,
                                            const std::array<std::int64_t, 3>& sides_mm) noexcept;

}  // namespace assay::engine
