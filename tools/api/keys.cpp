// /v1/keys: who may talk to this server.
// SPDX-License-Identifier: MIT
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

void write_key(JsonWriter& writer, const ApiKey& key, const std::string& text) {
    writer.begin_object();
    writer.member("id", key.id.text());
    writer.member("object", "key");
    writer.member("name", key.name);
    writer.key("scopes").begin_array();
    for (const Scope scope : key.scopes)
        writer.string(to_string(scope));
    writer.end_array();
    write_time(writer, "created_at", key.created_at);
    write_time(writer, "expires_at", key.expires_at);
    if (!text.empty()) writer.member("key", text);
    writer.end_object();
}

Result<std::vector<Scope>> read_scopes(const std::vector<std::string>& names) {
    std::vector<Scope> scopes;
    for (const std::string& name : names) {
        const auto scope = parse_scope(name);
        if (!scope)
            return fail(ErrorCode::invalid_argument, "\"" + name + "\" is no scope", "scopes",
                        "use submit, read, manage or admin");
        scopes.push_back(*scope);
    }
    if (scopes.empty())
        return fail(ErrorCode::invalid_argument, "is empty", "scopes", "name at least one scope");
    return scopes;
}

// The operator makes keys for any tenant, say for one that has lost its own.
Result<void> check_tenant(const ApiCall& call, const TenantId& tenant) {
    if (tenant == call.tenant()) return {};
    if (call.tenant() != operator_tenant())
        return fail(ErrorCode::forbidden, "is for whoever runs this server", "tenant_id");
    auto found = call.services.tenants.find(tenant);
    if (found) return {};
    found.error().field = "tenant_id";
    return found.error();
}

}  // namespace

Answer create_key(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    MemberReader reader(*object);
    std::string name = reader.text("name", 128).value_or("");
    const auto names =
        reader.texts("scopes", 4, 16).value_or(std::vector<std::string>{"submit", "read"});
    const auto expires = reader.text("expires_at", 64);
    const auto tenant_id = reader.text("tenant_id", limits::tenant_id_bytes_max);
    if (auto read = reader.finish(); !read) return read.error();
    auto scopes = read_scopes(names);
    if (!scopes) return std::move(scopes).error();
    std::optional<TimePoint> expires_at;
    if (expires) {
        const auto time = parse_time(*expires);
        if (!time || *time <= call.services.clock.now())
            return fail(ErrorCode::invalid_argument, "is no time in the future", "expires_at",
                        "write RFC 3339, e.g. 2027-01-31T00:00:00Z");
        expires_at = *time;
    }
    const TenantId tenant = tenant_id ? TenantId(*tenant_id) : call.tenant();
    if (const auto may = check_tenant(call, tenant); !may) return may.error();
    const auto created =
        call.services.keys.make(tenant, std::move(name), *std::move(scopes), expires_at);
    if (const auto added = call.services.keys.add(created.key); !added) return added.error();
    call.services.log.write(LogLevel::info, "key_created", {{"key", created.key.id.text()}});
    std::string body;
    JsonWriter writer(body);
    write_key(writer, created.key, created.text);
    return json_response(201, std::move(body));
}

Answer list_keys(ApiCall& call) {
    if (const auto allowed = call.query.only({"limit", "after"}); !allowed) return allowed.error();
    return list_page(call.query, call.services.keys.list(call.tenant()),
                     [](JsonWriter& writer, const ApiKey& key) { write_key(writer, key, {}); });
}

Answer revoke_key(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const KeyId id(call.captures[0]);
    if (id == call.key->id)
        return fail(ErrorCode::conflict, "a key cannot revoke itself", "id",
                    "use another admin key");
    const auto revoked = call.services.keys.revoke(call.tenant(), id);
    if (!revoked) return revoked.error();
    call.services.log.write(LogLevel::info, "key_revoked", {{"key", id.text()}});
    HttpResponse response;
    response.status = 204;
    return response;
}

}  // namespace assay::tools::resources
