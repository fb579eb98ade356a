// /v1/webhooks: endpoints that are told, and the one answer that shows their secret.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"
#include "tools/api/webhook_target.hpp"

namespace assay::tools::resources {
namespace {

namespace json = boost::json;
using notify::Endpoint;
using notify::EndpointOverrides;
using std::chrono::milliseconds;

constexpr std::size_t text_bytes_max = 1'024;
constexpr std::size_t secret_bytes_max = 256;
constexpr std::size_t headers_max = 32;
constexpr std::size_t retries_max = 32;
constexpr std::size_t schemes_max = 16;
constexpr std::int64_t day_ms = 86'400'000;

std::string_view to_string(notify::PayloadRule rule) noexcept {
    switch (rule) {
        case notify::PayloadRule::full:
            return "full";
        case notify::PayloadRule::thin:
            return "thin";
        case notify::PayloadRule::automatic:
            break;
    }
    return "auto";
}

void write_overrides(JsonWriter& writer, const EndpointOverrides& overrides) {
    writer.begin_object();
    if (overrides.retry) {
        writer.key("retry").begin_object().key("delays_ms").begin_array();
        for (const milliseconds delay : overrides.retry->delays)
            writer.integer(delay.count());
        writer.end_array().key("jitter").number(overrides.retry->jitter, 3).end_object();
    }
    if (overrides.timeout) writer.member("timeout", std::int64_t{overrides.timeout->count()});
    if (!overrides.headers.empty()) {
        writer.key("headers").begin_object();
        for (const notify::Header& header : overrides.headers)
            writer.member(header.name, header.value);
        writer.end_object();
    }
    if (overrides.max_body_bytes)
        writer.member("max_body_bytes", static_cast<std::int64_t>(*overrides.max_body_bytes));
    if (overrides.success) writer.member("success", to_string(*overrides.success));
    if (!overrides.also_sign_with.empty()) {
        writer.key("also_sign_with").begin_array();
        for (const std::string& name : overrides.also_sign_with)
            writer.string(name);
        writer.end_array();
    }
    if (overrides.digest) writer.member("digest", to_string(*overrides.digest));
    if (overrides.store_id) writer.member("store_id", *overrides.store_id);
    writer.member("payload", to_string(overrides.payload));
    writer.member("strict", overrides.strict);
    if (overrides.max_in_flight)
        writer.member("max_in_flight", static_cast<std::int64_t>(*overrides.max_in_flight));
    writer.end_object();
}

// `show_secret`: only in the answer that creates it.
void write_webhook(JsonWriter& writer, const Endpoint& endpoint, bool show_secret) {
    writer.begin_object();
    writer.member("id", endpoint.id.text());
    writer.member("object", "webhook");
    write_target(writer, endpoint);
    writer.member("description", endpoint.description);
    writer.key("events").begin_array();
    for (const std::string& event : endpoint.events)
        writer.string(event);
    writer.end_array();
    writer.member("profile", endpoint.profile);
    writer.member("active", endpoint.active);
    writer.member("channel", notify::to_string(endpoint.channel));
    writer.key("metadata").raw(endpoint.metadata);
    writer.key("overrides");
    write_overrides(writer, endpoint.overrides);
    write_time(writer, "created_at", endpoint.created_at);
    // Under both names: receivers of one guide read the second.
    if (show_secret && !endpoint.secret.empty()) {
        writer.member("secret", endpoint.secret.reveal());
        writer.member("signing_secret", endpoint.secret.reveal());
    }
    writer.end_object();
}

std::optional<notify::RetrySchedule> read_retry(MemberReader& overrides) {
    const json::object* object = overrides.object("retry");
    if (object == nullptr) return std::nullopt;
    MemberReader reader(*object, overrides.path_of("retry"));
    notify::RetrySchedule schedule;
    if (const json::array* delays = reader.array("delays_ms", retries_max)) {
        for (const json::value& delay : *delays) {
            if (!delay.is_int64() || delay.get_int64() < 0 || delay.get_int64() > day_ms)
                reader.refuse("delays_ms", "must be a list of milliseconds from 0 to 86400000");
            else
                schedule.delays.emplace_back(delay.get_int64());
        }
    }
    schedule.jitter = reader.number("jitter", 0, 0.99).value_or(0);
    if (auto read = reader.finish(); !read) overrides.refuse(read.error());
    return schedule;
}

void read_headers(MemberReader& reader, std::vector<notify::Header>& headers) {
    const json::object* object = reader.object("headers");
    if (object == nullptr) return;
    if (object->size() > headers_max) reader.refuse("headers", "are more than 32");
    for (const auto& [name, value] : *object) {
        if (!value.is_string()) {
            reader.refuse("headers", "must be an object of texts");
            continue;
        }
        headers.push_back({std::string(name.data(), name.size()),
                           std::string(value.get_string().data(), value.get_string().size())});
    }
}

// Which signatures go out, and what counts as success.
void read_signing(MemberReader& reader, EndpointOverrides& overrides) {
    if (const auto success = reader.text("success", 16)) {
        overrides.success = notify::parse_success_rule(*success);
        if (!overrides.success) reader.refuse("success", "must be any_2xx or exactly_200");
    }
    overrides.also_sign_with =
        reader.texts("also_sign_with", schemes_max, 64).value_or(std::vector<std::string>{});
    if (const auto digest = reader.text("digest", 16)) {
        overrides.digest = notify::parse_signature_digest(*digest);
        if (!overrides.digest) reader.refuse("digest", "must be hmac_sha256 or sha256_suffix");
    }
    overrides.store_id = reader.integer("store_id", 0, std::numeric_limits<std::int64_t>::max());
}

void read_overrides(MemberReader& parent, EndpointOverrides& overrides) {
    const json::object* object = parent.object("overrides");
    if (object == nullptr) return;
    MemberReader reader(*object, "overrides");
    overrides.retry = read_retry(reader);
    if (const auto timeout = reader.integer("timeout", 100, 60'000))
        overrides.timeout = milliseconds(*timeout);
    read_headers(reader, overrides.headers);
    if (const auto bytes =
            reader.integer("max_body_bytes", 1'024, std::int64_t{limits::body_strict_bytes_max}))
        overrides.max_body_bytes = static_cast<std::size_t>(*bytes);
    if (const auto payload = reader.text("payload", 16)) {
        if (*payload == "full")
            overrides.payload = notify::PayloadRule::full;
        else if (*payload == "thin")
            overrides.payload = notify::PayloadRule::thin;
        else if (*payload != "auto")
            reader.refuse("payload", "must be auto, full or thin");
    }
    overrides.strict = reader.boolean("strict").value_or(false);
    read_signing(reader, overrides);
    if (const auto max = reader.integer("max_in_flight", 1, 1'000))
        overrides.max_in_flight = static_cast<std::size_t>(*max);
    if (auto read = reader.finish(); !read) parent.refuse(read.error());
}

// What an endpoint gets that names nothing: the message that ends a batch, or all that its guide
// knows where that is none.
std::vector<std::string> default_events(const notify::ProfileBook& profiles,
                                        const std::string& name) {
    const notify::Profile* const profile = profiles.find(name);
    if (profile == nullptr) return {"*"};  // refused for its name
    const auto types = notify::wire_types(*profile, engine::event_type::batch_completed);
    return {types.empty() ? "*" : std::string(types.back())};
}

Result<Endpoint> read_webhook(const json::object& object, const notify::ProfileBook& profiles) {
    MemberReader reader(object);
    Endpoint endpoint;
    endpoint.description = reader.text("description", text_bytes_max).value_or("");
    auto events = reader.texts("events", limits::event_types_per_endpoint_max, 128);
    endpoint.profile = reader.text("profile", 64).value_or("");
    read_target(reader, endpoint, profiles);
    endpoint.events = events ? *std::move(events) : default_events(profiles, endpoint.profile);
    endpoint.active = reader.boolean("active").value_or(true);
    const auto secret = reader.text("secret", secret_bytes_max);
    if (const json::object* metadata = reader.object("metadata")) {
        endpoint.metadata = json::serialize(*metadata);
        if (endpoint.metadata.size() > limits::metadata_bytes_max)
            reader.refuse("metadata", "is larger than 16 KiB");
    }
    read_overrides(reader, endpoint.overrides);
    if (auto read = reader.finish(); !read) return read.error();
    if (endpoint.url.empty() && endpoint.channel != notify::Channel::email)
        return fail(ErrorCode::invalid_argument, "is missing", "url",
                    "give the URL that is to be called");
    if (secret) {
        auto parsed = notify::Secret::parse(*secret);
        if (!parsed) {
            parsed.error().field = "secret";
            return std::move(parsed).error();
        }
        endpoint.secret = *std::move(parsed);
    }
    return endpoint;
}

EndpointId endpoint_id(const ApiCall& call) {
    return EndpointId(call.captures[0]);
}

}  // namespace

Answer create_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    auto endpoint = read_webhook(*object, call.services.notifier.profiles());
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
