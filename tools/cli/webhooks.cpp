// webhooks and keys: options, help, and what they print.
// SPDX-License-Identifier: MIT
#include "tools/cli/webhooks.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <istream>
#include <memory>
#include <ostream>

#include "tools/cli/client_action.hpp"
#include "tools/cli/deliveries.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/webhook_settings.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

Result<std::string> read_secret(const std::string& file, CommandContext& context) {
    std::string secret;
    if (file == "-") {
        std::getline(context.in, secret);
    } else {
        std::ifstream in(file);
        if (!in) return fail(ErrorCode::invalid_argument, "cannot read " + file, "--secret-file");
        std::getline(in, secret);
    }
    while (!secret.empty() && (secret.back() == '\r' || secret.back() == ' '))
        secret.pop_back();
    return secret;
}

Result<boost::json::object> creation_of(const WebhookOptions& options, CommandContext& context) {
    auto body = settings_of(options);
    if (!body || options.secret_file.empty()) return body;
    auto secret = read_secret(options.secret_file, context);
    if (!secret) return std::move(secret).error();
    (*body)["secret"] = *secret;
    return body;
}

std::vector<std::string> target_row(const boost::json::value& webhook) {
    if (text_member(webhook, "channel") != "email") {
        return {"url", printable(text_member(webhook, "url"))};
    }
    return {"recipients", printable(joined_member(webhook, "recipients"))};
}

// What was set beside the usual: "timeout 30000", headers by name alone, for they may be secret.
std::vector<std::vector<std::string>> override_rows(const boost::json::value& webhook) {
    std::vector<std::vector<std::string>> rows;
    const auto* overrides = member(webhook, "overrides");
    if (overrides == nullptr || !overrides->is_object()) return rows;
    for (const auto& [key, value] : overrides->get_object()) {
        const std::string name(key);
        if (name == "strict" && value == false) continue;
        if (name == "payload" && value == "auto") continue;
        std::string text;
        if (name == "headers" && value.is_object()) {
            for (const auto& [header, hidden] : value.get_object())
                text += (text.empty() ? "" : ", ") + std::string(header);
        } else {
            text =
                value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
        }
        rows.push_back({name, printable(text)});
    }
    return rows;
}

void print_webhook(CommandContext& context, const boost::json::value& webhook) {
    const auto* active = member(webhook, "active");
    const bool is_active = active != nullptr && active->is_bool() && active->get_bool();
    std::vector<std::vector<std::string>> rows{
        {"id", printable(text_member(webhook, "id"))},
        target_row(webhook),
        {"profile", printable(text_member(webhook, "profile"))},
        {"events", joined_member(webhook, "events")},
        {"active", is_active ? "yes" : "no"}};
    if (const auto* filter = member(webhook, "filter"); filter != nullptr && filter->is_object()) {
        rows.push_back({"filter", printable(boost::json::serialize(*filter))});
    }
    if (const auto text = text_member(webhook, "description"); !text.empty()) {
        rows.push_back({"description", printable(text)});
    }
    if (const auto* metadata = member(webhook, "metadata");
        metadata != nullptr && metadata->is_object() && !metadata->get_object().empty()) {
        rows.push_back({"metadata", printable(boost::json::serialize(*metadata))});
    }
    for (std::vector<std::string>& row : override_rows(webhook))
        rows.push_back(std::move(row));
    context.out << aligned(rows);
}

int run_create(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    auto body = creation_of(options, context);
    if (!body) return report(context, body.error());
    auto webhook = client.post("/v1/webhooks", *body);
    if (!webhook) return report(context, webhook.error());
    if (options.server.json) {
        print_json(context, *webhook);
        return exit_ok;
    }
    print_webhook(context, *webhook);
    if (const auto secret = text_member(*webhook, "secret"); !secret.empty()) {
        context.out << "secret       " << secret << '\n';
        context.error << shown_once;
    }
    return exit_ok;
}

int run_list(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    auto webhooks = all_pages(client, "/v1/webhooks");
    if (!webhooks) return report(context, webhooks.error());
    if (options.server.json) {
        print_json_list(context, *std::move(webhooks));
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "PROFILE", "ACTIVE", "EVENTS", "TO"}};
    for (const auto& webhook : *webhooks) {
        const auto* active = member(webhook, "active");
        rows.push_back({printable(text_member(webhook, "id")),
                        printable(text_member(webhook, "profile")),
                        active && active->is_bool() && active->get_bool() ? "yes" : "no",
                        joined_member(webhook, "events"), target_row(webhook).back()});
    }
    if (rows.size() == 1) {
        context.error << "No endpoints yet. Make one: assay webhooks create --url https://...\n";
    } else {
        context.out << aligned(rows, {table_columns(context), {3, 4}, {}});
    }
    return exit_ok;
}

int run_get(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    auto webhook = client.get("/v1/webhooks/" + url_encoded(options.id));
    if (!webhook) return report(context, webhook.error());
    if (options.server.json) {
        print_json(context, *webhook);
    } else {
        print_webhook(context, *webhook);
    }
    return exit_ok;
}

int run_delete(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    auto answer = client.remove("/v1/webhooks/" + url_encoded(options.id));
    if (!answer) return report(context, answer.error());
    if (options.server.json) print_json(context, *answer);
    return exit_ok;
}

int run_test(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    boost::json::value body;
    if (!options.type.empty()) body = boost::json::object{{"type", options.type}};
    auto answer = client.post("/v1/webhooks/" + url_encoded(options.id) + "/test", body);
    if (!answer) return report(context, answer.error());
    if (options.server.json) {
        print_json(context, *answer);
    } else {
        context.out << "Sent as event " << printable(text_member(*answer, "event_id"))
                    << ". What came of it: assay webhooks deliveries " << options.id << '\n';
    }
    return exit_ok;
}

int run_switch(const WebhookOptions& options, ApiClient& client, CommandContext& context,
               const char* verb) {
    auto webhook = client.post("/v1/webhooks/" + url_encoded(options.id) + "/" + verb, nullptr);
    if (!webhook) return report(context, webhook.error());
    if (options.server.json) {
        print_json(context, *webhook);
    } else {
        print_webhook(context, *webhook);
    }
    return exit_ok;
}

int run_rotate(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    boost::json::object body;
    if (!options.secret_file.empty()) {
        auto secret = read_secret(options.secret_file, context);
        if (!secret) return report(context, secret.error());
        body["secret"] = *secret;
    }
    if (!options.grace.empty()) {
        auto grace = parse_duration(options.grace);
        if (!grace) {
            grace.error().field = "--grace";
            return report_usage(context, grace.error(), "webhooks rotate");
        }
        body["grace_seconds"] = grace->count() / 1000;
    }
    auto webhook = client.post("/v1/webhooks/" + url_encoded(options.id) + "/rotate_secret", body);
    if (!webhook) return report(context, webhook.error());
    if (options.server.json) {
        print_json(context, *webhook);
        return exit_ok;
    }
    print_webhook(context, *webhook);
    context.out << "secret       " << text_member(*webhook, "secret") << '\n';
    context.error << shown_once;
    return exit_ok;
}

int run_enable(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    return run_switch(options, client, context, "enable");
}

int run_disable(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    return run_switch(options, client, context, "disable");
}

int run_update(const WebhookOptions& options, ApiClient& client, CommandContext& context) {
    auto body = settings_of(options);
    if (!body) return report(context, body.error());
    if (body->empty()) {
        return report_usage(context,
                            fail(ErrorCode::invalid_argument, "nothing is to be changed", "update",
                                 "name a setting, such as --url"),
                            "webhooks update");
    }
    auto webhook = client.patch("/v1/webhooks/" + url_encoded(options.id), *body);
    if (!webhook) return report(context, webhook.error());
    if (options.server.json) {
        print_json(context, *webhook);
    } else {
        print_webhook(context, *webhook);
    }
    return exit_ok;
}

void add_id(CLI::App& command, WebhookOptions& options, const char* what) {
    command.add_option("id", options.id, what)->required()->type_name("");
}

CLI::Option* add_recipients(CLI::App& command, WebhookOptions& options) {
    return command.add_option("--recipient", options.recipients, "Send mails to this address")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("ADDRESS,...");
}

void add_create(CLI::App& parent, const std::shared_ptr<WebhookOptions>& options,
                CommandContext& context) {
    CLI::App* create =
        add_client_action(parent, "create", "Register an endpoint; shows its secret once", options,
                          context, run_create);
    CLI::Option* url = create->add_option("--url", options->url, "Where to send: https://...");
    url->type_name("URL");
    create
        ->add_option("--channel", options->channel,
                     "How: http (default), discord (--url of its webhook) or email (--recipient)")
        ->check(CLI::IsMember({"http", "discord", "email"}))
        ->type_name("NAME");
    add_recipients(*create, *options)->excludes(url);
    add_webhook_settings(*create, *options);
    create
        ->add_option("--secret-file", options->secret_file,
                     "Use the secret in this file (or - for standard input); default: make one")
        ->type_name("FILE");
}

// What concerns deliveries is shared with the command of that name.
void add_sending_again(CLI::App& webhooks, CommandContext& context) {
    auto options = std::make_shared<DeliveryOptions>();
    const auto add = [&](const char* name, const char* purpose, auto run) {
        CLI::App* command = add_client_action(webhooks, name, purpose, options, context, run);
        command->add_option("id", options->webhook, "The endpoint's id (wh_...)")
            ->required()
            ->type_name("");
        return command;
    };
    CLI::App* list =
        add("deliveries", "What was sent to an endpoint, newest first", list_deliveries);
    add_delivery_query(*list, *options);
    add_delivery_page(*list, *options);
    CLI::App* again =
        add_client_action(webhooks, "redeliver", "Send one delivery again: same id, same bytes",
                          options, context, redeliver);
    again->add_option("id", options->id, "The delivery's id (dlv_...)")->required()->type_name("");
    add("recover", "Send again what it missed: failed and cancelled deliveries", recover)
        ->add_option("--since", options->since, "From this time on: 2h, 3d or 2026-05-25T10:00:00Z")
        ->required()
        ->type_name("TIME");
    CLI::App* replayed = add(
        "replay", "Send again all that match; those that failed where no status is given", replay);
    add_replay_query(*replayed, *options);
}

}  // namespace

void add_webhooks(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<WebhookOptions>();
    CLI::App* webhooks =
        application.add_subcommand("webhooks", "Endpoints that are told when a batch is done");
    webhooks->group(group_client);
    webhooks->require_subcommand(1);
    add_create(*webhooks, options, context);
    add_client_action(*webhooks, "list", "All endpoints", options, context, run_list);
    add_id(*add_client_action(*webhooks, "get", "One endpoint", options, context, run_get),
           *options, "The endpoint's id (wh_...)");
    add_id(
        *add_client_action(*webhooks, "delete", "Remove an endpoint; what waits for it is not sent",
                           options, context, run_delete),
        *options, "The endpoint's id (wh_...)");
    CLI::App* test = add_client_action(*webhooks, "test", "Send a sample event to an endpoint",
                                       options, context, run_test);
    add_id(*test, *options, "The endpoint's id (wh_...)");
    test->add_option("--type", options->type,
                     "Which event of its profile; default: one that it subscribed to")
        ->type_name("TYPE");
    CLI::App* update =
        add_client_action(*webhooks, "update", "Change an endpoint; what waits goes on as changed",
                          options, context, run_update);
    add_id(*update, *options, "The endpoint's id (wh_...)");
    update->add_option("--url", options->url, "Where to send: https://...")->type_name("URL");
    add_recipients(*update, *options);
    add_webhook_settings(*update, *options);
    CLI::App* rotate =
        add_client_action(*webhooks, "rotate", "Give an endpoint a new secret; shows it once",
                          options, context, run_rotate);
    add_id(*rotate, *options, "The endpoint's id (wh_...)");
    rotate
        ->add_option("--secret-file", options->secret_file,
                     "Use the secret in this file (or - for standard input); default: make one")
        ->type_name("FILE");
    rotate
        ->add_option("--grace", options->grace,
                     "How long the old one goes on beside it, e.g. 1h or 0s; default: 24h")
        ->type_name("TIME");
    add_id(*add_client_action(*webhooks, "enable", "Switch an endpoint on", options, context,
                              run_enable),
           *options, "The endpoint's id (wh_...)");
    add_id(*add_client_action(*webhooks, "disable",
                              "Switch an endpoint off; what waits for it is cancelled", options,
                              context, run_disable),
           *options, "The endpoint's id (wh_...)");
    add_sending_again(*webhooks, context);
    webhooks->footer(
        "Examples:\n"
        "  assay webhooks create --url https://example.com/hook --events 'batch.*'\n"
        "  assay webhooks deliveries wh_...\n");
}

}  // namespace assay::tools
