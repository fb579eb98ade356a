// The words of a title or a note that change what one unit is: lots, bundles, defects, condition.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/analysis/title_text.hpp"
#include "engine/analysis/title_vocabulary.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

struct TextFacts {
    std::int64_t lot_quantity = 1;
    std::int64_t storage_gb = 0;  // the largest that is no working memory; 0: none is named
    bool is_bundle = false, parts_only = false, box_only = false;
    Condition condition = Condition::unknown;  // the worst that the words name

    friend bool operator==(const TextFacts&, const TextFacts&) = default;
};

inline constexpr std::int64_t lot_quantity_max = 1000;

// Of a text in normal form (normalise_text); `raw` is what it was made from. Pure; allocates
// nothing; about 150 ns for a title.
TextFacts read_words(const TextBuffer& normal, std::string_view raw,
                     const TitleVocabulary& vocabulary) noexcept;
// The same of a text as it comes.
TextFacts read_words(std::string_view raw, const TitleVocabulary& vocabulary,
                     DecimalMark mark = DecimalMark::unknown) noexcept;

// The condition that is worth less; unknown only when both are.
Condition worse(Condition a, Condition b) noexcept;

}  // namespace assay::engine
