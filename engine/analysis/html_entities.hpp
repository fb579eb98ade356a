// HTML entities in a text: "&amp;", "&#8211;", "&#x2013;" become the characters they name.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/analysis/text_buffer.hpp"

namespace assay::engine {

// Whether there is anything to decode: an ampersand with a semicolon somewhere behind it.
bool may_hold_entities(std::string_view text) noexcept;

// Decodes `text` into `out`, which ends where it is full. What names no character stays as it is.
// "&amp;quot;", as feeds that were escaped twice have it, is decoded twice. Any bytes may come in.
void decode_entities(std::string_view text, TextBuffer& out) noexcept;

}  // namespace assay::engine
