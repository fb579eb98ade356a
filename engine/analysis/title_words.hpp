// The words of a title or a note that change what one unit is: lots, bundles, defects, condition.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/batch/product.hpp"

namespace assay::engine {

struct TextFacts {
    std::int64_t lot_quantity = 1;
    bool is_bundle = false, parts_only = false, box_only = false;
    Condition condition = Condition::unknown;  // the worst that the words name
};

inline constexpr std::size_t text_bytes_read_max = 1024;  // nobody hides a defect behind that
inline constexpr std::int64_t lot_quantity_max = 1000;

// English and German, case folded where it is ASCII; any bytes may come in. Reads the first
// text_bytes_read_max bytes. Pure; allocates nothing; about 200 ns for a title.
TextFacts read_words(std::string_view text) noexcept;

// The condition that is worth less; unknown only when both are.
Condition worse(Condition a, Condition b) noexcept;

}  // namespace assay::engine
