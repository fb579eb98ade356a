// A webhook as JSON, in answers and in requests. Private to the module.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include "engine/base/json_writer.hpp"
#include "engine/base/result.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/notifier.hpp"

namespace assay::tools {

// `show_secret`: only in the answers that make one.
void write_webhook(JsonWriter& writer, const notify::Endpoint& endpoint, bool show_secret);

// Without id and tenant. Errors: invalid_argument, naming the member.
Result<notify::Endpoint> new_webhook(const boost::json::object& object,
                                     const notify::ProfileBook& profiles);

// A merge patch (RFC 7396) onto `endpoint`, but for `metadata`, `filter` and lists, which are
// replaced whole; null brings the default back. What comes out is not yet checked as an endpoint.
// Errors: invalid_argument, naming the member.
Result<void> change_webhook(const boost::json::object& object, const notify::ProfileBook& profiles,
                            notify::Endpoint& endpoint);

// {"secret", "grace_seconds", "discard_new"}: what a rotation may name. What is absent is left as
// it is. Errors: invalid_argument, naming the member.
Result<void> read_rotation(const boost::json::object& object, notify::Rotation& rotation);

}  // namespace assay::tools
