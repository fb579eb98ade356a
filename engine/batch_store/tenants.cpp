// Tenants as rows.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/tenants.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/limits.hpp"

namespace assay::engine::batch_store {
namespace {

Error wrong(std::string field, std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(field),
                std::move(remedy));
}

bool is_tenant_id(std::string_view id) noexcept {
    const auto sound = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !id.empty() && id.size() <= limits::tenant_id_bytes_max &&
           std::all_of(id.begin(), id.end(), sound);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::optional<int> days_at(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return static_cast<int>(row.integer(column));
}

std::optional<TimePoint> time_at(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return from_unix_milliseconds(row.integer(column));
}

std::optional<std::int64_t> number(const std::optional<int>& days) {
    if (!days) return std::nullopt;
    return std::int64_t{*days};
}

std::optional<std::int64_t> number(const std::optional<TimePoint>& time) {
    if (!time) return std::nullopt;
    return to_unix_milliseconds(*time);
}

constexpr std::string_view all_columns =
    "SELECT id, name, email, store_id, quota_limit, bonus, allowed_ips, keep_results, keep_events,"
    " keep_deliveries, keep_dead_letters, created_at, disabled_at FROM tenant ";

Tenant tenant_at(const Statement& row) {
    Tenant tenant;
    tenant.id = TenantId(std::string(row.text(0)));
    tenant.name = row.text(1);
    tenant.email = row.text(2);
    if (!row.is_null(3)) tenant.store_id = std::string(row.text(3));
    if (!row.is_null(4)) tenant.plan_limit = row.integer(4);
    tenant.bonus_requests = row.integer(5);
    tenant.allowed_ips = split(row.text(6));
    tenant.retention = {days_at(row, 7), days_at(row, 8), days_at(row, 9), days_at(row, 10)};
    tenant.created_at = time_at(row, 11);
    tenant.disabled_at = time_at(row, 12);
    return tenant;
}

// What insert and update have in common: parameters 1 to 12.
void bind_all(Statement& statement, const Tenant& tenant, const std::string& allowed) {
    statement.bind(1, std::string_view(tenant.id.text())).bind(2, std::string_view(tenant.name));
    statement.bind(3, std::string_view(tenant.email)).bind(4, tenant.store_id);
    statement.bind(5, tenant.plan_limit).bind(6, tenant.bonus_requests);
    statement.bind(7, std::string_view(allowed)).bind(8, number(tenant.retention.results));
    statement.bind(9, number(tenant.retention.events));
    statement.bind(10, number(tenant.retention.deliveries));
    statement.bind(11, number(tenant.retention.dead_letters));
    statement.bind(12, number(tenant.disabled_at));
}

}  // namespace

Retention OwnRetention::over(const Retention& server) const noexcept {
    return {results.value_or(server.results), events.value_or(server.events),
            deliveries.value_or(server.deliveries), dead_letters.value_or(server.dead_letters)};
}

Result<void> validate(const Tenant& tenant) {
    if (!is_tenant_id(tenant.id.text())) return wrong("id", "must be 1 to 64 of a-z, 0-9, - and _");
    const std::pair<const char*, std::string_view> texts[] = {
        {"name", tenant.name},
        {"email", tenant.email},
        {"store_id", tenant.store_id ? std::string_view(*tenant.store_id) : ""}};
    for (const auto& [field, text] : texts) {
        if (text.size() > limits::account_text_bytes_max)
            return wrong(field, "is longer than 256 bytes");
    }
    if (!tenant.email.empty() &&
        (tenant.email.find('@') == std::string::npos || tenant.email.front() == '@' ||
         tenant.email.back() == '@' || tenant.email.find(' ') != std::string::npos))
        return wrong("email", "is no e-mail address");
    if (tenant.plan_limit.value_or(0) < 0) return wrong("plan_limit", "is negative");
    if (tenant.bonus_requests < 0) return wrong("bonus_requests", "is negative");
    if (tenant.allowed_ips.size() > limits::allowed_ips_max)
        return wrong("allowed_ips", "has more than 100 entries");
    for (const std::string& text : tenant.allowed_ips) {
        if (text.empty() || text.find(' ') != std::string::npos)
            return wrong("allowed_ips", "has an entry that is no address");
    }
    const std::pair<const char*, std::optional<int>> days[] = {
        {"retention.results_days", tenant.retention.results},
        {"retention.events_days", tenant.retention.events},
        {"retention.deliveries_days", tenant.retention.deliveries},
        {"retention.dead_letters_days", tenant.retention.dead_letters}};
    for (const auto& [field, count] : days) {
        if (count && (*count < 1 || *count > limits::retention_days_max))
            return wrong(field, "must be a whole number of days from 1 to 3650");
    }
    return {};
}

Result<void> insert_tenant(Tx& tx, const Tenant& tenant) {
    if (Result<void> sound = validate(tenant); !sound) return sound;
    Statement count = tx->prepare("SELECT count(*), sum(id=?1) FROM tenant");
    const Result<bool> row = count.bind(1, std::string_view(tenant.id.text())).step();
    if (!row) return row.error();
    if (count.integer(1) > 0)
        return fail(ErrorCode::conflict, "there is a tenant with this id already", "id");
    if (count.integer(0) >= limits::tenants_max)
        return fail(ErrorCode::conflict, "there are 10000 tenants already");
    const std::string allowed = joined(tenant.allowed_ips);
    Statement insert = tx->prepare(
        "INSERT INTO tenant(id, name, email, store_id, quota_limit, bonus, allowed_ips,"
        " keep_results, keep_events, keep_deliveries, keep_dead_letters, disabled_at, created_at)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
    bind_all(insert, tenant, allowed);
    return insert.bind(13, number(tenant.created_at)).run();
}

Result<void> update_tenant(Tx& tx, const Tenant& tenant) {
    if (Result<void> sound = validate(tenant); !sound) return sound;
    const std::string allowed = joined(tenant.allowed_ips);
    Statement update = tx->prepare(
        "UPDATE tenant SET name=?2, email=?3, store_id=?4, quota_limit=?5, bonus=?6,"
        " allowed_ips=?7, keep_results=?8, keep_events=?9, keep_deliveries=?10,"
        " keep_dead_letters=?11, disabled_at=?12 WHERE id=?1");
    bind_all(update, tenant, allowed);
    Result<void> done = update.run();
    if (done && tx->changes() == 0)
        return fail(ErrorCode::not_found, "there is no tenant with this id", "id");
    return done;
}

Result<std::optional<Tenant>> find_tenant(Connection& db, const TenantId& id) {
    static const std::string sql = std::string(all_columns) + "WHERE id=?1";
    Statement query = db.prepare(sql);
    const Result<bool> row = query.bind(1, std::string_view(id.text())).step();
    if (!row) return row.error();
    if (!*row) return std::optional<Tenant>{};
    return std::optional(tenant_at(query));
}

Result<std::vector<Tenant>> all_tenants(Connection& db) {
    static const std::string sql =
        std::string(all_columns) + "ORDER BY coalesce(created_at,0) DESC, id";
    Statement query = db.prepare(sql);
    std::vector<Tenant> tenants;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return tenants;
        tenants.push_back(tenant_at(query));
    }
}

}  // namespace assay::engine::batch_store
