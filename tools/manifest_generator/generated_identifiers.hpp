// Identifiers as scanners and spreadsheets deliver them: mostly valid, some broken in known ways.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/random.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay::tools {

// The GS1 check digit for the digits before it.
char gs1_check_digit(std::string_view digits) noexcept;

// Fills the identifiers of `out`; about one product in ten gets none.
void generate_identifiers(SeededRandom& random, bool is_book, GeneratedProduct& out);

}  // namespace assay::tools
