// Quotas by calendar month, and idempotency keys: what a submission is held against.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/quota.hpp"

#include <algorithm>
#include <array>

#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/money.hpp"
#include "engine/batch_store/rows.hpp"
#include "engine/batch_store/tenants.hpp"

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

// What a month's quota tells, in the order in which use comes to it. `bit` in quota_use.told stays
// when retention has removed the event, so nothing is told twice.
struct QuotaMark {
    std::int64_t percent;
    std::int64_t bit;
};
constexpr std::array marks{QuotaMark{80, 1}, QuotaMark{95, 2}, QuotaMark{100, 4}};

bool is_reached(const QuotaMark& mark, std::int64_t used, std::int64_t limit) noexcept {
    return Int128{used} * 100 >= Int128{limit} * mark.percent;
}

Event quota_event(const TenantId& tenant, const QuotaMark& mark, const Quota& quota,
                  std::int64_t month) {
    Event event;
    event.tenant = tenant;
    event.dedupe_key = "quota:" + std::to_string(month) + ":" + std::to_string(mark.percent);
    JsonWriter json(event.data);
    json.begin_object();
    if (mark.percent == 100) {
        event.type = event_type::quota_exceeded;
        json.member("reset_date", to_rfc3339(quota.reset_at));
    } else {
        event.type = event_type::quota_warning;
        json.member("percent_used", mark.percent)
            .member("requests_used", quota.used)
            .member("requests_limit", *quota.limit())
            .member("plan_limit", *quota.plan_limit)
            .member("bonus_requests", quota.bonus_requests)
            .member("threshold", mark.percent)
            .member("reset", "Resets on the 1st of next month.");
    }
    json.end_object();
    return event;
}

// `quota`: after the charge.
Result<void> tell_of_use(Tx& tx, const TenantId& tenant, const Quota& quota, std::int64_t month,
                         TimePoint now, Random& random) {
    if (!quota.plan_limit) return {};
    std::int64_t told = 0;
    {
        Statement query = tx->prepare("SELECT told FROM quota_use WHERE tenant_id=?1 AND month=?2");
        const Result<bool> row =
            query.bind(1, std::string_view(tenant.text())).bind(2, month).step();
        if (!row) return row.error();
        if (*row) told = query.integer(0);
    }
    const std::int64_t before = told;
    for (const QuotaMark& mark : marks) {
        if ((told & mark.bit) != 0 || !is_reached(mark, quota.used, *quota.limit())) continue;
        Result<void> done =
            detail::append_new_event(tx, quota_event(tenant, mark, quota, month), now, random);
        if (!done) return done;
        told |= mark.bit;
    }
    if (told == before) return {};
    Statement update = tx->prepare("UPDATE quota_use SET told=?3 WHERE tenant_id=?1 AND month=?2");
    update.bind(1, std::string_view(tenant.text())).bind(2, month);
    return update.bind(3, told).run();
}

}  // namespace

std::optional<std::int64_t> Quota::limit() const noexcept {
    if (!plan_limit) return std::nullopt;
    return *plan_limit + bonus_requests + bonus_used;
}

std::optional<std::int64_t> Quota::remaining() const noexcept {
    if (!plan_limit) return std::nullopt;
    return std::max<std::int64_t>(0, *plan_limit - (used - bonus_used)) + bonus_requests;
}

Result<std::int64_t> bonus_share(const Quota& quota, std::int64_t products) {
    if (!quota.plan_limit) return std::int64_t{0};
    const std::int64_t plan_left =
        std::max<std::int64_t>(0, *quota.plan_limit - (quota.used - quota.bonus_used));
    const std::int64_t share = std::max<std::int64_t>(0, products - plan_left);
    if (share <= quota.bonus_requests) return share;
    return fail(ErrorCode::quota_exceeded,
                "the batch has " + std::to_string(products) +
                    (products == 1 ? " product and " : " products and ") +
                    std::to_string(quota.remaining().value_or(0)) + " of this month's " +
                    std::to_string(quota.limit().value_or(0)) + " are left",
                {}, "the quota starts anew at " + to_rfc3339(quota.reset_at));
}

Result<Quota> read_quota(Connection& db, const TenantId& tenant, TimePoint now) {
    const std::chrono::year_month month = month_of(now);
    Statement query = db.prepare(
        "SELECT t.quota_limit, t.bonus, u.used, u.bonus_used FROM (SELECT ?1 AS id) x"
        " LEFT JOIN tenant t ON t.id=x.id"
        " LEFT JOIN quota_use u ON u.tenant_id=x.id AND u.month=?2");
    query.bind(1, std::string_view(tenant.text())).bind(2, month_number(month));
    const Result<bool> row = query.step();
    if (!row) return row.error();
    Quota quota;
    if (!query.is_null(0)) quota.plan_limit = query.integer(0);
    quota.bonus_requests = query.integer(1);  // 0 where there is no row, like the rest
    quota.used = query.integer(2);
    quota.bonus_used = query.integer(3);
    quota.reset_at = std::chrono::sys_days{(month + std::chrono::months{1}) / 1};
    return quota;
}

Result<void> detail::charge_quota(Tx& tx, const TenantId& tenant, std::int64_t products,
                                  TimePoint now, Random& random) {
    Result<Quota> quota = read_quota(*tx, tenant, now);
    if (!quota) return quota.error();
    const Result<std::int64_t> from_bonus = bonus_share(*quota, products);
    if (!from_bonus) return from_bonus.error();
    if (*from_bonus > 0) {
        Statement update = tx->prepare("UPDATE tenant SET bonus=bonus-?2 WHERE id=?1");
        update.bind(1, std::string_view(tenant.text())).bind(2, *from_bonus);
        if (Result<void> done = update.run(); !done) return done;
    }
    const std::int64_t month = month_number(month_of(now));
    {
        Statement upsert = tx->prepare(
            "INSERT INTO quota_use(tenant_id, month, used, bonus_used) VALUES(?1,?2,?3,?4)"
            " ON CONFLICT(tenant_id, month) DO UPDATE SET used=used+excluded.used,"
            " bonus_used=bonus_used+excluded.bonus_used");
        upsert.bind(1, std::string_view(tenant.text())).bind(2, month);
        Result<void> done = upsert.bind(3, products).bind(4, *from_bonus).run();
        if (!done) return done;
    }
    quota->used += products;
    quota->bonus_used += *from_bonus;
    quota->bonus_requests -= *from_bonus;
    return tell_of_use(tx, tenant, *quota, month, now, random);
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
    // A few expired ones each time, so that the table stays as large as a day.
    if (const auto forgotten = forget_idempotency_keys(tx, seal.now, 10); !forgotten)
        return forgotten.error();
    Statement insert = tx->prepare(
        "INSERT OR REPLACE INTO idempotency_key(tenant_id, key, fingerprint, batch_id, created_at)"
        " VALUES(?1,?2,?3,?4,?5)");
    insert.bind(1, std::string_view(tenant.text())).bind(2, std::string_view(key));
    insert.bind(3, std::string_view(seal.fingerprint));
    insert.bind(4, std::string_view(seal.batch.text())).bind(5, to_unix_milliseconds(seal.now));
    return insert.run();
}

}  // namespace assay::engine::batch_store
