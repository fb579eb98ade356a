// Names and values of HTTP headers: their syntax, and which names nobody may choose.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace assay::notify {

// A token of RFC 9110, 5.6.2, of 1..128 characters.
bool is_header_name(std::string_view text) noexcept;
// Printable ASCII, blanks and tabs, at most limits::header_value_bytes_max of them.
bool is_header_value(std::string_view text) noexcept;

// Framing, what we set ourselves, and what would say something untrue about the connection; in any
// case. Neither a profile nor a user may give these a value.
bool is_reserved_header(std::string_view name) noexcept;

// Equal but for the case of ASCII letters.
bool same_header_name(std::string_view a, std::string_view b) noexcept;

}  // namespace assay::notify
