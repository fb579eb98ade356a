// Options, environment and answers of the commands that talk to a server.
// SPDX-License-Identifier: MIT
#include "tools/cli/server_options.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "engine/base/encoding.hpp"
#include "tools/cli/client_action.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {

void add_server_options(CLI::App& command, ServerOptions& options) {
    add_setting_option(command, options.flags, "--server", "client.server", "URL");
    add_setting_option(command, options.flags, "--key", "client.key", "KEY")
        ->description(
            "API key; better in ASSAY_API_KEY or a key file, where other users cannot "
            "read it");
    add_config_option(command, options.flags);
    command.add_flag("--json", options.json, "Answer in JSON, errors too, for scripts");
}

Result<ApiClient> connect(const ServerOptions& options, const CommandContext& context) {
    const auto loaded = settings_of(options.flags, context);
    if (!loaded) return loaded.error();
    auto key = api_key(*loaded);
    if (!key) return std::move(key).error();
    return ApiClient::make({loaded->settings.client.server, *std::move(key)});
}

Result<std::optional<std::chrono::milliseconds>> timeout_of(const std::string& text) {
    if (text.empty()) return std::optional<std::chrono::milliseconds>();
    auto duration = parse_duration(text);
    if (!duration) {
        duration.error().field = "--timeout";
        return std::move(duration).error();
    }
    return std::optional(*duration);
}

const boost::json::value* member(const boost::json::value& object, std::string_view name) {
    return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

std::string text_member(const boost::json::value& object, std::string_view name,
                        std::string_view fallback) {
    const auto* value = member(object, name);
    if (value == nullptr || !value->is_string()) return std::string(fallback);
    return std::string(value->get_string());
}

std::string joined_member(const boost::json::value& object, std::string_view name) {
    const auto* list = member(object, name);
    std::string text;
    if (list == nullptr || !list->is_array()) return text;
    for (const auto& item : list->get_array()) {
        if (!item.is_string()) continue;
        if (!text.empty()) text += ", ";
        text += printable(item.get_string());
    }
    return text;
}

std::int64_t integer_member(const boost::json::value& object, std::string_view name,
                            std::int64_t fallback) {
    const auto* value = member(object, name);
    return value != nullptr && value->is_int64() ? value->get_int64() : fallback;
}

std::string url_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool unreserved = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
                                c == '~';
        if (unreserved) {
            encoded += c;
        } else {
            encoded += '%';
            encoded += to_hex({&c, 1});
        }
    }
    return encoded;
}

Result<boost::json::array> all_pages(ApiClient& client, const std::string& path) {
    boost::json::array items;
    std::string after;
    for (;;) {
        auto page =
            client.get(path + "?limit=100" + (after.empty() ? "" : "&after=" + url_encoded(after)));
        if (!page) return std::move(page).error();
        if (const auto* data = member(*page, "data"); data != nullptr && data->is_array())
            items.insert(items.end(), data->get_array().begin(), data->get_array().end());
        const auto* more = member(*page, "has_more");
        after = text_member(*page, "next");
        if (more == nullptr || !more->is_bool() || !more->get_bool() || after.empty()) return items;
    }
}

void print_json_list(CommandContext& context, boost::json::array items) {
    print_json(context, boost::json::object{{"object", "list"},
                                            {"data", std::move(items)},
                                            {"has_more", false},
                                            {"next", nullptr}});
}

void print_json(CommandContext& context, const boost::json::value& value) {
    context.out << boost::json::serialize(value) << '\n';
}

}  // namespace assay::tools
