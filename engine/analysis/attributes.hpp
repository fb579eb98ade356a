// Attributes: what title, condition and quantity say, in the words that pricing understands.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/evidence.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/analysis/title_tokens.hpp"
#include "engine/analysis/title_words.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// What tells one variant of a product from another. Empty or 0: not named.
struct Variant {
    std::int64_t storage_gb = 0;
    std::string_view color, region, carrier;  // names of the tables, or as given
    std::string_view size;
};

// Texts are views into the title in normal form, the product or the tables.
struct Attributes {
    TextBuffer title;  // in normal form
    TokenList tokens;  // of it
    std::optional<TitleFacts>
        title_facts;  // of the product's own title, as read_title() finds them
    std::string_view brand, model;
    bool brand_from_title = false, model_from_title = false;
    Variant variant;
    std::uint64_t tokens_hash = 0;  // of the set of tokens; 0: there are none
    std::string_view language;      // two letters, given or by its words; empty: cannot be told
    bool language_from_title = false;

    Condition condition = Condition::unknown;  // given, else read from title and notes
    bool condition_from_text = false;
    std::int64_t lot_quantity = 1;  // units in one sale: "lot of 4" is 4
    bool is_bundle = false;         // contents unknown: never divided by lot_quantity
    bool parts_only = false;        // for parts, defective
    bool box_only = false;          // an empty box

    Attributes() = default;
    Attributes(const Attributes&) = delete;  // its views would look into the other one
    Attributes& operator=(const Attributes&) = delete;
    void clear();  // capacity kept

  private:
    friend void read_attributes(const Product& product, const Tables& tables, Attributes& out);
    std::vector<std::uint64_t> hashes_;  // of tokens, while they are read
    std::vector<std::uint64_t> starts_;  // PhraseTable::hash_of() each word of the title
    TextBuffer given_;                   // texts of the product's own fields in normal form
    TokenList field_;                    // of one of those, while it is read
};

// Pure but for `out`; about 2 us for a product with a title of 70 characters.
void read_attributes(const Product& product, const Tables& tables, Attributes& out);
// What was read from words, not given.
void explain_attributes(const Attributes& attributes, EvidenceList& out);

// The same reading for a comparable's title.
TitleFacts read_title(std::string_view title, const TitleVocabulary& vocabulary,
                      DecimalMark mark = DecimalMark::unknown) noexcept;

}  // namespace assay::engine
