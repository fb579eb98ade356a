// Attributes: what title, condition and quantity say, in the words that pricing understands.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

struct Attributes {
    Condition condition = Condition::unknown;  // given, else read from title and notes
    bool condition_from_text = false;
    std::int64_t lot_quantity = 1;  // units in one sale: "lot of 4" is 4
    bool is_bundle = false;         // contents unknown: never divided by lot_quantity
    bool parts_only = false;        // for parts, defective
    bool box_only = false;          // an empty box

    void clear();
};

void read_attributes(const Product& product, const Tables& tables, Attributes& out);

// The same reading for a comparable's title.
TitleFacts read_title(std::string_view title) noexcept;

}  // namespace assay::engine
