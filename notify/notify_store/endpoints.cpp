// Endpoint rows: settings as JSON, everything secret sealed.
// SPDX-License-Identifier: MIT
#include <boost/json.hpp>

#include "engine/base/hash.hpp"
#include "engine/base/json_writer.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {
namespace {

using std::chrono::milliseconds;
namespace json = boost::json;

constexpr std::array<std::string_view, 3> payload_names{"automatic", "full", "thin"};

// What a sealed value belongs to: moved to another row or column it does not open.
std::string place(const Endpoint& endpoint, std::string_view column) {
    std::string text = endpoint.tenant.text();
    text += '\n';
    text += endpoint.id.text();
    text += '\n';
    text += column;
    return text;
}

void write_overrides(JsonWriter& out, const EndpointOverrides& overrides) {
    out.begin_object();
    if (overrides.retry) {
        out.key("retry").begin_object().key("delays_ms").begin_array();
        for (const milliseconds delay : overrides.retry->delays)
            out.integer(delay.count());
        out.end_array().key("jitter").number(overrides.retry->jitter, 6).end_object();
    }
    if (overrides.timeout) out.member("timeout_ms", std::int64_t{overrides.timeout->count()});
    if (overrides.max_body_bytes) {
        out.member("max_body_bytes", static_cast<std::int64_t>(*overrides.max_body_bytes));
    }
    if (overrides.max_in_flight) {
        out.member("max_in_flight", static_cast<std::int64_t>(*overrides.max_in_flight));
    }
    if (overrides.rate_limit) out.key("rate_limit").number(*overrides.rate_limit, 6);
    if (!overrides.allowed_ips.empty()) {
        out.key("allowed_ips").begin_array();
        for (const std::string& block : overrides.allowed_ips)
            out.string(block);
        out.end_array();
    }
    if (overrides.success) out.member("success", to_string(*overrides.success));
    if (overrides.digest) out.member("digest", to_string(*overrides.digest));
    if (overrides.store_id) out.member("store_id", *overrides.store_id);
    if (!overrides.also_sign_with.empty()) {
        out.key("also_sign_with").begin_array();
        for (const std::string& name : overrides.also_sign_with)
            out.string(name);
        out.end_array();
    }
    out.member("payload", payload_names.at(static_cast<std::size_t>(overrides.payload)));
    if (overrides.echo == EchoRule::full) out.member("echo", "full");
    out.member("strict", overrides.strict).end_object();
}

std::string settings_json(const Endpoint& endpoint) {
    std::string text;
    JsonWriter out(text);
    out.begin_object()
        .member("url", shown_url(endpoint))
        .member("description", endpoint.description)
        .member("profile", endpoint.profile);
    if (endpoint.channel != Channel::http) out.member("channel", to_string(endpoint.channel));
    out.key("events").begin_array();
    for (const std::string& name : endpoint.events)
        out.string(name);
    out.end_array().key("metadata").string(endpoint.metadata);
    if (!endpoint.filter.empty()) out.key("filter").string(endpoint.filter.text());
    if (endpoint.body_revision != 0) out.member("body_revision", endpoint.body_revision);
    if (endpoint.old_secret && endpoint.old_secret_until) {
        out.member("old_secret_until", to_unix_milliseconds(*endpoint.old_secret_until));
    }
    out.key("overrides");
    write_overrides(out, endpoint.overrides);
    out.end_object();
    return text;
}

// What the sealed list keeps the URL under where it is a secret: no header has this name.
constexpr std::string_view url_entry;

// Custom headers often carry a receiver's token, so they are sealed like the secrets. Empty: there
// is nothing to seal.
std::string headers_json(const Endpoint& endpoint) {
    const std::vector<Header>& headers = endpoint.overrides.headers;
    const bool seals_url = endpoint.channel == Channel::discord;
    if (headers.empty() && !seals_url) return {};
    std::string text;
    JsonWriter out(text);
    out.begin_array();
    if (seals_url) out.string(url_entry).string(endpoint.url);
    for (const Header& header : headers)
        out.string(header.name).string(header.value);
    out.end_array();
    return text;
}

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

void read_overrides(const json::object& stored, EndpointOverrides& out) {
    if (const json::value* retry = stored.if_contains("retry")) {
        RetrySchedule& schedule = out.retry.emplace();
        for (const json::value& delay : retry->at("delays_ms").as_array()) {
            schedule.delays.emplace_back(delay.to_number<std::int64_t>());
        }
        schedule.jitter = retry->at("jitter").to_number<double>();
    }
    if (const json::value* value = stored.if_contains("timeout_ms")) {
        out.timeout = milliseconds(value->to_number<std::int64_t>());
    }
    if (const json::value* value = stored.if_contains("max_body_bytes")) {
        out.max_body_bytes = value->to_number<std::size_t>();
    }
    if (const json::value* value = stored.if_contains("max_in_flight")) {
        out.max_in_flight = value->to_number<std::size_t>();
    }
    if (const json::value* value = stored.if_contains("rate_limit")) {
        out.rate_limit = value->to_number<double>();
    }
    if (const json::value* value = stored.if_contains("allowed_ips")) {
        for (const json::value& block : value->as_array())
            out.allowed_ips.push_back(text_of(block));
    }
    if (const json::value* value = stored.if_contains("success")) {
        out.success = parse_success_rule(text_of(*value));
    }
    if (const json::value* value = stored.if_contains("digest")) {
        out.digest = parse_signature_digest(text_of(*value));
    }
    if (const json::value* value = stored.if_contains("store_id")) {
        out.store_id = value->to_number<std::int64_t>();
    }
    if (const json::value* value = stored.if_contains("also_sign_with")) {
        for (const json::value& name : value->as_array())
            out.also_sign_with.push_back(text_of(name));
    }
    const std::string payload = text_of(stored.at("payload"));
    for (std::size_t i = 0; i < payload_names.size(); ++i) {
        if (payload_names.at(i) == payload) out.payload = static_cast<PayloadRule>(i);
    }
    if (stored.contains("echo")) out.echo = EchoRule::full;
    out.strict = stored.at("strict").as_bool();
}

// Boost.JSON reports a wrong shape by exception; none leaves this file.
Result<void> read_settings(std::string_view text, std::string_view headers, Endpoint& out) {
    try {
        const json::value stored = json::parse(json::string_view(text.data(), text.size()));
        const json::object& object = stored.as_object();
        out.url = text_of(object.at("url"));
        out.description = text_of(object.at("description"));
        out.profile = text_of(object.at("profile"));
        if (const json::value* channel = object.if_contains("channel")) {
            const std::optional<Channel> known = parse_channel(text_of(*channel));
            if (!known) return fail(ErrorCode::corrupt, "stored endpoint: unknown channel");
            out.channel = *known;
        }
        out.metadata = text_of(object.at("metadata"));
        for (const json::value& name : object.at("events").as_array()) {
            out.events.push_back(text_of(name));
        }
        if (const json::value* value = object.if_contains("body_revision")) {
            out.body_revision = value->to_number<std::int64_t>();
        }
        if (const json::value* value = object.if_contains("filter")) {
            Result<Filter> filter = Filter::parse(text_of(*value));
            if (!filter) return fail(ErrorCode::corrupt, "stored endpoint: its filter");
            out.filter = *std::move(filter);
        }
        if (const json::value* value = object.if_contains("old_secret_until")) {
            out.old_secret_until = from_unix_milliseconds(value->to_number<std::int64_t>());
        }
        read_overrides(object.at("overrides").as_object(), out.overrides);
        if (headers.empty()) return {};
        const json::value list = json::parse(json::string_view(headers.data(), headers.size()));
        const json::array& items = list.as_array();
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            Header entry{text_of(items[i]), text_of(items[i + 1])};
            if (entry.name == url_entry) {
                out.url = std::move(entry.value);
            } else {
                out.overrides.headers.push_back(std::move(entry));
            }
        }
        return {};
    } catch (const std::exception& problem) {
        return fail(ErrorCode::corrupt, std::string("stored endpoint: ") + problem.what());
    }
}

Result<Secret> open_secret(const Endpoint& endpoint, std::string_view column,
                           std::string_view sealed, const SecretBox& box) {
    Result<std::string> plain = box.open(sealed, place(endpoint, column));
    if (!plain) return std::move(plain).error();
    if (plain->empty()) return Secret{};
    return Secret::parse(*plain);
}

Result<Endpoint> read_row(const engine::Statement& row, const SecretBox& box) {
    Endpoint endpoint;
    endpoint.id = EndpointId(std::string(row.text(0)));
    endpoint.tenant = TenantId(std::string(row.text(1)));
    endpoint.active = row.integer(2) != 0;
    const std::string settings(row.text(3));
    endpoint.events_after = EventSeq{row.integer(4)};
    endpoint.created_at = from_unix_milliseconds(row.integer(5));
    const std::string where = "endpoint " + endpoint.id.text();
    if (static_cast<std::int64_t>(hash64(settings)) != row.integer(10)) {
        return fail(ErrorCode::corrupt, where + ": its settings fail their checksum");
    }
    if (row.text(6) != box.key_id()) {
        return fail(ErrorCode::corrupt,
                    where + " was sealed under master key " + std::string(row.text(6)) + ", not " +
                        box.key_id(),
                    {}, "start with the key file that this data directory was made with");
    }
    Result<Secret> secret = open_secret(endpoint, "secret", row.text(7), box);
    if (!secret) return std::move(secret).error();
    endpoint.secret = *std::move(secret);
    if (!row.is_null(8)) {
        Result<Secret> old = open_secret(endpoint, "old_secret", row.text(8), box);
        if (!old) return std::move(old).error();
        endpoint.old_secret = *std::move(old);
    }
    std::string headers;
    if (!row.is_null(9)) {
        Result<std::string> opened = box.open(row.text(9), place(endpoint, "headers"));
        if (!opened) return std::move(opened).error();
        headers = *std::move(opened);
    }
    if (Result<void> read = read_settings(settings, headers, endpoint); !read) {
        return std::move(read).error();
    }
    if (!endpoint.old_secret) endpoint.old_secret_until.reset();
    return endpoint;
}

}  // namespace

Result<void> put_endpoint(engine::Tx& tx, const Endpoint& endpoint, const SecretBox& box,
                          Random& random) {
    const std::string settings = settings_json(endpoint);
    const std::string secret =
        box.seal(endpoint.secret.reveal(), place(endpoint, "secret"), random);
    std::string old_secret;
    if (endpoint.old_secret) {
        old_secret = box.seal(endpoint.old_secret->reveal(), place(endpoint, "old_secret"), random);
    }
    std::string headers;
    if (const std::string plain = headers_json(endpoint); !plain.empty()) {
        headers = box.seal(plain, place(endpoint, "headers"), random);
    }
    engine::Statement put =
        tx->prepare("INSERT OR REPLACE INTO endpoints VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)");
    put.bind(1, std::string_view(endpoint.id.text()))
        .bind(2, std::string_view(endpoint.tenant.text()))
        .bind(3, std::int64_t{endpoint.active ? 1 : 0})
        .bind(4, std::string_view(settings))
        .bind(5, to_integer(endpoint.events_after))
        .bind(6, to_unix_milliseconds(endpoint.created_at))
        .bind(7, std::string_view(box.key_id()))
        .bind_blob(8, secret)
        .bind(11, static_cast<std::int64_t>(hash64(settings)));
    if (old_secret.empty()) {
        put.bind_null(9);
    } else {
        put.bind_blob(9, old_secret);
    }
    if (headers.empty()) {
        put.bind_null(10);
    } else {
        put.bind_blob(10, headers);
    }
    return put.run();
}

Result<void> set_endpoint_active(engine::Tx& tx, const EndpointId& id, bool active) {
    engine::Statement set = tx->prepare("UPDATE endpoints SET active = ?2 WHERE id = ?1");
    set.bind(1, std::string_view(id.text())).bind(2, std::int64_t{active ? 1 : 0});
    return set.run();
}

Result<bool> endpoint_is_active(engine::Tx& tx, const EndpointId& id) {
    engine::Statement select = tx->prepare("SELECT 1 FROM endpoints WHERE id = ?1 AND active = 1");
    select.bind(1, std::string_view(id.text()));
    return select.step();
}

Result<bool> delete_endpoint(engine::Tx& tx, const TenantId& tenant, const EndpointId& id) {
    engine::Statement erase = tx->prepare("DELETE FROM endpoints WHERE id = ?1 AND tenant_id = ?2");
    erase.bind(1, std::string_view(id.text())).bind(2, std::string_view(tenant.text()));
    if (Result<void> done = erase.run(); !done) return std::move(done).error();
    if (tx->changes() == 0) return false;
    if (Result<void> done = forget_endpoint_state(tx, id); !done) return std::move(done).error();
    return true;
}

Result<std::vector<Endpoint>> all_endpoints(engine::Connection& db, const SecretBox& box) {
    engine::Statement select = db.prepare(
        "SELECT id, tenant_id, active, settings, events_after, created_at, key_id, secret, "
        "old_secret, headers, checksum FROM endpoints ORDER BY created_at, id");
    std::vector<Endpoint> all;
    for (;;) {
        Result<bool> row = select.step();
        if (!row) return std::move(row).error();
        if (!*row) return all;
        Result<Endpoint> endpoint = read_row(select, box);
        if (!endpoint) return std::move(endpoint).error();
        all.push_back(*std::move(endpoint));
    }
}

}  // namespace assay::notify::notify_store
