// Listing: what an offer's title, pictures and details lack on the platform it stands on.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/identity.hpp"
#include "engine/analysis/listing_rules.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

struct ListingDefect {
    Defect defect = Defect::title_too_long;
    std::optional<std::int64_t> value, limit;  // code points, pictures, times

    friend bool operator==(const ListingDefect&, const ListingDefect&) = default;
};

struct Listing {
    bool judged = false;  // there is a listing to judge
    int score = 0;        // 100 less what the defects cost, at least 0
    std::string_view at;  // the platform: ebay
    std::vector<ListingDefect> defects;

    void clear();
};

// Buffers of one thread.
struct ListingScratch {
    std::string text;
    std::vector<std::uint64_t> words;
    std::vector<std::string_view> urls;
};

// Whether a product is a listing rather than a line of a manifest: it says where it stands
// (market.channel or market.marketplace), has a title, and pictures or a description.
bool is_listing(const Product& product) noexcept;

// Pure but for `scratch` and `out`. Leaves `out` unjudged where there is no listing.
void judge_listing(const Product& product, const Identity& identity, const Tables& tables,
                   ListingScratch& scratch, Listing& out);

}  // namespace assay::engine
