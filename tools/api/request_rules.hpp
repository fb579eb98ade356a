// Our own rules for a request's head, on top of the HTTP parser's: nothing that two parsers might
// read differently.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "tools/api/http_message.hpp"

namespace assay::tools {

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
bool is_token(std::string_view text) noexcept;        // RFC 9110 token: names and methods
bool is_field_value(std::string_view text) noexcept;  // no control characters but HTAB

// Reads the head (request line to empty line, both included) into `request` and checks it. Refused:
// a folded line, anything but CRLF as line end, no or two Hosts, a Content-Length that is not one
// plain number, a Transfer-Encoding that is not exactly one `chunked` on HTTP/1.1 without
// Content-Length, a target with `#`, a backslash, bytes outside ASCII, `..` or a NUL in any
// spelling, an unknown method, an Expect we do not know, too many fields. Pure.
std::optional<HttpRefusal> read_request_head(std::string_view head, HttpRequest& request);

// Whether a field may stand in the trailer of a chunked body; there, framing and routing fields are
// refused and all others ignored.
bool is_allowed_in_trailer(std::string_view name) noexcept;

}  // namespace assay::tools
