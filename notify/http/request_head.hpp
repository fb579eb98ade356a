// The bytes of a request before its body (private to http).
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/endpoint/url.hpp"

namespace assay::notify {

// What every request to one destination begins with: "POST /hooks HTTP/1.1\r\nHost: example.com\r\n
// Accept-Encoding: identity\r\n" and the destination's own headers. Errors: invalid_argument: a URL
// or a header that cannot be written.
Result<std::string> request_prefix(const Url& url, const HeaderLines& headers);

// `prefix`, the request's own headers, Content-Length and the empty line, into `out` (cleared
// first). Errors: invalid_argument, when a header was refused as it was written.
Result<void> write_request_head(std::string_view prefix, const SignedRequest& request,
                                std::string& out);

}  // namespace assay::notify
