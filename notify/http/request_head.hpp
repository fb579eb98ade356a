// The bytes of a request before its body (private to http).
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/endpoint/url.hpp"

namespace assay::notify {

// "POST /hooks HTTP/1.1\r\nHost: example.com\r\nAccept-Encoding: identity\r\n": the part that every
// request to one URL shares.
std::string request_prefix(const Url& url);

// `prefix`, the request's headers, Content-Length and the empty line, into `out` (cleared first).
// The last guard before the wire: refuses what is no header, and framing headers, which are ours.
// Errors: invalid_argument.
Result<void> write_request_head(const std::string& prefix, const SignedRequest& request,
                                std::string& out);

}  // namespace assay::notify
