// What every command that talks to a server shares: where it is, the key, and reading its answers.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/cli/client.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

struct ServerOptions {
    std::string server;  // empty: ASSAY_SERVER, else the default of `assay serve`
    std::string key;     // empty: ASSAY_API_KEY
    bool json = false;   // answers as JSON, for scripts
};

// --server, --key and --json; `options` outlives the application.
void add_server_options(CLI::App& command, ServerOptions& options);
Result<ApiClient> connect(const ServerOptions& options, const CommandContext& context);

// Members of an answer; the fallback where they are missing or of another type.
std::string text_member(const boost::json::value& object, std::string_view name,
                        std::string_view fallback = "");
std::int64_t integer_member(const boost::json::value& object, std::string_view name,
                            std::int64_t fallback = 0);
const boost::json::value* member(const boost::json::value& object, std::string_view name);
// The texts of a list, made printable, as "a, b".
std::string joined_member(const boost::json::value& object, std::string_view name);

// `text` percent-encoded as one path segment or query value (RFC 3986, unreserved characters stay).
std::string url_encoded(std::string_view text);

// The answer as one line of JSON.
void print_json(CommandContext& context, const boost::json::value& value);

// Text from a server or a receiver made safe for a terminal: control characters become `?`.
std::string printable(std::string_view text);

}  // namespace assay::tools
