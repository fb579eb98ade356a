// keys create|list|revoke: who may talk to a server.
// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <ostream>

#include "tools/cli/client_action.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/webhooks.hpp"

namespace assay::tools {
namespace {

struct KeyOptions {
    ServerOptions server;
    std::string id, name, expires, tenant;
    std::vector<std::string> scopes;
};

int run_create(const KeyOptions& options, ApiClient& client, CommandContext& context) {
    boost::json::object body;
    if (!options.name.empty()) body["name"] = options.name;
    if (!options.scopes.empty()) {
        body["scopes"] = boost::json::array(options.scopes.begin(), options.scopes.end());
    }
    if (!options.expires.empty()) body["expires_at"] = options.expires;
    if (!options.tenant.empty()) body["tenant_id"] = options.tenant;
    auto key = client.post("/v1/keys", body);
    if (!key) return report(context, key.error());
    if (options.server.json) {
        print_json(context, *key);
    } else {
        context.out << text_member(*key, "key") << '\n';
        context.error << shown_once;
    }
    return exit_ok;
}

int run_list(const KeyOptions& options, ApiClient& client, CommandContext& context) {
    auto keys = all_pages(client, "/v1/keys");
    if (!keys) return report(context, keys.error());
    if (options.server.json) {
        print_json_list(context, *std::move(keys));
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "SCOPES", "CREATED", "EXPIRES", "NAME"}};
    for (const auto& key : *keys) {
        rows.push_back({printable(text_member(key, "id")), joined_member(key, "scopes"),
                        printable(text_member(key, "created_at")),
                        printable(text_member(key, "expires_at", "-")),
                        printable(text_member(key, "name"))});
    }
    context.out << aligned(rows, {table_columns(context), {1, 4}, {}});
    return exit_ok;
}

int run_revoke(const KeyOptions& options, ApiClient& client, CommandContext& context) {
    auto answer = client.remove("/v1/keys/" + url_encoded(options.id));
    if (!answer) return report(context, answer.error());
    if (options.server.json) print_json(context, *answer);
    return exit_ok;
}

}  // namespace

void add_keys(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<KeyOptions>();
    CLI::App* keys = application.add_subcommand("keys", "API keys of a server");
    keys->group(group_client);
    keys->require_subcommand(1);
    CLI::App* create = add_client_action(*keys, "create", "Make a key; shows it once", options,
                                         context, run_create);
    create
        ->add_option("--scopes", options->scopes,
                     "What it may do: submit, read, manage, admin; default: submit,read")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("SCOPE,...");
    create->add_option("--expires", options->expires, "When it ends, e.g. 2027-01-31T00:00:00Z")
        ->type_name("TIME");
    create
        ->add_option("--tenant", options->tenant,
                     "For this tenant; with a key of whoever runs the server")
        ->type_name("ID");
    create->add_option("--name", options->name, "A note to yourself")->type_name("TEXT");
    add_client_action(*keys, "list", "All keys, without their secrets", options, context, run_list);
    add_client_action(*keys, "revoke", "End a key at once", options, context, run_revoke)
        ->add_option("id", options->id, "The key's id (ak_...)")
        ->required()
        ->type_name("");
    keys->footer("Example: assay keys create --scopes submit,read --name warehouse\n");
}

}  // namespace assay::tools
