// An action of a command group that talks to a server: connect, run, report.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "tools/cli/server_options.hpp"

namespace assay::tools {

// Said where a secret was printed.
inline constexpr std::string_view shown_once =
    "Keep the secret now: it is shown this once and can never be read again.\n";

// Every item of a list, page after page. `path` without a query.
Result<boost::json::array> all_pages(ApiClient& client, const std::string& path);

// They as one list, in the form that the server gives lists.
void print_json_list(CommandContext& context, boost::json::array items);

// Adds `name` to `parent`. `options` has a member `server`; all actions of a group may share it.
template <class Options>
CLI::App* add_client_action(CLI::App& parent, const char* name, const char* purpose,
                            const std::shared_ptr<Options>& options, CommandContext& context,
                            int (*run)(const Options&, ApiClient&, CommandContext&)) {
    CLI::App* command = parent.add_subcommand(name, purpose);
    command->footer("");  // not the example that its group has by now
    add_server_options(*command, options->server);
    command->callback([options, &context, run] {
        auto client = connect(options->server, context);
        context.exit_code =
            client ? run(*options, *client, context) : report(context, client.error());
    });
    return command;
}

}  // namespace assay::tools
