// A webhook as JSON: written for answers, read for creation and for change by the same rules.
// SPDX-License-Identifier: MIT
#include "tools/api/webhook_json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/request_rules.hpp"
#include "tools/api/webhook_target.hpp"

namespace assay::tools {
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
constexpr std::string_view masked_value = "***";

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
            writer.member(header.name, masked_value);  // mostly credentials of the receiver
        writer.end_object();
    }
    if (overrides.rate_limit) writer.key("rate_limit").number(*overrides.rate_limit, 6);
    if (!overrides.allowed_ips.empty()) {
        writer.key("allowed_ips").begin_array();
        for (const std::string& block : overrides.allowed_ips)
            writer.string(block);
        writer.end_array();
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
    if (overrides.echo == notify::EchoRule::full) writer.member("echo", "full");
    if (overrides.max_in_flight)
        writer.member("max_in_flight", static_cast<std::int64_t>(*overrides.max_in_flight));
    writer.end_object();
}

// Merged into `schedule`: what is not named stays as it is. An empty list says: no retries.
void read_schedule(MemberReader& reader, notify::RetrySchedule& schedule) {
    constexpr std::int64_t delay_max_ms = milliseconds(limits::retry_delay_max).count();
    if (const json::array* delays = reader.array("delays_ms", retries_max)) {
        schedule.delays.clear();
        for (const json::value& delay : *delays) {
            if (!delay.is_int64() || delay.get_int64() < 0 || delay.get_int64() > delay_max_ms)
                reader.refuse("delays_ms", "must be a list of milliseconds from 0 to " +
                                               std::to_string(delay_max_ms));
            else
                schedule.delays.emplace_back(delay.get_int64());
        }
    }
    if (const auto jitter = reader.number("jitter", 0, notify::retry_jitter_max))
        schedule.jitter = *jitter;
}

// What the endpoint has so far is its own, or else its profile's.
void read_retry(MemberReader& overrides, EndpointOverrides& so_far,
                const notify::Profile* profile) {
    if (overrides.clears("retry")) so_far.retry.reset();
    const json::object* object = overrides.object("retry");
    if (object == nullptr || object->empty()) return;
    MemberReader reader(*object, overrides.path_of("retry"));
    if (!so_far.retry) so_far.retry = profile ? profile->retry.schedule : notify::RetrySchedule{};
    read_schedule(reader, *so_far.retry);
    if (auto read = reader.finish(); !read) overrides.refuse(read.error());
}

// Merged: a header with null goes; one with the mask that answers show stays as it is.
void read_headers(MemberReader& reader, std::vector<notify::Header>& headers) {
    if (reader.clears("headers")) headers.clear();
    const json::object* object = reader.object("headers");
    if (object == nullptr) return;
    if (object->size() > headers_max) reader.refuse("headers", "are more than 32");
    for (const auto& [name, value] : *object) {
        if (!value.is_string() && !value.is_null()) {
            reader.refuse("headers", "must be an object of texts");
            continue;
        }
        const std::string_view wanted(name.data(), name.size());
        const auto known = std::find_if(
            headers.begin(), headers.end(),
            [&](const notify::Header& header) { return equal_ignoring_case(header.name, wanted); });
        if (value.is_string() && value.get_string() == masked_value) {
            if (known == headers.end())
                reader.refuse("headers", "hold *** for one that is not there: give its value");
            continue;
        }
        if (known != headers.end()) headers.erase(known);
        if (value.is_null()) continue;
        headers.push_back({std::string(wanted),
                           std::string(value.get_string().data(), value.get_string().size())});
    }
}

// Which signatures go out, and what counts as success.
void read_signing(MemberReader& reader, EndpointOverrides& overrides) {
    if (reader.clears("success")) overrides.success.reset();
    if (const auto success = reader.text("success", 16)) {
        overrides.success = notify::parse_success_rule(*success);
        if (!overrides.success) reader.refuse("success", "must be any_2xx or exactly_200");
    }
    if (reader.clears("also_sign_with")) overrides.also_sign_with.clear();
    if (auto names = reader.texts("also_sign_with", schemes_max, 64))
        overrides.also_sign_with = *std::move(names);
    if (reader.clears("digest")) overrides.digest.reset();
    if (const auto digest = reader.text("digest", 16)) {
        overrides.digest = notify::parse_signature_digest(*digest);
        if (!overrides.digest) reader.refuse("digest", "must be hmac_sha256 or sha256_suffix");
    }
    if (reader.clears("store_id")) overrides.store_id.reset();
    if (const auto id = reader.integer("store_id", 0, std::numeric_limits<std::int64_t>::max()))
        overrides.store_id = id;
}

// How often, how many at once, and whereto.
void read_traffic(MemberReader& reader, EndpointOverrides& overrides,
                  const notify::Profile* profile) {
    read_retry(reader, overrides, profile);
    if (reader.clears("timeout")) overrides.timeout.reset();
    if (const auto timeout = reader.integer("timeout", 100, 60'000))
        overrides.timeout = milliseconds(*timeout);
    if (reader.clears("max_in_flight")) overrides.max_in_flight.reset();
    if (const auto max = reader.integer("max_in_flight", 1, 1'000))
        overrides.max_in_flight = static_cast<std::size_t>(*max);
    if (reader.clears("rate_limit")) overrides.rate_limit.reset();
    if (const auto rate =
            reader.number("rate_limit", limits::endpoint_rate_min, limits::endpoint_rate_max))
        overrides.rate_limit = rate;
    if (reader.clears("allowed_ips")) overrides.allowed_ips.clear();
    if (auto blocks = reader.texts("allowed_ips", limits::endpoint_addresses_max, 64))
        overrides.allowed_ips = *std::move(blocks);
}

void read_payload(MemberReader& reader, EndpointOverrides& overrides) {
    if (reader.clears("max_body_bytes")) overrides.max_body_bytes.reset();
    if (const auto bytes =
            reader.integer("max_body_bytes", 1'024, std::int64_t{limits::body_strict_bytes_max}))
        overrides.max_body_bytes = static_cast<std::size_t>(*bytes);
    if (reader.clears("payload")) overrides.payload = notify::PayloadRule::automatic;
    if (const auto payload = reader.text("payload", 16)) {
        if (*payload == "full")
            overrides.payload = notify::PayloadRule::full;
        else if (*payload == "thin")
            overrides.payload = notify::PayloadRule::thin;
        else if (*payload == "auto")
            overrides.payload = notify::PayloadRule::automatic;
        else
            reader.refuse("payload", "must be auto, full or thin");
    }
    if (reader.clears("echo")) overrides.echo = notify::EchoRule::reduced;
    if (const auto echo = reader.text("echo", 16)) {
        if (*echo != "full" && *echo != "reduced") reader.refuse("echo", "must be reduced or full");
        overrides.echo = *echo == "full" ? notify::EchoRule::full : notify::EchoRule::reduced;
    }
    if (reader.clears("strict")) overrides.strict = false;
    if (const auto strict = reader.boolean("strict")) overrides.strict = *strict;
}

void read_overrides(MemberReader& parent, EndpointOverrides& overrides,
                    const notify::Profile* profile) {
    if (parent.clears("overrides")) overrides = {};
    const json::object* object = parent.object("overrides");
    if (object == nullptr) return;
    MemberReader reader(*object, "overrides");
    read_traffic(reader, overrides, profile);
    read_headers(reader, overrides.headers);
    read_payload(reader, overrides);
    read_signing(reader, overrides);
    if (auto read = reader.finish(); !read) parent.refuse(read.error());
}

void read_filter(MemberReader& reader, Endpoint& endpoint) {
    if (reader.clears("filter")) endpoint.filter = {};
    const json::object* object = reader.object("filter");
    if (object == nullptr) return;
    auto filter = notify::Filter::parse(json::serialize(*object));
    if (!filter) return reader.refuse(std::move(filter).error());
    endpoint.filter = *std::move(filter);
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

// What create and change have in common: members that are there are set, null ones are as they are
// where nobody named them.
void read_members(MemberReader& reader, Endpoint& endpoint, const notify::ProfileBook& profiles) {
    if (reader.clears("description")) endpoint.description.clear();
    if (auto text = reader.text("description", text_bytes_max))
        endpoint.description = *std::move(text);
    if (reader.clears("profile")) endpoint.profile.clear();
    if (auto profile = reader.text("profile", 64)) endpoint.profile = *std::move(profile);
    read_target(reader, endpoint, profiles);
    if (auto events = reader.texts("events", limits::event_types_per_endpoint_max, 128))
        endpoint.events = *std::move(events);
    else if (endpoint.events.empty() || reader.clears("events"))
        endpoint.events = default_events(profiles, endpoint.profile);
    if (reader.clears("active")) endpoint.active = true;
    if (const auto active = reader.boolean("active")) endpoint.active = *active;
    if (reader.clears("metadata")) endpoint.metadata = "{}";
    if (const json::object* metadata = reader.object("metadata")) {
        endpoint.metadata = json::serialize(*metadata);
        if (endpoint.metadata.size() > limits::metadata_bytes_max)
            reader.refuse("metadata", "is larger than 16 KiB");
    }
    read_filter(reader, endpoint);
    read_overrides(reader, endpoint.overrides, profiles.find(endpoint.profile));
}

Result<notify::Secret> parse_secret(const std::string& text) {
    auto parsed = notify::Secret::parse(text);
    if (!parsed) parsed.error().field = "secret";
    return parsed;
}

}  // namespace

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
    writer.key("filter");
    endpoint.filter.empty() ? writer.null() : writer.raw(endpoint.filter.text());
    writer.key("overrides");
    write_overrides(writer, endpoint.overrides);
    write_time(writer, "created_at", endpoint.created_at);
    write_time(writer, "grace_until", endpoint.old_secret_until);
    // Under both names: receivers of one guide read the second.
    if (show_secret && !endpoint.secret.empty()) {
        writer.member("secret", endpoint.secret.reveal());
        writer.member("signing_secret", endpoint.secret.reveal());
    }
    writer.end_object();
}

Result<Endpoint> new_webhook(const json::object& object, const notify::ProfileBook& profiles) {
    MemberReader reader(object);
    Endpoint endpoint;
    endpoint.profile.clear();  // that of the channel
    const auto secret = reader.text("secret", secret_bytes_max);
    read_members(reader, endpoint, profiles);
    if (auto read = reader.finish(); !read) return read.error();
    if (auto checked = check_has_target(endpoint); !checked) return checked.error();
    if (!secret) return endpoint;
    auto parsed = parse_secret(*secret);
    if (!parsed) return std::move(parsed).error();
    endpoint.secret = *std::move(parsed);
    return endpoint;
}

Result<void> change_webhook(const json::object& object, const notify::ProfileBook& profiles,
                            Endpoint& endpoint) {
    MemberReader reader(object);
    if (object.contains("secret"))
        return fail(ErrorCode::invalid_argument, "cannot be changed here", "secret",
                    "POST .../rotate_secret keeps the old one valid for a while");
    read_members(reader, endpoint, profiles);
    return reader.finish();
}

Result<void> read_rotation(const json::object& object, notify::Rotation& rotation) {
    MemberReader reader(object);
    const auto given = reader.text("secret", secret_bytes_max);
    if (const auto seconds = reader.integer("grace_seconds", 0, limits::rotation_grace_max.count()))
        rotation.grace = std::chrono::seconds(*seconds);
    rotation.discard_new = reader.boolean("discard_new").value_or(false);
    if (auto read = reader.finish(); !read) return std::move(read).error();
    if (!given) return {};
    auto parsed = parse_secret(*given);
    if (!parsed) return std::move(parsed).error();
    rotation.secret = *std::move(parsed);
    return {};
}

}  // namespace assay::tools
