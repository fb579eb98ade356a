// Where a webhook leads to: channel, URL or recipients, as the API takes and shows them.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/json_writer.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "tools/api/json_body.hpp"

namespace assay::tools {

// Reads `channel`, `url` and `recipients` into the endpoint, and gives it the profile of its
// channel, where `endpoint.profile` names none; a profile that does settles the channel. What is
// absent leaves the endpoint as it is; the checks are the endpoint's own.
void read_target(MemberReader& reader, notify::Endpoint& endpoint,
                 const notify::ProfileBook& profiles);

// Of a new one. Errors: invalid_argument, naming the member that is missing.
Result<void> check_has_target(const notify::Endpoint& endpoint);

// `url`, and `recipients` of mails. Discord's URL is a secret and shows without its token.
void write_target(JsonWriter& writer, const notify::Endpoint& endpoint);

}  // namespace assay::tools
