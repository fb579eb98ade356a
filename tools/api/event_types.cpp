// /v1/event_types: every event of every profile's catalogue and every type of the tenant's own that
// has a schema, with the body that receivers get.
// SPDX-License-Identifier: MIT
#include "engine/base/json_writer.hpp"
#include "engine/batch_store/event_schemas.hpp"
#include "notify/profile/sample.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

namespace store = engine::batch_store;

void write_event_type(JsonWriter& writer, const notify::Profile& profile,
                      const notify::CatalogueEntry& entry, std::string_view example) {
    writer.begin_object()
        .member("object", "event_type")
        .member("type", entry.type)
        .member("profile", profile.name);
    writer.key("events").begin_array();
    for (const std::string& canonical : entry.of)
        writer.string(canonical);
    writer.end_array();
    writer.key("example").raw(example);
    writer.end_object();
}

using Types = std::vector<std::string>;

Result<void> write_catalogue(JsonWriter& writer, const notify::Profile& profile,
                             const Types& wanted) {
    for (const notify::CatalogueEntry& entry : profile.events) {
        if (!notify::subscribes(wanted, entry.type)) continue;
        const auto example = notify::sample_body(profile, entry.type);
        if (!example) return example.error();
        write_event_type(writer, profile, entry, *example);
    }
    return {};
}

Result<void> write_published(JsonWriter& writer, const notify::Profile& profile,
                             const std::vector<store::EventSchema>& schemas, const Types& wanted) {
    if (!profile.accepts_any_type) return {};
    for (const store::EventSchema& schema : schemas) {
        if (!notify::subscribes(wanted, schema.type)) continue;
        const auto example = notify::sample_body(profile, schema.type, schema.schema);
        if (!example) return example.error();
        notify::CatalogueEntry entry;
        entry.type = schema.type;
        entry.of = {schema.type};
        write_event_type(writer, profile, entry, *example);
    }
    return {};
}

}  // namespace

// profile=ztrace, type=batch.completed or type=batch.*
Answer list_event_types(ApiCall& call) {
    const auto allowed = call.query.only({"profile", "type"});
    if (!allowed) return allowed.error();
    const notify::ProfileBook& profiles = call.services.notifier.profiles();
    const auto wanted_profile = call.query.text("profile");
    if (wanted_profile && profiles.find(*wanted_profile) == nullptr) {
        return fail(ErrorCode::invalid_argument, "is no profile", "profile",
                    "use one of " + profiles.names());
    }
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    const auto schemas = store::all_event_schemas(**db, call.tenant());
    if (!schemas) return schemas.error();
    const Types wanted_type{call.query.text("type").value_or("*")};
    std::string body;
    JsonWriter writer(body);
    writer.begin_object().member("object", "list").key("data").begin_array();
    for (const notify::Profile& profile : profiles.all()) {
        if (wanted_profile && *wanted_profile != profile.name) continue;
        auto written = write_catalogue(writer, profile, wanted_type);
        if (written) written = write_published(writer, profile, *schemas, wanted_type);
        if (!written) return written.error();
    }
    writer.end_array().member("has_more", false).end_object();
    return json_response(200, std::move(body));
}

}  // namespace assay::tools::resources
