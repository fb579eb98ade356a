// Any bytes as a title: its normal form is UTF-8 and bounded, and its facts are in range.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "engine/analysis/title_tokens.hpp"
#include "engine/analysis/title_words.hpp"
#include "engine/base/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay;
    using namespace assay::engine;
    // A copy of exactly this size, so that the sanitizer sees any step over its end.
    const std::unique_ptr<char[]> copy(new char[size]);
    for (std::size_t i = 0; i < size; ++i)
        copy[i] = static_cast<char>(data[i]);
    const std::string_view raw(copy.get(), size);
    for (const auto mark : {DecimalMark::unknown, DecimalMark::point, DecimalMark::comma}) {
        TextBuffer normal;
        normalise_text(raw, mark, normal);
        if (normal.size > text_bytes_max || !is_utf8(normal.view())) std::abort();
        TokenList list;
        list.read(normal.view());
        for (const TitleToken& token : list.tokens()) {
            if (token.key.empty() || token.text.empty()) std::abort();
        }
        const TextFacts facts = read_words(normal, raw, shipped_vocabulary());
        if (facts.lot_quantity < 1 || facts.lot_quantity > lot_quantity_max) std::abort();
        if (facts.storage_gb < 0) std::abort();
    }
    return 0;
}
