// /v1/quota, and the refusal of a submission that does not fit into it.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/batch_store/tenants.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/problem.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

void write_numbers(JsonWriter& writer, const engine::batch_store::Quota& quota) {
    const std::pair<const char*, std::optional<std::int64_t>> numbers[] = {
        {"limit", quota.limit()},
        {"plan_limit", quota.plan_limit},
        {"bonus_requests", quota.bonus_requests},
        {"used", quota.used},
        {"remaining", quota.remaining()}};
    for (const auto& [name, number] : numbers) {
        writer.key(name);
        if (number)
            writer.integer(*number);
        else
            writer.null();
    }
    write_time(writer, "reset_at", quota.reset_at);
}

}  // namespace

Answer get_quota(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    const auto quota =
        engine::batch_store::read_quota(**db, call.tenant(), call.services.clock.now());
    if (!quota) return quota.error();
    std::string body;
    JsonWriter writer(body);
    writer.begin_object();
    writer.member("object", "quota");
    write_numbers(writer, *quota);
    writer.end_object();
    return json_response(200, std::move(body));
}

// Retry-After says when the same batch may be accepted: not in a second, but in the next month.
HttpResponse over_quota(ApiServices& services, const TenantId& tenant, const Error& error) {
    const TimePoint now = services.clock.now();
    auto db = services.database.read();
    if (!db) return problem(error);
    const auto quota = engine::batch_store::read_quota(**db, tenant, now);
    if (!quota) return problem(error);
    std::string numbers;
    JsonWriter writer(numbers);
    writer.begin_object();
    write_numbers(writer, *quota);
    writer.end_object();
    // The members of the object, behind those of the problem.
    HttpResponse response = problem_with(error, "," + numbers.substr(1, numbers.size() - 2));
    for (HttpField& field : response.fields) {
        if (field.name != "Retry-After") continue;
        const auto left = std::chrono::ceil<std::chrono::seconds>(quota->reset_at - now);
        field.value = std::to_string(std::max<std::int64_t>(1, left.count()));
    }
    return response;
}

}  // namespace assay::tools::resources
