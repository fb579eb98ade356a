// /v1/webhooks: endpoints that are told, and the answers that show their secret once.
// SPDX-License-Identifier: MIT
#include <functional>
#include <utility>

#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"
#include "tools/api/webhook_json.hpp"

namespace assay::tools::resources {
namespace {

using notify::Endpoint;

EndpointId endpoint_id(const ApiCall& call) {
    return EndpointId(call.captures[0]);
}

Answer changed(ApiCall& call, std::string_view what,
               const std::function<Result<void>(Endpoint&)>& edit) {
    const auto after = call.services.notifier.change(call.tenant(), endpoint_id(call), edit);
    if (!after) return after.error();
    call.services.log.write(LogLevel::info, what, {{"webhook", after->id.text()}});
    std::string body;
    JsonWriter writer(body);
    write_webhook(writer, *after, false);
    return json_response(200, std::move(body));
}

}  // namespace

Answer create_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    auto endpoint = new_webhook(*object, call.services.notifier.profiles());
    if (!endpoint) return std::move(endpoint).error();
    endpoint->tenant = call.tenant();
    auto created = call.services.notifier.create(*std::move(endpoint));
    if (!created) return std::move(created).error();
    call.services.log.write(LogLevel::info, "webhook_created",
                            {{"webhook", created->id.text()}, {"profile", created->profile}});
    std::string body;
    JsonWriter writer(body);
    write_webhook(writer, *created, true);
    HttpResponse response = json_response(201, std::move(body));
    response.fields.push_back({"Location", "/v1/webhooks/" + created->id.text()});
    return response;
}

Answer list_webhooks(ApiCall& call) {
    if (const auto allowed = call.query.only({"limit", "after"}); !allowed) return allowed.error();
    return list_page(call.query, call.services.notifier.list(call.tenant()),  // newest first
                     [](JsonWriter& writer, const Endpoint& endpoint) {
                         write_webhook(writer, endpoint, false);
                     });
}

Answer get_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto endpoint = call.services.notifier.find(call.tenant(), endpoint_id(call));
    if (!endpoint) return endpoint.error();
    std::string body;
    JsonWriter writer(body);
    write_webhook(writer, *endpoint, false);
    return json_response(200, std::move(body));
}

Answer change_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    return changed(call, "webhook_changed", [&](Endpoint& endpoint) {
        return tools::change_webhook(*object, call.services.notifier.profiles(), endpoint);
    });
}

Answer enable_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    return changed(call, "webhook_enabled", [](Endpoint& endpoint) -> Result<void> {
        endpoint.active = true;
        return {};
    });
}

Answer disable_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    return changed(call, "webhook_disabled", [](Endpoint& endpoint) -> Result<void> {
        endpoint.active = false;
        return {};
    });
}

// The body is optional: {"secret", "grace_seconds", "discard_new"}.
Answer rotate_webhook_secret(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    notify::Rotation rotation;
    if (!call.body.empty()) {
        const auto object = parse_json_object(call.body);
        if (!object) return object.error();
        auto read = read_rotation(*object, rotation);
        if (!read) return std::move(read).error();
    }
    const auto after =
        call.services.notifier.rotate(call.tenant(), endpoint_id(call), std::move(rotation));
    if (!after) return after.error();
    call.services.log.write(LogLevel::info, "webhook_secret_rotated",
                            {{"webhook", after->id.text()}});
    std::string body;
    JsonWriter writer(body);
    write_webhook(writer, *after, true);
    return json_response(200, std::move(body));
}

Answer delete_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto removed = call.services.notifier.remove(call.tenant(), endpoint_id(call));
    if (!removed) return removed.error();
    call.services.log.write(LogLevel::info, "webhook_deleted", {{"webhook", call.captures[0]}});
    HttpResponse response;
    response.status = 204;
    return response;
}

// The body is optional: {"type"}.
Answer test_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    std::string type;
    if (!call.body.empty()) {
        const auto object = parse_json_object(call.body);
        if (!object) return object.error();
        MemberReader reader(*object);
        type = reader.text("type", 128).value_or("");
        if (auto read = reader.finish(); !read) return read.error();
    }
    const auto event = call.services.notifier.send_test(call.tenant(), endpoint_id(call), type);
    if (!event) return event.error();
    std::string body;
    JsonWriter(body)
        .begin_object()
        .member("object", "webhook_test")
        .member("webhook_id", call.captures[0])
        .member("event_id", event->text())
        .end_object();
    return json_response(202, std::move(body));
}

}  // namespace assay::tools::resources
