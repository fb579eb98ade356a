// The commands over a server's deliveries: list, get, explain, and sending them again.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "tools/cli/client_action.hpp"

namespace assay::tools {

void add_deliveries(CLI::App& application, CommandContext& context);

// What `deliveries` and `webhooks` have in common.
struct DeliveryOptions {
    ServerOptions server;
    std::string id;       // of a delivery, or of the webhook in `webhooks`
    std::string webhook;  // the webhook to look at
    std::string status, type, since, until, after;
    std::int64_t limit = 20;
    bool dry_run = false;
    bool body = false;
};

// A page as a table, newest first; of `options.webhook`, or of all.
int list_deliveries(const DeliveryOptions& options, ApiClient& client, CommandContext& context);
int redeliver(const DeliveryOptions& options, ApiClient& client, CommandContext& context);
// All that match, page after page; with --dry-run only their number.
int replay(const DeliveryOptions& options, ApiClient& client, CommandContext& context);
// What a webhook missed since a time, page after page.
int recover(const DeliveryOptions& options, ApiClient& client, CommandContext& context);

// --status, --type, --since, --until.
void add_delivery_query(CLI::App& command, DeliveryOptions& options);
// The same of what can be sent again, and --dry-run.
void add_replay_query(CLI::App& command, DeliveryOptions& options);
// --limit and --after, where a page is shown.
void add_delivery_page(CLI::App& command, DeliveryOptions& options);

}  // namespace assay::tools
