// Product features: what the first pass keeps of a product, for deciding which ones are the same.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// A token is the upper 30 bits of its hash and its kind: what it can say about a product.
enum class FeatureKind : std::uint8_t { word, number, part, model };
using FeatureToken = std::uint32_t;
constexpr FeatureKind kind_of(FeatureToken token) noexcept {
    return static_cast<FeatureKind>(token & 3U);
}
constexpr std::uint32_t word_of(FeatureToken token) noexcept {
    return token >> 2;
}

enum class PriceKind : std::uint8_t { none, msrp, target, cost };

struct ProductFeatures {
    std::uint64_t index = 0;
    std::uint64_t gtin = 0, asin = 0, imei = 0, title = 0;  // hashes; 0: none
    std::uint32_t id_at = 0, models_at = 0, tokens_at = 0;  // in the texts and tokens of the block
    std::int32_t storage_gb = 0, lot_quantity = 1;
    float log_price = 0;
    std::array<char, 3> currency{};
    PriceKind price = PriceKind::none;
    std::uint8_t id_size = 0, models_size = 0, token_count = 0;
    std::uint8_t quality = 0;  // how much is known of it: the best row stands for its group
    std::uint8_t region = 0, size = 0, color = 0;  // of a hash; 0: none
    // What a unit holds, "330ml" or "0.33 l": the dimension in the upper two bits, a hash of the
    // amount below; 0: not said, or several.
    std::uint16_t content = 0;
    bool is_bundle = false, box_only = false;
    // Sets of those that the title names, a bit each (title_synonyms.hpp).
    std::uint16_t editions = 0, platforms = 0;
};
static_assert(sizeof(ProductFeatures) <= 88);

// What is kept of one product at most; a usual one (an id of 36 bytes, a title of 70) takes 190.
inline constexpr std::size_t feature_tokens_max = 40;
inline constexpr std::size_t feature_models_bytes_max = 64;

// The features of consecutive products.
struct FeatureBlock {
    std::vector<ProductFeatures> rows;
    std::vector<FeatureToken> tokens;  // sorted per product
    std::string texts;                 // ids, and model tokens ended by a blank

    std::string_view id(const ProductFeatures& row) const noexcept {
        return std::string_view(texts).substr(row.id_at, row.id_size);
    }
    std::string_view models(const ProductFeatures& row) const noexcept {
        return std::string_view(texts).substr(row.models_at, row.models_size);
    }
    std::size_t bytes() const noexcept {
        return rows.capacity() * sizeof(ProductFeatures) +
               tokens.capacity() * sizeof(FeatureToken) + texts.capacity();
    }
};

// Adds a product; pure but for `out`.
void append_features(const Product& product, std::uint64_t index, const Identity& identity,
                     const Attributes& attributes, FeatureBlock& out);

}  // namespace assay::engine
