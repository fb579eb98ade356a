// Duplicates: which products of a batch are the same, decided over all of them at once.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/evidence.hpp"
#include "engine/analysis/product_features.hpp"
#include "engine/analysis/tables.hpp"

namespace assay::engine {

enum class DuplicateRole : std::uint8_t { unique, canonical, member };
std::string_view to_string(DuplicateRole role) noexcept;

// What two products have in common; bits of a mask.
enum class DuplicateSignal : std::uint8_t { gtin, asin, imei, model, title, words, price };
inline constexpr std::size_t duplicate_signal_count = 7;
std::string_view to_string(DuplicateSignal signal) noexcept;
constexpr std::uint8_t bit(DuplicateSignal signal) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(signal));
}

// One product's place. Texts live as long as the groups, or as the product for one that is alone.
struct Duplicates {
    bool compared = false;  // false: it was not among those that were held against each other
    DuplicateRole role = DuplicateRole::unique;
    std::string_view group;    // the smallest product_id of the group; its own where it is alone
    std::string_view of;       // the group's best row; empty for that one and for one alone
    double score = 0;          // of its closest in the group, 0 to 1
    std::uint8_t signals = 0;  // what it shares with that one

    void clear() { *this = Duplicates{}; }
};
void explain_duplicates(const Duplicates& duplicates, EvidenceList& out);

// The answer for a whole batch. Immutable once decided: any number of threads may ask.
class DuplicateGroups {
  public:
    // `product_id` is what a product that is alone is grouped under.
    Duplicates find(std::uint64_t index, std::string_view product_id) const noexcept;
    std::int64_t groups() const noexcept { return groups_; }    // of two products and more
    std::int64_t members() const noexcept { return members_; }  // beside the canonical ones

  private:
    friend DuplicateGroups decide_duplicates(std::vector<FeatureBlock> blocks,
                                             const Defaults& defaults, int threads);
    struct Place {
        std::uint64_t index = 0;
        std::uint32_t group = 0, best = 0;  // rows
        float score = 0;
        std::uint8_t signals = 0;
        bool compared = false;
    };
    std::string_view id(std::uint32_t row) const noexcept;

    std::vector<Place> places_;         // of the rows in groups, by index
    std::vector<std::uint64_t> alone_;  // indices of the others that were compared, sorted
    std::string ids_;                   // of rows that name a group or stand for one
    struct Name {
        std::uint32_t row = 0, at = 0, size = 0;
    };
    std::vector<Name> names_;  // by row
    std::int64_t groups_ = 0, members_ = 0;
};

// Candidates: exact identifiers and rare tokens. Two are joined when each is the other's best over
// a score of shared words, model and price, and nothing contradicts it; groups are what hangs
// together (docs/analysis.md). Pure: the same products in any order and any blocks give the same
// groups, and so does any number of threads (1 or more; the caller waits for all). Takes about 4 us
// of each of two threads a product and, beside the features, up to 1.5 KB for each.
DuplicateGroups decide_duplicates(std::vector<FeatureBlock> blocks, const Defaults& defaults,
                                  int threads = 1);

}  // namespace assay::engine
