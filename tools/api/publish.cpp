// POST /v1/events: an event of the user's own goes into the log, and from there to whoever
// subscribed.
// SPDX-License-Identifier: MIT
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "engine/base/limits.hpp"
#include "engine/batch_store/event_schemas.hpp"
#include "notify/profile/profile.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"
#include "tools/api/schema_check.hpp"

namespace assay::tools::resources {
namespace {

namespace store = engine::batch_store;

constexpr std::size_t type_bytes_max = 128;
constexpr std::size_t number_shown_bytes = 40;  // of one that is refused

// Numbers that receivers would read as others, or not at all: integers outside 64 bits, and what is
// too large or too small for a double. `json` has been parsed once, so outside texts a digit or a
// minus begins a number.
Result<void> check_numbers(std::string_view json) {
    bool in_text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_text) {
            if (c == '\\') ++i;
            in_text = c != '"';
            continue;
        }
        in_text = c == '"';
        if (c != '-' && (c < '0' || c > '9')) continue;
        const std::size_t end = std::min(json.find_first_not_of("0123456789+-.eE", i), json.size());
        const std::string_view number = json.substr(i, end - i);
        const bool whole = number.find_first_of(".eE") == std::string_view::npos;
        std::int64_t integer = 0;
        double real = 0;
        const char* const last = number.data() + number.size();
        const std::from_chars_result read = whole ? std::from_chars(number.data(), last, integer)
                                                  : std::from_chars(number.data(), last, real);
        if (read.ec != std::errc()) {
            return fail(ErrorCode::invalid_argument,
                        "the number " + std::string(number.substr(0, number_shown_bytes)) +
                            " is outside the range of " +
                            (whole ? "64-bit integers" : "64-bit floating point"),
                        "data", "write it as a text: receivers would round it");
        }
        i = end - 1;
    }
    return {};
}

// The bytes of `data` as they were sent: numbers keep their digits, and what is signed later is
// what the user wrote. The body has been read once, so only a spelling can be unknown here.
Result<std::string> data_of(const std::string& body) {
    const simdjson::padded_string padded(body);
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    std::string_view raw;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
        document.find_field_unordered("data").get_object().get(object) != simdjson::SUCCESS ||
        object.raw_json().get(raw) != simdjson::SUCCESS || raw.empty()) {
        return fail(ErrorCode::invalid_argument, "the member cannot be read", "data",
                    "write its name without escapes");
    }
    raw = raw.substr(0, raw.rfind('}') + 1);
    if (raw.size() > limits::published_data_bytes_max) {
        return fail(ErrorCode::payload_too_large,
                    "the data is larger than " +
                        std::to_string(limits::published_data_bytes_max / limits::kibibyte) +
                        " KiB",
                    "data", "publish a link to what is large");
    }
    if (const auto checked = check_numbers(raw); !checked) return checked.error();
    return std::string(raw);
}

}  // namespace

Result<void> check_published_type(const std::string& type) {
    if (notify::is_publishable_type(type)) return {};
    const std::string root = type.substr(0, type.find('.'));
    if (notify::is_publishable_type("own." + type) && type.find('.') != std::string::npos) {
        return fail(ErrorCode::invalid_argument,
                    root + ".* is reserved for events of the engine itself", "type",
                    "choose another first part than batch, item, analysis, quota, endpoint or "
                    "delivery");
    }
    return fail(ErrorCode::invalid_argument,
                "must be two or more parts of a-z, 0-9 and _, joined by dots", "type",
                "for example order.completed");
}

namespace {

Result<store::Publication> publication_of(const ApiCall& call) {
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    store::Publication publication;
    publication.tenant = call.tenant();
    publication.now = call.services.clock.now();
    MemberReader reader(*object);
    const auto type = reader.text("type", type_bytes_max);
    const auto in_body = reader.text("idempotency_key", idempotency_key_bytes_max);
    const bool has_data = reader.object("data") != nullptr;
    if (!type) reader.refuse("type", "is missing", "for example order.completed");
    if (!has_data) reader.refuse("data", "is missing: it must be a JSON object");
    if (const auto read = reader.finish(); !read) return read.error();
    if (const auto checked = check_published_type(*type); !checked) return checked.error();
    auto key = idempotency_key_of(call.request);
    if (!key) return key.error();
    if (*key && in_body && **key != *in_body) {
        return fail(ErrorCode::invalid_argument, "differs from the header Idempotency-Key",
                    "idempotency_key", "send one of the two");
    }
    if (in_body) {
        if (const auto checked = check_idempotency_key(*in_body, "idempotency_key"); !checked)
            return checked.error();
        *key = in_body;
    }
    auto data = data_of(call.body);
    if (!data) return data.error();
    publication.type = *type;
    publication.data = *std::move(data);
    publication.idempotency_key = *std::move(key);
    return publication;
}

// Types without a schema take any object.
Result<void> check_data(const ApiCall& call, const store::Publication& publication) {
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    const auto schema = store::find_event_schema(**db, publication.tenant, publication.type);
    if (!schema) return schema.error();
    return *schema ? hold_against((*schema)->schema, publication.data) : Result<void>();
}

}  // namespace

// Answers when the event is durable. A repetition gets the first answer, read from the log.
Answer publish_event(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto publication = publication_of(call);
    if (!publication) return publication.error();
    if (const auto checked = check_data(call, *publication); !checked) return checked.error();
    store::Published published;
    const auto stored = call.services.writer.run([&](engine::Tx& tx) -> Result<void> {
        auto done = store::publish_event(tx, *publication, call.services.random);
        if (!done) return done.error();
        published = *done;
        return {};
    });
    if (!stored) return stored.error();
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    const auto event = store::find_event(**db, published.seq);
    if (!event) return event.error();
    if (!*event) return fail(ErrorCode::archived, "the event is no longer kept");
    std::string body;
    JsonWriter writer(body);
    write_event(writer, **event);
    HttpResponse response = json_response(202, std::move(body));
    if (published.replayed) response.fields.push_back({"Idempotent-Replayed", "true"});
    return response;
}

}  // namespace assay::tools::resources
