// Any bytes as any identifier: what comes out keeps its form.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/analysis/identity.hpp"
#include "engine/base/check_digits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::engine;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    Identity identity;
    for (std::string_view Identifiers::*field :
         {&Identifiers::gtin, &Identifiers::upc, &Identifiers::ean, &Identifiers::isbn,
          &Identifiers::asin, &Identifiers::imei}) {
        Product product;
        product.identifiers.*field = text;
        identify(product, identity);
        const bool form =
            (identity.gtin14.empty() ||
             (identity.gtin14.size() == 14 && assay::has_gs1_check(identity.gtin14))) &&
            (identity.isbn13.empty() ||
             (identity.isbn13.size() == 13 && assay::has_gs1_check(identity.isbn13))) &&
            (identity.asin.empty() || identity.asin.size() == 10) &&
            (identity.imei.empty() ||
             (identity.imei.size() == 15 && assay::has_luhn_check(identity.imei)));
        if (!form || identity.kind.empty()) std::abort();
    }
    // Two fields at once, from the two halves.
    Product product;
    product.identifiers.isbn = text.substr(0, size / 2);
    product.identifiers.gtin = text.substr(size / 2);
    identify(product, identity);
    return 0;
}
