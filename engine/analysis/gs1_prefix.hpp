// GS1 prefixes: which organisation issued a number, and which numbers name no product of the world.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace assay::engine {

enum class Gs1Use { product, restricted, coupon, receipt, serial, book, music, reserved };

struct Gs1Prefix {
    std::string_view issuer;  // "GS1 Germany"; empty: not allocated. Never the country of origin
    Gs1Use use = Gs1Use::product;
};

// `prefix`: the first three digits of a GTIN-13, 0..999.
Gs1Prefix gs1_prefix(int prefix) noexcept;

// The same for a GTIN-8, whose prefixes 0 and 2 are kept for use inside a company.
Gs1Prefix gs1_prefix_8(int prefix) noexcept;

}  // namespace assay::engine
