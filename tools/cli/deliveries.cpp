// deliveries: options, help, and what it prints.
// SPDX-License-Identifier: MIT
#include "tools/cli/deliveries.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <ostream>

#include "tools/cli/delivery_report.hpp"
#include "tools/cli/table.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

// "2h", "3d": that long ago; else a time as the server takes it.
std::string time_argument(const std::string& text, TimePoint now) {
    if (text.empty()) return {};
    if (text.back() == 'd' && text.find_first_not_of("0123456789") == text.size() - 1) {
        return to_rfc3339(now - std::chrono::days(std::stoi(text.substr(0, 6))));
    }
    const auto ago = parse_duration(text);
    return ago ? to_rfc3339(now - *ago) : text;
}

void add_query(std::string& path, const char* name, const std::string& value) {
    if (value.empty()) return;
    path += path.find('?') == std::string::npos ? '?' : '&';
    path += std::string(name) + "=" + url_encoded(value);
}

// The delivery and, as it is now, its webhook.
Result<DeliveryFacts> facts_of(const std::string& id, const char* query, ApiClient& client) {
    auto delivery = client.get("/v1/deliveries/" + url_encoded(id) + query);
    if (!delivery) return std::move(delivery).error();
    DeliveryFacts facts{*std::move(delivery), std::nullopt};
    auto webhook =
        client.get("/v1/webhooks/" + url_encoded(text_member(facts.delivery, "webhook_id")));
    if (webhook) {
        facts.webhook = *std::move(webhook);
    } else if (webhook.error().code != ErrorCode::not_found) {
        return std::move(webhook).error();
    }
    return facts;
}

int print_body(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    const auto delivery =
        client.get("/v1/deliveries/" + url_encoded(options.id) + "?include=request");
    if (!delivery) return report(context, delivery.error());
    const auto* request = member(*delivery, "request");
    if (request == nullptr || !request->is_object()) {
        return report(context, fail(ErrorCode::archived, "its body can no longer be made"));
    }
    context.out << text_member(*request, "body");
    return exit_ok;
}

int run_get(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    if (options.body) return print_body(options, client, context);
    if (options.server.json) {
        const auto delivery = client.get("/v1/deliveries/" + url_encoded(options.id));
        if (!delivery) return report(context, delivery.error());
        print_json(context, *delivery);
        return exit_ok;
    }
    const auto facts = facts_of(options.id, "", client);
    if (!facts) return report(context, facts.error());
    context.out << delivery_report(*facts, context.clock.now());
    return exit_ok;
}

int run_explain(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    auto facts = facts_of(options.id, "?include=request", client);
    if (!facts) return report(context, facts.error());
    if (!options.server.json) {
        context.out << delivery_report(*facts, context.clock.now());
        return exit_ok;
    }
    const Diagnosis found = diagnose(*facts);
    const std::string curl = curl_line(facts->delivery);
    auto& object = facts->delivery.as_object();
    object["cause"] = found.cause;
    object["remedy"] = found.remedy;
    object["curl"] = curl;
    print_json(context, facts->delivery);
    return exit_ok;
}

int run_list(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    return list_deliveries(options, client, context);
}

// Adds up the pages of a replay or recovery. `next(after)` asks for one.
template <class Next>
int all_replayed(const DeliveryOptions& options, CommandContext& context, Next next) {
    std::string after;
    std::int64_t sent = 0;
    std::int64_t skipped_inactive = 0;
    std::int64_t skipped_archived = 0;
    for (;;) {
        auto page = next(after);
        if (!page) return report(context, page.error());
        const std::int64_t matched = integer_member(*page, "matched");
        if (options.dry_run) {
            if (options.server.json)
                print_json(context, *page);
            else
                context.out << matched << (matched == 1 ? " delivery" : " deliveries")
                            << " would be sent again.\n";
            return exit_ok;
        }
        sent += integer_member(*page, "sent");
        skipped_inactive += integer_member(*page, "skipped_inactive");
        skipped_archived += integer_member(*page, "skipped_archived");
        after = text_member(*page, "next");
        if (after.empty()) break;
    }
    if (options.server.json) {
        print_json(context, boost::json::object{{"object", "replay"},
                                                {"sent", sent},
                                                {"skipped_inactive", skipped_inactive},
                                                {"skipped_archived", skipped_archived}});
        return exit_ok;
    }
    context.out << sent << (sent == 1 ? " delivery is" : " deliveries are") << " sent again.\n";
    if (skipped_inactive > 0)
        context.out << skipped_inactive << " skipped: their webhook is off or gone.\n";
    if (skipped_archived > 0)
        context.out << skipped_archived << " skipped: their event is no longer kept.\n";
    return exit_ok;
}

}  // namespace

int list_deliveries(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    std::string path = "/v1/deliveries?limit=" + std::to_string(options.limit);
    const TimePoint now = context.clock.now();
    add_query(path, "webhook", options.webhook);
    add_query(path, "status", options.status);
    add_query(path, "type", options.type);
    add_query(path, "since", time_argument(options.since, now));
    add_query(path, "until", time_argument(options.until, now));
    add_query(path, "after", options.after);
    auto page = client.get(path);
    if (!page) return report(context, page.error());
    if (options.server.json) {
        print_json(context, *page);
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{
        {"DELIVERY", "EVENT", "STATUS", "TRIES", "LAST ANSWER", "NEXT"}};
    if (const auto* data = member(*page, "data"); data != nullptr && data->is_array()) {
        for (const auto& row : data->get_array()) {
            const auto code = integer_member(row, "last_status_code");
            const auto error = printable(text_member(row, "last_error"));
            rows.push_back({printable(text_member(row, "id")), printable(text_member(row, "type")),
                            printable(text_member(row, "status")),
                            std::to_string(integer_member(row, "attempts")),
                            code > 0 ? std::to_string(code) : error, next_attempt(row, now)});
        }
    }
    if (rows.size() == 1) {
        const bool narrowed = !options.status.empty() || !options.type.empty() ||
                              !options.since.empty() || !options.until.empty();
        context.error << (narrowed ? "No such deliveries.\n" : "No deliveries yet.\n");
    } else {
        context.out << aligned(rows, {table_columns(context), {1, 4}, {3}});
    }
    if (const auto* more = member(*page, "has_more");
        more != nullptr && more->is_bool() && more->get_bool()) {
        context.error << "More of them: --after " << printable(text_member(*page, "next")) << '\n';
    }
    return exit_ok;
}

int redeliver(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    auto answer = client.post("/v1/deliveries/" + url_encoded(options.id) + "/redeliver", nullptr);
    if (!answer) return report(context, answer.error());
    if (options.server.json) print_json(context, *answer);
    return exit_ok;
}

int replay(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    const TimePoint now = context.clock.now();
    boost::json::object body{{"dry_run", options.dry_run}};
    for (const auto& [name, value] :
         {std::pair<const char*, std::string>{"webhook", options.webhook},
          {"status", options.status},
          {"type", options.type},
          {"since", time_argument(options.since, now)},
          {"until", time_argument(options.until, now)}}) {
        if (!value.empty()) body[name] = value;
    }
    return all_replayed(options, context, [&](const std::string& after) {
        if (!after.empty()) body["after"] = after;
        return client.post("/v1/deliveries/replay", body);
    });
}

int recover(const DeliveryOptions& options, ApiClient& client, CommandContext& context) {
    std::string path = "/v1/webhooks/" + url_encoded(options.webhook) + "/recover";
    add_query(path, "since", time_argument(options.since, context.clock.now()));
    return all_replayed(options, context, [&](const std::string& after) {
        std::string page = path;
        add_query(page, "after", after);
        return client.post(page, nullptr);
    });
}

namespace {

void add_query_options(CLI::App& command, DeliveryOptions& options, const char* statuses) {
    command.add_option("--status", options.status, statuses)->type_name("STATUS");
    command.add_option("--type", options.type, "The event's type, e.g. batch.completed")
        ->type_name("TYPE");
    command
        .add_option("--since", options.since, "From this time on: 2h, 3d or 2026-05-25T10:00:00Z")
        ->type_name("TIME");
    command.add_option("--until", options.until, "Before this time")->type_name("TIME");
}

}  // namespace

void add_delivery_query(CLI::App& command, DeliveryOptions& options) {
    add_query_options(command, options, "pending, delivered, failed or cancelled");
}

void add_replay_query(CLI::App& command, DeliveryOptions& options) {
    add_query_options(command, options,
                      "delivered, failed or cancelled; what is pending is sent by itself");
    command.add_flag("--dry-run", options.dry_run, "Only count them");
}

void add_delivery_page(CLI::App& command, DeliveryOptions& options) {
    command.add_option("--limit", options.limit, "How many")
        ->check(CLI::Range(1, 100))
        ->type_name("N");
    command.add_option("--after", options.after, "Go on behind this delivery")->type_name("ID");
}

void add_deliveries(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<DeliveryOptions>();
    CLI::App* group = application.add_subcommand(
        "deliveries", "What was sent to whom, what came of it, and sending it again");
    group->group(group_client);
    group->require_subcommand(1);
    const auto add_id = [&](CLI::App* command) {
        command->add_option("id", options->id, "The delivery's id (dlv_...)")
            ->required()
            ->type_name("");
        return command;
    };
    const auto add_webhook = [&](CLI::App* command) {
        command->add_option("--webhook", options->webhook, "Only of this endpoint (wh_...)")
            ->type_name("ID");
        return command;
    };
    CLI::App* list = add_webhook(
        add_client_action(*group, "list", "Deliveries, newest first", options, context, run_list));
    add_delivery_query(*list, *options);
    add_delivery_page(*list, *options);
    CLI::App* get = add_id(add_client_action(*group, "get", "One delivery, attempt by attempt",
                                             options, context, run_get));
    get->add_flag("--body", options->body, "Print the body that is sent, and nothing else");
    add_id(add_client_action(*group, "explain",
                             "Why it came or did not: timeline, cause, remedy, and a curl line",
                             options, context, run_explain));
    add_id(add_client_action(*group, "redeliver", "Send one again: same id, same bytes", options,
                             context, redeliver));
    CLI::App* again = add_webhook(add_client_action(
        *group, "replay", "Send again all that match; those that failed where no status is given",
        options, context, replay));
    add_replay_query(*again, *options);
    group->footer(
        "Examples:\n"
        "  assay deliveries list --status failed --since 3d\n"
        "  assay deliveries explain dlv_...\n"
        "  assay deliveries replay --since 2h --dry-run\n");
}

}  // namespace assay::tools
