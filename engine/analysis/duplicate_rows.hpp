// The rows of a batch as they are compared: in the order of their ids, tokens weighed by rarity.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/duplicates.hpp"

namespace assay::engine {

// Every number here is a row in the order of product ids, so nothing depends on the order in which
// the products came.
class DuplicateRows {
  public:
    explicit DuplicateRows(std::vector<FeatureBlock> blocks);
    DuplicateRows(const DuplicateRows&) = delete;  // models are views into its own texts
    DuplicateRows& operator=(const DuplicateRows&) = delete;

    struct Row {
        ProductFeatures features;
        float weight = 0;  // of all its tokens
        std::uint32_t models_from = 0, models_until = 0;
    };
    struct Model {
        std::string_view text;
        FeatureKind kind = FeatureKind::model;
    };

    std::size_t size() const noexcept { return rows_.size(); }
    const Row& row(std::size_t row) const noexcept { return rows_[row]; }
    std::string_view id(std::size_t row) const noexcept {
        const ProductFeatures& of = rows_[row].features;
        return std::string_view(texts_).substr(of.id_at, of.id_size);
    }
    // Sorted; word_of() is a word number here.
    std::span<const FeatureToken> tokens(std::size_t row) const noexcept {
        return {tokens_.data() + rows_[row].features.tokens_at, rows_[row].features.token_count};
    }
    // Those rare enough to name a product.
    std::span<const Model> models(std::size_t row) const noexcept {
        return {models_.data() + rows_[row].models_from, models_.data() + rows_[row].models_until};
    }
    float weight(std::uint32_t word) const noexcept { return weights_[word]; }
    // The rows that hold a word, in order; empty for one that too many hold, or only one.
    std::span<const std::uint32_t> holders(std::uint32_t word) const noexcept {
        return {holders_.data() + holders_from_[word], holders_.data() + holders_from_[word + 1]};
    }

  private:
    void gather(std::vector<FeatureBlock> blocks);
    void number_words();
    void list_holders();
    // Where `hash` is among the sorted ones, or would be.
    std::vector<std::uint32_t>::const_iterator place_of(std::uint32_t hash) const noexcept;
    void list_models();

    std::vector<Row> rows_;
    std::vector<FeatureToken> tokens_;
    std::string texts_;
    std::vector<std::uint32_t> hashes_;       // of the words, sorted: a word's number is its place
    std::vector<std::uint32_t> bucket_from_;  // of them, by their upper bits
    std::vector<std::uint32_t> frequencies_;
    std::vector<float> weights_;
    std::vector<std::uint32_t> holders_, holders_from_;
    std::vector<Model> models_;
};

// Words that more rows hold than this lead to no candidates and are no models.
inline constexpr std::uint32_t rare_frequency_max = 50;
inline constexpr std::size_t candidates_max = 200;  // of one row

struct PairScore {
    bool conflict = false;  // they cannot be the same; the rest may be left out then
    float score = 0;
    std::uint8_t signals = 0;
};
// Symmetric.
PairScore score_pair(const DuplicateRows& rows, std::size_t a, std::size_t b,
                     const Defaults& defaults) noexcept;

}  // namespace assay::engine
