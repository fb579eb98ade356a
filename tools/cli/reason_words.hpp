// The codes of verdicts in words.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "tools/cli/terminal.hpp"

namespace assay::tools {

// What a reason code of a verdict means, and how it weighs: "+" for, "-" against, "!" a person must
// look, "?" unknown.
struct ReasonWords {
    std::string_view sentence;
    std::string_view mark;
    Ink ink = Ink::none;
};
// A code that is not in the list is judged by its ending ("_ok", "_low", "_unknown", "_review").
// Pure.
ReasonWords reason_words(std::string_view code) noexcept;

// "buy" -> "BUY"; "insufficient_data" -> "not enough data". Pure.
std::string decision_words(std::string_view decision);
// "sold_comps" -> "sold comparables". Pure.
std::string basis_words(std::string_view basis);

}  // namespace assay::tools
