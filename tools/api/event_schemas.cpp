// /v1/event_types/TYPE/schema: what a tenant's own events are held against when they are published.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/event_schemas.hpp"

#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"
#include "tools/api/schema_check.hpp"

namespace assay::tools::resources {
namespace {

namespace store = engine::batch_store;

HttpResponse schema_response(const store::EventSchema& schema) {
    std::string body;
    JsonWriter writer(body);
    writer.begin_object().member("object", "event_schema").member("type", schema.type);
    writer.key("schema").raw(schema.schema);
    write_time(writer, "updated_at", schema.updated_at);
    writer.end_object();
    return json_response(200, std::move(body));
}

Error no_schema(const std::string& type) {
    return fail(ErrorCode::not_found, "there is no schema of " + type);
}

}  // namespace

// The body is the schema.
Answer put_event_schema(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const std::string type(call.captures[0]);
    if (const auto checked = check_published_type(type); !checked) return checked.error();
    if (call.body.size() > limits::event_schema_bytes_max) {
        return fail(ErrorCode::payload_too_large, "is larger than 64 KiB", "schema",
                    "leave out descriptions and examples");
    }
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    if (const auto checked = check_schema(call.body); !checked) return checked.error();
    const store::EventSchema schema{type, call.body, call.services.clock.now()};
    const auto stored = call.services.writer.run(
        [&](engine::Tx& tx) { return store::put_event_schema(tx, call.tenant(), schema); });
    if (!stored) return stored.error();
    call.services.log.write(LogLevel::info, "event_schema_put", {{"type", type}});
    return schema_response(schema);
}

Answer get_event_schema(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const std::string type(call.captures[0]);
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    const auto schema = store::find_event_schema(**db, call.tenant(), type);
    if (!schema) return schema.error();
    if (!*schema) return no_schema(type);
    return schema_response(**schema);
}

Answer delete_event_schema(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const std::string type(call.captures[0]);
    bool there = false;
    const auto stored = call.services.writer.run([&](engine::Tx& tx) -> Result<void> {
        const auto erased = store::erase_event_schema(tx, call.tenant(), type);
        if (!erased) return erased.error();
        there = *erased;
        return {};
    });
    if (!stored) return stored.error();
    if (!there) return no_schema(type);
    call.services.log.write(LogLevel::info, "event_schema_deleted", {{"type", type}});
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace assay::tools::resources
