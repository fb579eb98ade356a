// The settings of an endpoint as options of `webhooks create` and `update`, and as the API takes
// them.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {

struct WebhookOptions {
    ServerOptions server;
    std::string id, url, channel, description, profile, secret_file;
    std::string type;    // of a test
    std::string grace;   // of a rotation: 24h
    std::string filter;  // JSON, or "none"
    std::vector<std::string> events, recipients, headers, retry, also_sign_with, allowed_ips;
    double rate_limit = 0;       // 0: not given
    std::int64_t store_id = -1;  // none
    // As they are written; "default" takes one back, empty: not given.
    std::string success, payload, timeout, max_in_flight, max_body_bytes, digest;
    std::optional<bool> strict;
    std::vector<std::string> metadata;  // key=value
    // What may be secret, from a file instead of the command line.
    std::string url_file, header_file;
};

// What creation and change have in common; `options` outlives the application.
void add_webhook_settings(CLI::App& command, WebhookOptions& options);

// What was given, and nothing else: the body of a creation or a change. Errors: invalid_argument
// with the option as field.
Result<boost::json::object> settings_of(const WebhookOptions& options);

}  // namespace assay::tools
