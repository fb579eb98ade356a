// Attributes from a title's words; the words themselves are found by title_words.
// SPDX-License-Identifier: MIT
#include "engine/analysis/attributes.hpp"

#include <algorithm>

#include "engine/analysis/title_words.hpp"

namespace assay::engine {

void Attributes::clear() {
    *this = Attributes{};
}

TitleFacts read_title(std::string_view title) noexcept {
    const TextFacts facts = read_words(title);
    return {facts.lot_quantity, facts.is_bundle, facts.parts_only, facts.box_only};
}

void read_attributes(const Product& product, const Tables&, Attributes& out) {
    out.clear();
    const TextFacts title = read_words(product.title);
    // Notes describe this very piece; their numbers ("2 pcs missing") are no lot.
    const TextFacts notes =
        product.condition_notes.empty() ? TextFacts{} : read_words(product.condition_notes);

    out.condition = product.condition;
    if (out.condition == Condition::unknown) {
        // The ladder is not sorted by worth, but its words are: what is said worse counts.
        out.condition = worse(title.condition, notes.condition);
        out.condition_from_text = out.condition != Condition::unknown;
    }
    out.parts_only = out.condition == Condition::parts || title.parts_only || notes.parts_only;
    out.box_only = title.box_only || notes.box_only;
    out.is_bundle = title.is_bundle;
    out.lot_quantity = product.pack_size > 1 ? product.pack_size : title.lot_quantity;
}

}  // namespace assay::engine
