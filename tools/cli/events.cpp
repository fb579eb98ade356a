// Publishes events, lists the log, and sends samples to the endpoints that would get the real ones.
// SPDX-License-Identifier: MIT
#include "tools/cli/events.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstring>
#include <fstream>
#include <istream>
#include <memory>
#include <ostream>

#include "engine/base/limits.hpp"
#include "notify/profile/profile.hpp"
#include "tools/cli/client_action.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"

namespace assay::tools {
namespace {

struct EventOptions {
    ServerOptions server;
    std::string type, file, idempotency_key, webhook, batch;
    std::int64_t after = 0, limit = 20;
};

// What is larger the server would refuse anyway: one byte more is enough to let it say so.
constexpr std::size_t file_bytes_max = limits::request_json_bytes_max;

Result<std::string> read_data(const std::string& file, CommandContext& context) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(file, std::ios::binary);
        if (!opened) return fail(ErrorCode::io_error, "cannot read " + file, "FILE");
    }
    std::istream& in = file == "-" ? context.in : opened;
    std::string data(file_bytes_max + 1, '\0');
    in.read(data.data(), static_cast<std::streamsize>(data.size()));
    data.resize(static_cast<std::size_t>(in.gcount()));
    const std::size_t first = data.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || data[first] != '{') {
        return fail(ErrorCode::invalid_argument, "holds no JSON object", "FILE",
                    "an event's data is one, for example {\"id\":236}");
    }
    return data;
}

int run_publish(const EventOptions& options, ApiClient& client, CommandContext& context) {
    auto data = read_data(options.file, context);
    if (!data) return report(context, data.error());
    // The data goes as it is: parsing it here could change its numbers.
    const std::string body =
        "{\"type\":" + boost::json::serialize(boost::json::value(options.type)) +
        ",\"data\":" + *data + "}";
    ApiClient::Upload upload;
    upload.path = "/v1/events";
    upload.content_type = "application/json";
    upload.idempotency_key = options.idempotency_key;
    upload.read = [rest = std::string_view(body)](char* buffer, std::size_t size) mutable {
        const std::size_t taken = std::min(size, rest.size());
        std::memcpy(buffer, rest.data(), taken);
        rest.remove_prefix(taken);
        return taken;
    };
    auto event = client.upload(upload);
    if (!event) return report(context, event.error());
    if (options.server.json) {
        print_json(context, *event);
    } else {
        context.out << printable(text_member(*event, "id")) << '\n';
    }
    return exit_ok;
}

int run_list(const EventOptions& options, ApiClient& client, CommandContext& context) {
    std::string path = "/v1/events?after=" + std::to_string(options.after) +
                       "&limit=" + std::to_string(options.limit);
    if (!options.type.empty()) path += "&type=" + url_encoded(options.type);
    if (!options.batch.empty()) path += "&batch_id=" + url_encoded(options.batch);
    auto page = client.get(path);
    if (!page) return report(context, page.error());
    if (options.server.json) {
        print_json(context, *page);
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{{"SEQUENCE", "CREATED", "TYPE", "EVENT", "BATCH"}};
    if (const auto* data = member(*page, "data"); data != nullptr && data->is_array()) {
        for (const auto& event : data->get_array()) {
            rows.push_back({std::to_string(integer_member(event, "sequence")),
                            printable(text_member(event, "created_at")),
                            printable(text_member(event, "type")),
                            printable(text_member(event, "id")),
                            printable(text_member(event, "batch_id", "-"))});
        }
    }
    if (rows.size() == 1) {
        context.error << "No events here.\n";
    } else {
        context.out << aligned(rows, {table_columns(context), {2, 4}, {0}});
    }
    const auto* more = member(*page, "has_more");
    if (more != nullptr && more->is_bool() && more->get_bool()) {
        context.error << "More of them: --after " << printable(text_member(*page, "next")) << '\n';
    }
    return exit_ok;
}

bool is_active_subscriber(const boost::json::value& webhook, const std::string& type) {
    const auto* active = member(webhook, "active");
    if (active == nullptr || !active->is_bool() || !active->get_bool()) return false;
    std::vector<std::string> patterns;
    if (const auto* events = member(webhook, "events"); events != nullptr && events->is_array()) {
        for (const auto& pattern : events->get_array())
            if (pattern.is_string()) patterns.emplace_back(pattern.get_string());
    }
    return notify::subscribes(patterns, type);
}

// Those that get the real ones; the server knows whose profile has no such event.
int run_trigger(const EventOptions& options, ApiClient& client, CommandContext& context) {
    std::vector<std::string> targets;
    if (!options.webhook.empty()) {
        targets.push_back(options.webhook);
    } else {
        auto webhooks = all_pages(client, "/v1/webhooks");
        if (!webhooks) return report(context, webhooks.error());
        for (const auto& webhook : *webhooks) {
            if (is_active_subscriber(webhook, options.type))
                targets.push_back(text_member(webhook, "id"));
        }
    }
    boost::json::array sent;
    std::optional<Error> refusal;
    for (const std::string& id : targets) {
        auto answer = client.post("/v1/webhooks/" + url_encoded(id) + "/test",
                                  boost::json::object{{"type", options.type}});
        if (!answer && options.webhook.empty() &&
            answer.error().code == ErrorCode::invalid_argument) {
            refusal = answer.error();
            continue;
        }
        if (!answer) return report(context, answer.error());
        if (!options.server.json) {
            context.out << "Sent to " << printable(id) << " as event "
                        << printable(text_member(*answer, "event_id")) << '\n';
        }
        sent.push_back(*std::move(answer));
    }
    if (sent.empty()) {
        return report(context, refusal ? *refusal
                                       : fail(ErrorCode::not_found,
                                              "no active webhook has subscribed to " + options.type,
                                              "TYPE", "name one: --webhook wh_..."));
    }
    if (options.server.json) print_json_list(context, std::move(sent));
    return exit_ok;
}

}  // namespace

void add_events(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<EventOptions>();
    CLI::App* events =
        application.add_subcommand("events", "Publish events of your own; list the log");
    events->group(group_client);
    events->require_subcommand(1);
    CLI::App* publish =
        add_client_action(*events, "publish", "Put one into the log, for all who subscribed to it",
                          options, context, run_publish);
    publish->add_option("type", options->type, "Its type, e.g. order.completed")
        ->required()
        ->type_name("");
    publish->add_option("file", options->file, "Its data, a JSON object; - reads standard input")
        ->required()
        ->type_name("");
    publish
        ->add_option("--idempotency-key", options->idempotency_key,
                     "The same event under the same key is published once")
        ->type_name("KEY");
    publish->footer("Example: echo '{\"id\":236}' | assay events publish order.completed -\n");
    CLI::App* list = add_client_action(*events, "list", "The event log, oldest first", options,
                                       context, run_list);
    list->add_option("--after", options->after, "Behind this sequence number")->type_name("N");
    list->add_option("--limit", options->limit, "At most so many (1 to 100)")->type_name("N");
    list->add_option("--type", options->type, "A type, or a beginning like batch.*")
        ->type_name("TYPE");
    list->add_option("--batch", options->batch, "Of this batch only")->type_name("BATCH");
    events->footer("Example: assay events list --type 'order.*'\n");
}

void add_trigger(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<EventOptions>();
    CLI::App* trigger = add_client_action(
        application, "trigger", "Send a sample event to every webhook that gets such events",
        options, context, run_trigger);
    trigger->group(group_client);
    trigger->add_option("type", options->type, "A type of the webhooks' catalogues")
        ->required()
        ->type_name("");
    trigger
        ->add_option("--webhook", options->webhook,
                     "To this one alone, whether it has subscribed or not")
        ->type_name("ID");
    trigger->footer("Example: assay trigger batch.completed --webhook wh_2f1d7c38\n");
}

}  // namespace assay::tools
