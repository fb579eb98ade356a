// Text as a terminal shows it: made safe, measured in columns, cut and padded.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::tools {

// Text from outside made safe for a terminal: line ends and tabs become blanks, other control
// characters (C0, DEL, C1), bytes that are no UTF-8 and bidirectional overrides become `?`.
std::string printable(std::string_view text);

// The columns that a terminal gives to `text`: two for wide characters (CJK, most emoji), none for
// combining ones. For text without control characters. Pure, like the rest.
std::size_t display_width(std::string_view text);

// `text`, if it fits `columns`; else its beginning and an ellipsis, together at most `columns`.
std::string cut_to(std::string_view text, std::size_t columns);

// Filled up with blanks to `columns`: behind or before the text.
std::string pad_right(std::string text, std::size_t columns);
std::string pad_left(const std::string& text, std::size_t columns);

}  // namespace assay::tools
