// A user's own brands or words of any bytes: refused with a place, or tables that titles can be
// read with.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/table_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::engine;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    DataFile file("fuzz", bytes);
    Tables tables;
    const bool is_list = read_lists(file.root(), tables);
    const auto done = file.finish();
    if (!done && done.error().message.empty()) std::abort();
    if (!is_list || !done) return 0;
    Product product;
    product.title = bytes;
    Attributes attributes;
    read_attributes(product, tables, attributes);
    if (attributes.lot_quantity < 1 || attributes.lot_quantity > lot_quantity_max) std::abort();
    return 0;
}
