// webhooks and keys: options, help, and what they print.
// SPDX-License-Identifier: MIT
#include "tools/cli/webhooks.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <istream>
#include <memory>
#include <ostream>

#include "tools/cli/client_action.hpp"
#include "tools/cli/deliveries.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

struct WebhookOptions {
    ServerOptions server;
    std::string id, url, channel, description, profile, secret_file;
    std::string type;   // of a test
    std::string grace;  // of a rotation: 24h
    bool discard_new = false;
    std::string filter;  // JSON, or "none"
    std::vector<std::string> events, recipients, headers, retry, also_sign_with, allowed_ips;
    double rate_limit = 0;       // 0: not given
    std::int64_t store_id = -1;  // none
};

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

Result<boost::json::object> overrides_of(const WebhookOptions& options) {
    boost::json::object overrides;
    if (!options.retry.empty()) {
        boost::json::array delays;
        for (const auto& text : options.retry) {
            auto delay = parse_duration(text);
            if (!delay) {
                delay.error().field = "--retry";
                return std::move(delay).error();
            }
            delays.push_back(delay->count());
        }
        overrides["retry"] = boost::json::object{{"delays_ms", std::move(delays)}};
    }
    if (!options.headers.empty()) {
        boost::json::object headers;
        for (const auto& header : options.headers) {
            const auto colon = header.find(':');
            if (colon == std::string::npos) {
                return fail(ErrorCode::invalid_argument, "\"" + header + "\" is not a header",
                            "--header", "write it like 'X-Team: returns'");
            }
            const auto start = header.find_first_not_of(' ', colon + 1);
            headers[header.substr(0, colon)] =
                start == std::string::npos ? "" : header.substr(start);
        }
        overrides["headers"] = std::move(headers);
    }
    if (!options.also_sign_with.empty()) {
        overrides["also_sign_with"] =
            boost::json::array(options.also_sign_with.begin(), options.also_sign_with.end());
    }
    if (!options.allowed_ips.empty()) {
        overrides["allowed_ips"] =
            boost::json::array(options.allowed_ips.begin(), options.allowed_ips.end());
    }
    if (options.rate_limit > 0) overrides["rate_limit"] = options.rate_limit;
    if (options.store_id >= 0) overrides["store_id"] = options.store_id;
    return overrides;
}

// What was given, and nothing else: a creation or a change.
Result<boost::json::object> settings_of(const WebhookOptions& options) {
    boost::json::object body;
    if (!options.url.empty()) body["url"] = options.url;
    if (!options.channel.empty()) body["channel"] = options.channel;
    if (!options.recipients.empty()) {
        body["recipients"] =
            boost::json::array(options.recipients.begin(), options.recipients.end());
        if (options.channel.empty()) body["channel"] = "email";  // nothing else has any
    }
    if (!options.description.empty()) body["description"] = options.description;
    if (!options.profile.empty()) body["profile"] = options.profile;
    if (!options.events.empty()) {
        body["events"] = boost::json::array(options.events.begin(), options.events.end());
    }
    if (options.filter == "none") {
        body["filter"] = nullptr;
    } else if (!options.filter.empty()) {
        boost::system::error_code not_json;
        body["filter"] = boost::json::parse(options.filter, not_json);
        if (not_json) {
            return fail(ErrorCode::invalid_argument, "the filter is no JSON", "--filter",
                        R"(write it like '{"path":"/failed_products","gt":0}')");
        }
    }
    auto overrides = overrides_of(options);
    if (!overrides) return std::move(overrides).error();
    if (!overrides->empty()) body["overrides"] = *std::move(overrides);
    return body;
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
    auto page = client.get("/v1/webhooks?limit=100");
    if (!page) return report(context, page.error());
    if (options.server.json) {
        print_json(context, *page);
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "PROFILE", "ACTIVE", "EVENTS", "TO"}};
    if (const auto* data = member(*page, "data"); data != nullptr && data->is_array()) {
        for (const auto& webhook : data->get_array()) {
            const auto* active = member(webhook, "active");
            rows.push_back({printable(text_member(webhook, "id")),
                            printable(text_member(webhook, "profile")),
                            active && active->is_bool() && active->get_bool() ? "yes" : "no",
                            joined_member(webhook, "events"), target_row(webhook).back()});
        }
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
    if (options.discard_new) body["discard_new"] = true;
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

// What creation and change have in common.
void add_settings(CLI::App& command, WebhookOptions& options) {
    command
        .add_option("--events", options.events,
                    "What to send, e.g. batch.* or * for everything; default: the end of a batch")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("TYPE,...");
    command
        .add_option("--profile", options.profile,
                    "Shape and signature: standard-webhooks (default), resell-scan, reusely, "
                    "sellapp, resilientlink, ztrace, cloudevents, github, stripe, svix, shopify, "
                    "discord, email, "
                    "or one of the server's own")
        ->type_name("NAME");
    command
        .add_option("--also-sign-with", options.also_sign_with,
                    "Send these profiles' signatures too, while a receiver moves")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command.add_option("--store-id", options.store_id, "The store that sellapp's bodies name")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    command.add_option("--description", options.description, "A note to yourself")
        ->type_name("TEXT");
    command.add_option("--header", options.headers, "Send this header too, e.g. 'X-Team: returns'")
        ->allow_extra_args(false)
        ->type_name("'NAME: VALUE'");
    command.add_option("--retry", options.retry, "Other delays before the retries, e.g. 30s,5m,2h")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("DELAY,...");
    command
        .add_option("--filter", options.filter,
                    R"(Only events whose data match, e.g. '{"path":"/failed_products","gt":0}')")
        ->type_name("JSON");
    command
        .add_option("--allowed-ips", options.allowed_ips,
                    "Where its name may lead to: addresses or blocks such as 203.0.113.0/24")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("CIDR,...");
    command.add_option("--rate-limit", options.rate_limit, "At most so many attempts a second")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
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
    add_settings(*create, *options);
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
    list->add_option("--limit", options->limit, "How many")
        ->check(CLI::Range(1, 100))
        ->type_name("N");
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
    add_delivery_query(*replayed, *options);
    replayed->add_flag("--dry-run", options->dry_run, "Only count them");
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
    add_settings(*update, *options);
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
    rotate->add_flag("--discard-new", options->discard_new,
                     "Nobody has got the newest secret: replace it, and keep the one before it");
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
