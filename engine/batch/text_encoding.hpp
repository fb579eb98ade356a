// What to make of bytes that are not UTF-8, and of blanks beyond ASCII. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace assay::engine {

// Appends `text`, read as Windows-1252 (latin-1 with the euro sign and typographic quotes where
// latin-1 has control characters, as browsers read it), in UTF-8.
void append_latin1(std::string& out, std::string_view text);

// `text` without blanks at both ends, no-break spaces included.
std::string_view trim_blanks(std::string_view text) noexcept;

}  // namespace assay::engine
