// Fuzzes the product parser: any bytes give a product or a fault, and what is echoed can be read
// again.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/limits.hpp"
#include "engine/batch/product_parser.hpp"

namespace {

using namespace assay;
using namespace assay::engine;

void insist(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto unit = data[0] % 2 == 0 ? MoneyUnit::minor : MoneyUnit::major;
    const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
    ProductParser parser;
    Product product;
    const auto fault = parser.parse(json, "id", unit, product);
    if (fault) {
        insist(!fault->message.empty());
        return 0;
    }
    insist(product.quantity >= 1 && product.quantity <= limits::quantity_max);
    insist(product.comparables.size() <= limits::comparables_max);
    for (const Comparable& comparable : product.comparables)
        insist(comparable.price > 0 && comparable.shipping >= 0);
    insist(product.product_data.find('\n') == std::string_view::npos);
    // The echo is a JSON object that parses, and echoes itself.
    const std::string echo(product.product_data);
    const auto again = parser.parse(echo, "id", unit, product);
    if (!again) insist(product.product_data.size() <= echo.size() + 8);
    insist(!again || again->code == ErrorCode::invalid_input);
    return 0;
}
