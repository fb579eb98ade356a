// /v1/account, the own tenant, and /v1/tenants, which is the operator's.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

using engine::batch_store::OwnRetention;
using engine::batch_store::Retention;

constexpr std::int64_t number_max = std::int64_t{1} << 53;  // what a JSON number holds exactly

struct RetentionMember {
    const char* name;
    std::optional<int> OwnRetention::*own;
    int Retention::*days;
};
constexpr RetentionMember retention_members[] = {
    {"results_days", &OwnRetention::results, &Retention::results},
    {"events_days", &OwnRetention::events, &Retention::events},
    {"deliveries_days", &OwnRetention::deliveries, &Retention::deliveries},
    {"dead_letters_days", &OwnRetention::dead_letters, &Retention::dead_letters},
};

void write_retention(JsonWriter& writer, const Retention& days) {
    writer.begin_object();
    for (const RetentionMember& member : retention_members)
        writer.member(member.name, days.*member.days);
    writer.end_object();
}

// `object`: "account" for the own tenant, "tenant" for the operator's view. `key`: the first key of
// a new tenant, shown once.
void write_tenant(JsonWriter& writer, const ApiCall& call, const Tenant& tenant,
                  std::string_view object, const std::string& key = {}) {
    writer.begin_object();
    writer.member("id", tenant.id.text());
    writer.member("object", object);
    writer.member("name", tenant.name);
    writer.member("email", tenant.email);
    writer.key("store_id");
    if (tenant.store_id)
        writer.string(*tenant.store_id);
    else
        writer.null();
    writer.key("plan_limit");
    if (tenant.plan_limit)
        writer.integer(*tenant.plan_limit);
    else
        writer.null();
    writer.member("bonus_requests", tenant.bonus_requests);
    writer.key("allowed_ips").begin_array();
    for (const std::string& address : tenant.allowed_ips)
        writer.string(address);
    writer.end_array();
    writer.key("retention");
    write_retention(writer, tenant.retention.over(call.services.retention.days()));
    writer.member("active", !tenant.disabled_at.has_value());
    write_time(writer, "created_at", tenant.created_at);
    if (!key.empty()) writer.member("key", key);
    writer.end_object();
}

HttpResponse tenant_response(int status, const ApiCall& call, const Tenant& tenant,
                             std::string_view object, const std::string& key = {}) {
    std::string body;
    JsonWriter writer(body);
    write_tenant(writer, call, tenant, object, key);
    return json_response(status, std::move(body));
}

void read_retention(MemberReader& parent, OwnRetention& retention) {
    if (parent.clears("retention")) retention = {};
    const boost::json::object* object = parent.object("retention");
    if (object == nullptr) return;
    MemberReader reader(*object, "retention");
    for (const RetentionMember& member : retention_members) {
        if (reader.clears(member.name)) (retention.*member.own).reset();
        if (const auto days = reader.integer(member.name, 1, limits::retention_days_max))
            retention.*member.own = static_cast<int>(*days);
    }
    if (auto read = reader.finish(); !read) parent.refuse(read.error());
}

// What a tenant may change of itself. Absent members stay; null clears.
void read_own_members(MemberReader& reader, Tenant& tenant) {
    if (reader.clears("name")) tenant.name.clear();
    if (auto name = reader.text("name", limits::account_text_bytes_max))
        tenant.name = *std::move(name);
    if (reader.clears("email")) tenant.email.clear();
    if (auto email = reader.text("email", limits::account_text_bytes_max))
        tenant.email = *std::move(email);
    if (reader.clears("store_id")) tenant.store_id.reset();
    if (auto store = reader.text("store_id", limits::account_text_bytes_max))
        tenant.store_id = *std::move(store);
    if (reader.clears("allowed_ips")) tenant.allowed_ips.clear();
    if (auto allowed = reader.texts("allowed_ips", limits::allowed_ips_max, 64))
        tenant.allowed_ips = *std::move(allowed);
    read_retention(reader, tenant.retention);
}

// What only the operator gives.
void read_quota_members(MemberReader& reader, Tenant& tenant) {
    if (reader.clears("plan_limit")) tenant.plan_limit.reset();
    if (const auto limit = reader.integer("plan_limit", 0, number_max)) tenant.plan_limit = *limit;
    if (reader.clears("bonus_requests")) tenant.bonus_requests = 0;
    if (const auto bonus = reader.integer("bonus_requests", 0, number_max))
        tenant.bonus_requests = *bonus;
}

bool names_quota(const boost::json::object& object, std::string& member) {
    for (const char* name : {"plan_limit", "bonus_requests"}) {
        if (!object.contains(name)) continue;
        member = name;
        return true;
    }
    return false;
}

// Nobody locks himself out.
Result<void> check_own_address(const ApiCall& call, const Tenant& tenant) {
    if (tenant.id != call.tenant()) return {};
    const auto allowed = parse_allowed(tenant.allowed_ips);
    if (!allowed) return allowed.error();
    if (is_allowed(call.request.remote_address, *allowed)) return {};
    return fail(ErrorCode::conflict,
                "would shut out this request's own address, " + call.request.remote_address,
                "allowed_ips", "add it to the list");
}

Answer change_tenant(ApiCall& call, const TenantId& id, std::string_view object_name,
                     bool with_quota) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    if (std::string member; !with_quota && names_quota(*object, member))
        return fail(ErrorCode::forbidden, "is set by whoever runs this server", member);
    auto changed = call.services.tenants.change(id, [&](Tenant& tenant) -> Result<void> {
        MemberReader reader(*object);
        read_own_members(reader, tenant);
        if (with_quota) read_quota_members(reader, tenant);
        if (auto read = reader.finish(); !read) return read;
        return check_own_address(call, tenant);
    });
    if (!changed) return std::move(changed).error();
    call.services.log.write(LogLevel::info, "tenant_changed", {{"tenant", id.text()}});
    return tenant_response(200, call, *changed, object_name);
}

Answer switch_tenant(ApiCall& call, bool active) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const TenantId id(call.captures[0]);
    if (!active && id == operator_tenant())
        return fail(ErrorCode::conflict, "the operator's own tenant cannot be disabled", "id");
    auto changed = call.services.tenants.change(id, [&](Tenant& tenant) -> Result<void> {
        if (active)
            tenant.disabled_at.reset();
        else if (!tenant.disabled_at)
            tenant.disabled_at = call.services.clock.now();
        return {};
    });
    if (!changed) return std::move(changed).error();
    call.services.log.write(LogLevel::info, active ? "tenant_enabled" : "tenant_disabled",
                            {{"tenant", id.text()}});
    return tenant_response(200, call, *changed, "tenant");
}

}  // namespace

Answer get_account(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto tenant = call.services.tenants.find(call.tenant());
    if (!tenant) return tenant.error();
    return tenant_response(200, call, *tenant, "account");
}

// The operator's own account has no one above it, so there the quota is its own too.
Answer change_account(ApiCall& call) {
    return change_tenant(call, call.tenant(), "account", call.tenant() == operator_tenant());
}

Answer create_tenant(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    MemberReader reader(*object);
    Tenant tenant;
    tenant.id = TenantId(
        reader.text("id", limits::tenant_id_bytes_max).value_or(make_uuid(call.services.random)));
    read_own_members(reader, tenant);
    read_quota_members(reader, tenant);
    if (auto read = reader.finish(); !read) return read.error();
    tenant.created_at = call.services.clock.now();
    auto created = call.services.tenants.create(std::move(tenant));
    if (!created) return std::move(created).error();
    const auto key =
        call.services.keys.make(created->id, "first key", {Scope::admin}, std::nullopt);
    if (const auto added = call.services.keys.add(key.key); !added) return added.error();
    call.services.log.write(LogLevel::info, "tenant_created", {{"tenant", created->id.text()}});
    HttpResponse response = tenant_response(201, call, *created, "tenant", key.text);
    response.fields.push_back({"Location", "/v1/tenants/" + created->id.text()});
    return response;
}

Answer list_tenants(ApiCall& call) {
    if (const auto allowed = call.query.only({"limit", "after"}); !allowed) return allowed.error();
    const auto all = call.services.tenants.list();
    if (!all) return all.error();
    return list_page(call.query, *all, [&](JsonWriter& writer, const Tenant& tenant) {
        write_tenant(writer, call, tenant, "tenant");
    });
}

Answer get_tenant(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto tenant = call.services.tenants.find(TenantId(call.captures[0]));
    if (!tenant) return tenant.error();
    return tenant_response(200, call, *tenant, "tenant");
}

Answer patch_tenant(ApiCall& call) {
    return change_tenant(call, TenantId(call.captures[0]), "tenant", true);
}

Answer disable_tenant(ApiCall& call) {
    return switch_tenant(call, false);
}

Answer enable_tenant(ApiCall& call) {
    return switch_tenant(call, true);
}

}  // namespace assay::tools::resources
