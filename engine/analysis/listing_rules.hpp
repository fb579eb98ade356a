// What a listing is held against: limits by platform, phrases, and what each defect costs.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/data_file.hpp"
#include "engine/analysis/phrase_index.hpp"

namespace assay::engine {

enum class Defect : std::uint8_t {
    title_too_long,
    title_too_short,
    all_caps,
    promo_phrase,
    forbidden_char,
    repeated_word,
    brand_missing_from_title,
    no_identifier,
    invalid_identifier,
    too_few_images,
    duplicate_image_url,
    no_description,
    html_in_description,
    missing_condition,
    missing_dims_weight,
};
inline constexpr std::size_t defect_count = 15;
std::string_view to_string(Defect defect) noexcept;

struct ListingLimits {
    std::string platform;                        // ebay; "any" holds where a channel has no entry
    std::int64_t title_max = 0, title_good = 0;  // code points
    std::int64_t images_needed = 0, images_good = 0;
    std::vector<std::string> forbidden;  // characters that no title may hold
    std::int64_t repeats_max = 0;        // of one word; 0: no limit
    bool measures = false;               // wants weight and dimensions
};

struct ListingRules {
    std::vector<ListingLimits> platforms;
    PhraseIndex promo_phrases, stop_words;
    std::array<int, defect_count> costs{};  // of the 100 of the score

    // The entry of a platform, else that of "any", which is always there.
    const ListingLimits& limits_of(std::string_view platform) const noexcept;
};

// From data/analysis/listings.json. Faults stay in the node's file.
ListingRules read_listing_rules(const DataNode& root);

}  // namespace assay::engine
