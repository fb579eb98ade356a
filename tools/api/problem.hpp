// Errors as RFC 9457 problem documents, and the one place that gives an error code its HTTP status.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.hpp"
#include "tools/api/http_message.hpp"

namespace assay::tools {

int http_status_of(ErrorCode code) noexcept;

// application/problem+json: type, title, status, code, message, then param, line and remedy where
// there are any. 401 carries WWW-Authenticate, 429 and 503 Retry-After.
HttpResponse problem(const Error& error);
// For what has no error code of the engine: a status with a code of the protocol.
HttpResponse problem(int status, std::string_view code, std::string_view message,
                     std::string_view remedy = {});
// The document itself, with further members (JSON, each begun by a comma) at its end.
HttpResponse problem_with(const Error& error, std::string_view further_members);

}  // namespace assay::tools
