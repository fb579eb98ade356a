// The condition ladder, and how the words of sellers, marketplaces and manifests map to it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::engine {

// Best first; comparables are moved along it (engine/analysis/price).
enum class Condition : std::uint8_t {
    new_,
    new_other,
    new_defects,
    refurb_cert,
    refurb_excellent,
    refurb_very_good,
    refurb_good,
    refurb_seller,
    like_new,
    very_good,
    good,
    acceptable,
    parts,
    unknown,
};
inline constexpr std::size_t condition_count = 14;

std::string_view to_string(Condition condition) noexcept;  // "new", "new_other", ... "unknown"

// Names, aliases in English and German, eBay condition ids, grades A+..E, and the words of
// manifests ("Customer Returns"). Case, blanks and punctuation do not matter. nullopt: not
// understood. Allocates nothing.
std::optional<Condition> parse_condition(std::string_view text) noexcept;

}  // namespace assay::engine
