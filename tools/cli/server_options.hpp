// What every command that talks to a server shares: where it is, the key, and reading its answers.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/cli/client.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/setting_flags.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {

struct ServerOptions {
    SettingFlags flags;  // --server, --key, --config; the rest of the configuration behind them
    bool json = false;   // answers as JSON, for scripts
};

// --server, --key, --config and --json; `options` outlives the application.
void add_server_options(CLI::App& command, ServerOptions& options);
Result<ApiClient> connect(const ServerOptions& options, const CommandContext& context);

// --timeout: nullopt where it was not given. Errors: invalid_argument.
Result<std::optional<std::chrono::milliseconds>> timeout_of(const std::string& text);

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

}  // namespace assay::tools
