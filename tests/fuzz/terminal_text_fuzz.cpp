// Any bytes as a title on a terminal: nothing steers it, and every cut keeps its width.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include "engine/base/utf8.hpp"
#include "tools/cli/text_width.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string safe = tools::printable(bytes);
    if (!is_utf8(safe) || tools::printable(safe) != safe) std::abort();
    for (const char c : safe) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7F) std::abort();
    }
    for (const std::size_t columns : {0U, 1U, 2U, 9U, 40U}) {
        const std::string cut = tools::cut_to(safe, columns);
        if (tools::display_width(cut) > columns || !is_utf8(cut)) std::abort();
    }
    return 0;
}
