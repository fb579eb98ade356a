// Any bytes as a title: a quantity in range, and never a read beyond the end.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "engine/analysis/title_words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // A copy of exactly this size, so that the sanitizer sees any step over its end.
    const std::unique_ptr<char[]> copy(new char[size]);
    for (std::size_t i = 0; i < size; ++i)
        copy[i] = static_cast<char>(data[i]);
    const auto facts = assay::engine::read_words(std::string_view(copy.get(), size));
    if (facts.lot_quantity < 1 || facts.lot_quantity > assay::engine::lot_quantity_max)
        std::abort();
    return 0;
}
