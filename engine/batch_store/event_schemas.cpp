// One row a tenant and type.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/event_schemas.hpp"

#include "engine/base/limits.hpp"

namespace assay::engine::batch_store {
namespace {

constexpr std::string_view select_rows =
    "SELECT type, schema, updated_at FROM event_schema WHERE tenant_id=?1";

EventSchema row_of(const Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)),
            from_unix_milliseconds(row.integer(2))};
}

}  // namespace

Result<void> put_event_schema(Tx& tx, const TenantId& tenant, const EventSchema& schema) {
    {
        Statement count =
            tx->prepare("SELECT count(*) FROM event_schema WHERE tenant_id=?1 AND type<>?2");
        count.bind(1, std::string_view(tenant.text()));
        count.bind(2, std::string_view(schema.type));
        const Result<bool> row = count.step();
        if (!row) return row.error();
        if (count.integer(0) >= limits::event_schemas_max) {
            return fail(
                ErrorCode::conflict,
                "there are " + std::to_string(limits::event_schemas_max) + " schemas already",
                "type", "delete one that is no longer needed");
        }
    }
    Statement put = tx->prepare(
        "INSERT OR REPLACE INTO event_schema(tenant_id, type, schema, updated_at)"
        " VALUES(?1,?2,?3,?4)");
    put.bind(1, std::string_view(tenant.text()));
    put.bind(2, std::string_view(schema.type));
    put.bind(3, std::string_view(schema.schema));
    return put.bind(4, to_unix_milliseconds(schema.updated_at)).run();
}

Result<std::optional<EventSchema>> find_event_schema(Connection& db, const TenantId& tenant,
                                                     std::string_view type) {
    static const std::string sql = std::string(select_rows) + " AND type=?2";
    Statement select = db.prepare(sql);
    select.bind(1, std::string_view(tenant.text()));
    select.bind(2, type);
    const Result<bool> row = select.step();
    if (!row) return row.error();
    if (!*row) return std::optional<EventSchema>{};
    return std::optional(row_of(select));
}

Result<std::vector<EventSchema>> all_event_schemas(Connection& db, const TenantId& tenant) {
    static const std::string sql = std::string(select_rows) + " ORDER BY type";
    Statement select = db.prepare(sql);
    select.bind(1, std::string_view(tenant.text()));
    std::vector<EventSchema> all;
    for (;;) {
        const Result<bool> row = select.step();
        if (!row) return row.error();
        if (!*row) return all;
        all.push_back(row_of(select));
    }
}

Result<bool> erase_event_schema(Tx& tx, const TenantId& tenant, std::string_view type) {
    const auto known = find_event_schema(*tx, tenant, type);
    if (!known) return known.error();
    if (!*known) return false;
    Statement erase = tx->prepare("DELETE FROM event_schema WHERE tenant_id=?1 AND type=?2");
    erase.bind(1, std::string_view(tenant.text()));
    if (Result<void> done = erase.bind(2, type).run(); !done) return std::move(done).error();
    return true;
}

}  // namespace assay::engine::batch_store
