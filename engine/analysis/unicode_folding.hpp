// Text beyond ASCII, folded: NFKC and full case folding, punctuation brought down to ASCII.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/analysis/text_buffer.hpp"

namespace assay::engine {

// Bytes of `out` from 0x80 up are letters, marks and digits only; symbols and pictures are blanks.
// ASCII characters come through as they are. Dashes, quotation marks and the multiplication sign
// become -, ', " and x; trade mark signs vanish before NFKC would spell them out. Invalid bytes
// are blanks. Ends where `out` is full. Allocates nothing. Latin letters take about 2 ns a byte,
// everything else goes through utf8proc (30 to 40 ns a character).
void fold_unicode(std::string_view text, TextBuffer& out) noexcept;

// The same by utf8proc alone, to hold the short way against.
void fold_unicode_by_library(std::string_view text, TextBuffer& out) noexcept;

}  // namespace assay::engine
