// `assay serve`: the server, wired in reading order.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command.hpp"
#include "tools/settings/settings.hpp"

namespace assay::tools {

struct ServeOptions {
    Settings settings;
    bool recover = false;  // start although the store has lost commits
};

void add_serve(CLI::App& application, CommandContext& context);

// "127.0.0.1:8080", "[::1]:0". Errors: invalid_argument.
struct ListenAddress {
    std::string address;
    std::uint16_t port = 0;
};
Result<ListenAddress> parse_listen(const std::string& text);

// The schema of all modules, in the order in which it is made.
std::vector<engine::Migration> all_migrations();

// Runs until SIGTERM or SIGINT, then drains; a second signal ends the program at once. Gives the
// exit code.
int run_serve(const ServeOptions& options, CommandContext& context);

}  // namespace assay::tools
