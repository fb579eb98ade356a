// Passes a received request on to another server, as it came.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/base/result.hpp"
#include "tools/api/http_message.hpp"

namespace assay::tools {

// Method, headers (but those of the hop, RFC 9110, 7.6.1) and body unchanged; gives the status that
// came back. Blocks for 30 s at most. Redirects are not followed. Errors: connect_failed, timeout.
Result<int> forward(const std::string& url, const HttpRequest& request, const std::string& body);

}  // namespace assay::tools
