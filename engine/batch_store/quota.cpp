// Quotas by calendar month, and idempotency keys: what a submission is held against.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/quota.hpp"

#include "engine/base/limits.hpp"

namespace assay::engine::batch_store {
namespace {

std::chrono::year_month month_of(TimePoint time) noexcept {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
    return date.year() / date.month();
}

std::int64_t month_number(std::chrono::year_month month) noexcept {
    return static_cast<int>(month.year()) * std::int64_t{100} +
           static_cast<std::int64_t>(static_cast<unsigned>(month.month()));
}

std::int64_t oldest_key(TimePoint now) noexcept {
    return to_unix_milliseconds(now - limits::idempotency_age_max);
}

}  // namespace

Result<void> set_quota_limit(Tx& tx, const TenantId& tenant, std::optional<std::int64_t> limit) {
    if (limit && *limit < 0) {
        return fail(ErrorCode::invalid_argument, "a quota is not negative", "limit");
    }
    Statement upsert = tx->prepare(
        "INSERT INTO tenant(id, quota_limit) VALUES(?1,?2)"
        " ON CONFLICT(id) DO UPDATE SET quota_limit=excluded.quota_limit");
    return upsert.bind(1, std::string_view(tenant.text())).bind(2, limit).run();
}

Result<Quota> read_quota(Connection& db, const TenantId& tenant, TimePoint now) {
    const std::chrono::year_month month = month_of(now);
    Statement query = db.prepare(
        "SELECT (SELECT quota_limit FROM tenant WHERE id=?1),"
        " coalesce((SELECT used FROM quota_use WHERE tenant_id=?1 AND month=?2),0)");
    query.bind(1, std::string_view(tenant.text())).bind(2, month_number(month));
    const Result<bool> row = query.step();
    if (!row) return row.error();
    Quota quota;
    if (!query.is_null(0)) quota.limit = query.integer(0);
    quota.used = query.integer(1);
    quota.reset_at = std::chrono::sys_days{(month + std::chrono::months{1}) / 1};
    return quota;
}

Result<void> detail::charge_quota(Tx& tx, const TenantId& tenant, std::int64_t products,
                                  TimePoint now) {
    const Result<Quota> quota = read_quota(*tx, tenant, now);
    if (!quota) return quota.error();
    if (quota->limit && products > *quota->limit - quota->used) {
        const std::int64_t left = std::max<std::int64_t>(0, *quota->limit - quota->used);
        return fail(ErrorCode::quota_exceeded,
                    "the batch has " + std::to_string(products) + " products and " +
                        std::to_string(left) + " of this month's " + std::to_string(*quota->limit) +
                        " are left",
                    {}, "the quota starts anew at " + to_rfc3339(quota->reset_at));
    }
    Statement upsert = tx->prepare(
        "INSERT INTO quota_use(tenant_id, month, used) VALUES(?1,?2,?3)"
        " ON CONFLICT(tenant_id, month) DO UPDATE SET used=used+excluded.used");
    upsert.bind(1, std::string_view(tenant.text())).bind(2, month_number(month_of(now)));
    return upsert.bind(3, products).run();
}

Result<std::optional<IdempotentAnswer>> find_idempotent(Connection& db, const TenantId& tenant,
                                                        const std::string& key, TimePoint now) {
    Statement query = db.prepare(
        "SELECT fingerprint, batch_id FROM idempotency_key"
        " WHERE tenant_id=?1 AND key=?2 AND created_at>?3");
    query.bind(1, std::string_view(tenant.text())).bind(2, std::string_view(key));
    const Result<bool> row = query.bind(3, oldest_key(now)).step();
    if (!row) return row.error();
    if (!*row) return std::optional<IdempotentAnswer>{};
    IdempotentAnswer answer;
    answer.fingerprint = query.text(0);
    answer.batch = BatchId(std::string(query.text(1)));
    return std::optional(std::move(answer));
}

Result<void> detail::store_idempotency_key(Tx& tx, const TenantId& tenant, const Seal& seal) {
    const std::string& key = *seal.idempotency_key;
    const auto known = find_idempotent(*tx, tenant, key, seal.now);
    if (!known) return known.error();
    if (*known && (*known)->fingerprint != seal.fingerprint) {
        return fail(ErrorCode::key_reused, "the idempotency key was used for another body", {},
                    "send a new key with a new body");
    }
    if (*known) {
        return fail(
            ErrorCode::conflict,
            "the same submission was accepted a moment ago as batch " + (*known)->batch.text(), {},
            "send the same request again to get its answer");
    }
    {
        // A few expired ones each time, so that the table stays as large as a day.
        Statement expire = tx->prepare(
            "DELETE FROM idempotency_key WHERE (tenant_id, key) IN (SELECT tenant_id,"
            " key FROM idempotency_key WHERE created_at<=?1 LIMIT 10)");
        if (Result<void> done = expire.bind(1, oldest_key(seal.now)).run(); !done) return done;
    }
    Statement insert = tx->prepare(
        "INSERT OR REPLACE INTO idempotency_key(tenant_id, key, fingerprint, batch_id, created_at)"
        " VALUES(?1,?2,?3,?4,?5)");
    insert.bind(1, std::string_view(tenant.text())).bind(2, std::string_view(key));
    insert.bind(3, std::string_view(seal.fingerprint));
    insert.bind(4, std::string_view(seal.batch.text())).bind(5, to_unix_milliseconds(seal.now));
    return insert.run();
}

}  // namespace assay::engine::batch_store
