// Identity: which product this is, by identifiers whose check digits hold.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/evidence.hpp"
#include "engine/base/check_digits.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// All views are literals.
struct Identity {
    // Canonical; empty: none. gtin14 is also set for numbers that only mean something inside one
    // company (tag restricted_circulation): such a number identifies nothing and is not `valid`.
    // imei is masked when rendered.
    std::string gtin14, isbn13, asin, imei;
    // Of the identifier that counts most: ean_13, upc_a, upc_e, gtin_8, gtin_14, isbn_10, isbn_13,
    // asin, imei, none.
    std::string_view kind;
    bool gtin_usable = false;  // gtin14 is set and names one product of the world
    bool valid = false;        // at least one identifier whose check holds
    std::string_view issuer;   // of the GS1 prefix: "GS1 US"; never the country of origin
    // leading_zero, separators, full_width_digits, excel_text, float_suffix, scientific_notation,
    // reconstructed, imeisv
    std::vector<std::string_view> repairs;
    std::vector<std::string_view> conflicts;  // identifier_conflict
    // restricted_circulation, not_a_product, ismn, packaging_level, lossy_numeric, numeric,
    // placeholder, check_digit, length, characters, also_upc_e, also_gtin_8, no_check_digit
    std::vector<std::string_view> tags;

    void clear();
};

// Reads every identifier of the product; a broken one leaves a tag and never an error. Pure;
// allocates only where a vector of `out` grows.
void identify(const Product& product, Identity& out);

// One entry for what identifies the product, and for each repair, fault and conflict.
void explain_identity(const Identity& identity, EvidenceList& out);

}  // namespace assay::engine
