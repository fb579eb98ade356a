// Two shops with a made-up catalogue of software and electronics, one kind of noise at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tests/engine/analysis/labelled_shops.hpp"

namespace assay::testing {

// How often the second shop does to a title what the first one does not; 0 to 1.
struct Noise {
    double dropped = 0;      // of each word of the name
    double reordered = 0;    // of a title
    double no_brand = 0;     // the maker stands neither in title nor field
    double model_form = 0;   // DSC-W120 as DSCW120, DSC W120, W120 or DSC-W120/B
    double model_field = 0;  // the model stands in its field and not in the title
    double abbreviated = 0;  // of each word that has a short form
    double version = 0;      // v7 for 7.0, none at all, or the systems it runs on beside it
    double added = 0;        // of a title: part numbers, media, what is in the box
    double misspelt = 0;     // of a title: one word of it
    double price = 0.05;     // how far prices stand apart: the deviation of their logarithms
};

struct NamedNoise {
    std::string_view name;
    Noise noise;
};
// Each kind alone and heavily, then all of them as shops mix them.
std::span<const NamedNoise> kinds_of_noise() noexcept;

enum class Catalogue : std::uint8_t { software, electronics };

// The same for the same seed. The first shop sells 1,100 products; the second most of those, some
// of them twice, and twice as many others, above all their siblings: the next version, another
// edition, the next model of a line, another colour.
LabelledShops noisy_shops(Catalogue catalogue, const Noise& noise, std::uint32_t seed);

}  // namespace assay::testing
