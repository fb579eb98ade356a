// Delivery and attempt rows: what happened and what must still be sent; and the relay's cursor.
// SPDX-License-Identifier: MIT
#include <cassert>

#include "engine/base/hash.hpp"
#include "notify/notify_store/attempt_text.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {
namespace {

using engine::Connection;
using engine::Statement;
using engine::Tx;

constexpr std::int64_t cancel_rows_max = 10'000;
constexpr std::string_view cancelled_error = "endpoint_inactive";

// Everything of a row that its checksum covers.
struct Columns {
    const Delivery& delivery;
    DeliveryStatus status = DeliveryStatus::pending;
    std::optional<std::int64_t> delivered_at{};
    int last_status = 0;
    std::string last_error{};
};

void add(std::string& out, std::string_view text) {
    out += text;
    out += '\0';
}
void add(std::string& out, std::int64_t number) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::int64_t checksum(const Columns& row) {
    const Delivery& delivery = row.delivery;
    std::string bytes;
    bytes.reserve(384);
    add(bytes, delivery.id.text());
    add(bytes, delivery.tenant.text());
    add(bytes, delivery.endpoint.text());
    add(bytes, to_integer(delivery.event));
    add(bytes, delivery.event_id.text());
    add(bytes, delivery.event_type);
    add(bytes, delivery.wire_type);
    add(bytes, delivery.message_id);
    add(bytes, to_unix_milliseconds(delivery.created_at));
    add(bytes, static_cast<std::int64_t>(row.status));
    add(bytes, delivery.attempts);
    add(bytes, delivery.earlier_attempts);
    add(bytes, to_unix_milliseconds(delivery.due));
    add(bytes, static_cast<std::int64_t>(delivery.body_hash));
    add(bytes, row.delivered_at.value_or(-1));
    add(bytes, row.last_status);
    add(bytes, row.last_error);
    // Of rows that were written before there were these columns, they say nothing.
    if (delivery.thin_hash != 0 || delivery.sequence != 0) {
        add(bytes, static_cast<std::int64_t>(delivery.thin_hash));
        add(bytes, delivery.sequence);
    }
    return static_cast<std::int64_t>(hash64(bytes));
}

// One statement for the first write and for every later one: writing twice is harmless.
constexpr std::string_view upsert_sql =
    "INSERT INTO deliveries (id, tenant_id, endpoint_id, event_seq, event_id, event_type, "
    "wire_type, message_id, created_at, status, attempts, earlier_attempts, due, body_hash, "
    "delivered_at, last_status, last_error, checksum, first_attempt, first_checksum, "
    "thin_hash, sequence) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"
    "?19,?20,?21,?22) "
    "ON CONFLICT (id) DO UPDATE SET status = ?10, attempts = ?11, earlier_attempts = ?12, "
    "due = ?13, body_hash = ?14, delivered_at = ?15, last_status = ?16, last_error = ?17, "
    "checksum = ?18, first_attempt = coalesce(?19, first_attempt), "
    "first_checksum = coalesce(?20, first_checksum), thin_hash = ?21, sequence = ?22";

Result<void> upsert(Tx& tx, const Columns& row, const std::string& first_attempt) {
    const Delivery& delivery = row.delivery;
    assert(!delivery.id.empty() && !delivery.tenant.empty());
    Statement put = tx->prepare(upsert_sql);
    put.bind(1, std::string_view(delivery.id.text()))
        .bind(2, std::string_view(delivery.tenant.text()))
        .bind(3, std::string_view(delivery.endpoint.text()))
        .bind(4, to_integer(delivery.event))
        .bind(5, std::string_view(delivery.event_id.text()))
        .bind(6, std::string_view(delivery.event_type))
        .bind(7, std::string_view(delivery.wire_type))
        .bind(8, std::string_view(delivery.message_id))
        .bind(9, to_unix_milliseconds(delivery.created_at))
        .bind(10, static_cast<std::int64_t>(row.status))
        .bind(11, std::int64_t{delivery.attempts})
        .bind(12, std::int64_t{delivery.earlier_attempts})
        .bind(13, to_unix_milliseconds(delivery.due))
        .bind(14, static_cast<std::int64_t>(delivery.body_hash))
        .bind(15, row.delivered_at)
        .bind(16, std::int64_t{row.last_status})
        .bind(17, std::string_view(row.last_error))
        .bind(18, checksum(row))
        .bind(21, static_cast<std::int64_t>(delivery.thin_hash))
        .bind(22, delivery.sequence);
    if (first_attempt.empty()) {
        put.bind_null(19).bind_null(20);
    } else {
        put.bind(19, std::string_view(first_attempt))
            .bind(20, static_cast<std::int64_t>(hash64(first_attempt)));
    }
    return put.run();
}

constexpr std::string_view row_columns =
    "id, tenant_id, endpoint_id, event_seq, event_id, event_type, wire_type, message_id, "
    "created_at, status, attempts, earlier_attempts, due, body_hash, delivered_at, last_status, "
    "last_error, checksum, first_attempt, first_checksum, number, thin_hash, sequence";

Result<DeliveryRow> read_row(const Statement& from) {
    DeliveryRow row;
    Delivery& delivery = row.delivery;
    delivery.id = DeliveryId(std::string(from.text(0)));
    delivery.tenant = TenantId(std::string(from.text(1)));
    delivery.endpoint = EndpointId(std::string(from.text(2)));
    delivery.event = EventSeq{from.integer(3)};
    delivery.event_id = EventId(std::string(from.text(4)));
    delivery.event_type = from.text(5);
    delivery.wire_type = from.text(6);
    delivery.message_id = from.text(7);
    delivery.created_at = from_unix_milliseconds(from.integer(8));
    const std::int64_t status = from.integer(9);
    delivery.attempts = static_cast<int>(from.integer(10));
    delivery.earlier_attempts = static_cast<int>(from.integer(11));
    delivery.due = from_unix_milliseconds(from.integer(12));
    delivery.body_hash = static_cast<std::uint64_t>(from.integer(13));
    delivery.thin_hash = static_cast<std::uint64_t>(from.integer(21));
    delivery.sequence = from.integer(22);
    row.last_status_code = static_cast<int>(from.integer(15));
    row.last_error = from.text(16);
    Columns columns{
        delivery, static_cast<DeliveryStatus>(status), {}, row.last_status_code, row.last_error};
    if (!from.is_null(14)) {
        columns.delivered_at = from.integer(14);
        row.delivered_at = from_unix_milliseconds(from.integer(14));
    }
    if (checksum(columns) != from.integer(17)) {
        return fail(ErrorCode::corrupt,
                    "delivery " + delivery.id.text() + ": its row fails its checksum");
    }
    row.status = columns.status;
    row.event_id = delivery.event_id.text();
    row.event_type = delivery.event_type;
    row.body_hash = delivery.body_hash;
    row.created_at = delivery.created_at;
    return row;
}

Result<AttemptRecord> read_attempt(const DeliveryId& id, std::string_view text,
                                   std::int64_t stored_checksum) {
    if (static_cast<std::int64_t>(hash64(text)) != stored_checksum) {
        return fail(ErrorCode::corrupt,
                    "delivery " + id.text() + ": an attempt fails its checksum");
    }
    return attempt_from_json(id, text);
}

Result<void> read_later_attempts(Connection& db, DeliveryRow& row) {
    Statement select =
        db.prepare("SELECT record, checksum FROM attempts WHERE delivery_id = ?1 ORDER BY attempt");
    select.bind(1, std::string_view(row.delivery.id.text()));
    for (;;) {
        Result<bool> found = select.step();
        if (!found) return std::move(found).error();
        if (!*found) return {};
        Result<AttemptRecord> attempt =
            read_attempt(row.delivery.id, select.text(0), select.integer(1));
        if (!attempt) return std::move(attempt).error();
        row.attempts.push_back(*std::move(attempt));
    }
}

std::string error_text(const Outcome& outcome) {
    std::string text(to_string(outcome.kind));
    if (outcome.kind == OutcomeKind::response) text = "status " + std::to_string(outcome.status);
    if (!outcome.detail.empty()) text += ": " + outcome.detail;
    return text;
}

}  // namespace

Result<void> record_attempt(Tx& tx, const Delivery& delivery, const AttemptRecord& record,
                            DeliveryStatus status) {
    assert(record.number >= 1);
    Columns row{delivery, status, {}, record.outcome.status, {}};
    if (status == DeliveryStatus::delivered) {
        row.delivered_at = to_unix_milliseconds(record.outcome.ended);
    } else {
        row.last_error = error_text(record.outcome);
    }
    const std::string text = attempt_to_json(record);
    if (record.number == 1) return upsert(tx, row, text);
    if (Result<void> done = upsert(tx, row, {}); !done) return done;
    Statement put = tx->prepare("INSERT OR REPLACE INTO attempts VALUES (?1, ?2, ?3, ?4, ?5)");
    put.bind(1, std::string_view(delivery.tenant.text()))
        .bind(2, std::string_view(delivery.id.text()))
        .bind(3, std::int64_t{record.number})
        .bind(4, std::string_view(text))
        .bind(5, static_cast<std::int64_t>(hash64(text)));
    return put.run();
}

Result<void> put_pending(Tx& tx, const Delivery& delivery) {
    return upsert(tx, {delivery, DeliveryStatus::pending, {}, 0, {}}, {});
}

Result<void> put_cancelled(Tx& tx, const Delivery& delivery) {
    return upsert(tx, {delivery, DeliveryStatus::cancelled, {}, 0, std::string(cancelled_error)},
                  {});
}

Result<std::vector<Delivery>> due_deliveries(Connection& db, const EndpointId& endpoint,
                                             TimePoint until, std::int64_t limit,
                                             std::vector<std::int64_t>* damaged) {
    static const std::string sql = "SELECT " + std::string(row_columns) +
                                   " FROM deliveries WHERE status = 0 AND endpoint_id = ?1 AND "
                                   "due <= ?2 ORDER BY due, number";
    Statement select = db.prepare(sql);
    select.bind(1, std::string_view(endpoint.text())).bind(2, to_unix_milliseconds(until));
    std::vector<Delivery> due;
    while (static_cast<std::int64_t>(due.size()) < limit) {
        Result<bool> found = select.step();
        if (!found) return std::move(found).error();
        if (!*found) return due;
        Result<DeliveryRow> row = read_row(select);
        if (row) {
            due.push_back(std::move(row->delivery));
        } else if (damaged != nullptr) {
            damaged->push_back(select.integer(20));
        }
    }
    return due;
}

Result<std::optional<TimePoint>> next_due(Connection& db, const EndpointId& endpoint,
                                          TimePoint after) {
    Statement select = db.prepare(
        "SELECT min(due) FROM deliveries WHERE status = 0 AND endpoint_id = ?1 AND due > ?2");
    select.bind(1, std::string_view(endpoint.text())).bind(2, to_unix_milliseconds(after));
    Result<bool> found = select.step();
    if (!found) return std::move(found).error();
    if (!*found || select.is_null(0)) return std::optional<TimePoint>();
    return std::optional(from_unix_milliseconds(select.integer(0)));
}

Result<std::vector<Waiting>> endpoints_waiting(Connection& db) {
    Statement select = db.prepare(
        "SELECT endpoint_id, min(due) FROM deliveries WHERE status = 0 GROUP BY endpoint_id");
    std::vector<Waiting> waiting;
    for (;;) {
        Result<bool> found = select.step();
        if (!found) return std::move(found).error();
        if (!*found) return waiting;
        waiting.push_back(
            {EndpointId(std::string(select.text(0))), from_unix_milliseconds(select.integer(1))});
    }
}

Result<bool> has_delivery(Connection& db, const DeliveryId& id) {
    Statement select = db.prepare("SELECT 1 FROM deliveries WHERE id = ?1");
    select.bind(1, std::string_view(id.text()));
    return select.step();
}

namespace {

// The conditions of a query as SQL. Statuses stand there as numbers, so that the partial indexes
// over what waits and what has failed can be used.
std::string conditions_of(const DeliveryQuery& query) {
    std::string sql =
        " FROM deliveries WHERE tenant_id = ?1 AND (?2 IS NULL OR endpoint_id = ?2) "
        "AND (?3 IS NULL OR wire_type = ?3) AND (?4 IS NULL OR created_at >= ?4) "
        "AND (?5 IS NULL OR created_at < ?5) AND number ";
    sql += query.oldest_first ? "> ?6" : "< ?6";
    if (query.statuses.empty()) return sql;
    if (query.statuses.size() == 1) {
        return sql + " AND status = " + std::to_string(static_cast<int>(query.statuses.front()));
    }
    sql += " AND status IN (";
    for (const DeliveryStatus status : query.statuses)
        sql += std::to_string(static_cast<int>(status)) + ",";
    sql.back() = ')';
    return sql;
}

Result<Statement> select_deliveries(Connection& db, const DeliveryQuery& query,
                                    const std::string& what, const std::string& tail) {
    std::int64_t edge = query.oldest_first ? 0 : INT64_MAX;
    if (query.after) {
        Statement find =
            db.prepare("SELECT number FROM deliveries WHERE id = ?1 AND tenant_id = ?2");
        find.bind(1, std::string_view(query.after->text()))
            .bind(2, std::string_view(query.tenant.text()));
        Result<bool> found = find.step();
        if (!found) return std::move(found).error();
        if (!*found) {
            return fail(ErrorCode::not_found, "no delivery has the id " + query.after->text(),
                        "after");
        }
        edge = find.integer(0);
    }
    std::optional<std::int64_t> since;
    std::optional<std::int64_t> until;
    if (query.since) since = to_unix_milliseconds(*query.since);
    if (query.until) until = to_unix_milliseconds(*query.until);
    Statement select = db.prepare("SELECT " + what + conditions_of(query) + tail);
    // Texts are bound, not copied: they are the query's, which outlives the statement.
    select.bind(1, std::string_view(query.tenant.text()))
        .bind(3, query.type)
        .bind(4, since)
        .bind(5, until)
        .bind(6, edge);
    query.endpoint ? select.bind(2, std::string_view(query.endpoint->text())) : select.bind_null(2);
    return select;
}

}  // namespace

Result<std::vector<DeliveryRow>> list_deliveries(Connection& db, const DeliveryQuery& query) {
    Result<Statement> select = select_deliveries(
        db, query, std::string(row_columns),
        query.oldest_first ? " ORDER BY number LIMIT ?7" : " ORDER BY number DESC LIMIT ?7");
    if (!select) return std::move(select).error();
    select->bind(7, query.limit);
    std::vector<DeliveryRow> rows;
    for (;;) {
        Result<bool> found = select->step();
        if (!found) return std::move(found).error();
        if (!*found) return rows;
        Result<DeliveryRow> row = read_row(*select);
        if (!row) return std::move(row).error();
        rows.push_back(*std::move(row));
    }
}

Result<std::int64_t> count_deliveries(Connection& db, const DeliveryQuery& query) {
    Result<Statement> select = select_deliveries(db, query, "count(*)", "");
    if (!select) return std::move(select).error();
    Result<bool> found = select->step();
    if (!found) return std::move(found).error();
    return *found ? select->integer(0) : 0;
}

Result<std::optional<DeliveryRow>> find_delivery(Connection& db, const TenantId& tenant,
                                                 const DeliveryId& id) {
    static const std::string sql =
        "SELECT " + std::string(row_columns) + " FROM deliveries WHERE id = ?1 AND tenant_id = ?2";
    Statement select = db.prepare(sql);
    select.bind(1, std::string_view(id.text())).bind(2, std::string_view(tenant.text()));
    Result<bool> found = select.step();
    if (!found) return std::move(found).error();
    if (!*found) return std::optional<DeliveryRow>();
    Result<DeliveryRow> row = read_row(select);
    if (!row) return std::move(row).error();
    if (!select.is_null(18)) {
        Result<AttemptRecord> first = read_attempt(id, select.text(18), select.integer(19));
        if (!first) return std::move(first).error();
        row->attempts.push_back(*std::move(first));
    }
    if (Result<void> read = read_later_attempts(db, *row); !read) return std::move(read).error();
    return std::optional(*std::move(row));
}

Result<std::int64_t> cancel_pending(Tx& tx, const EndpointId& endpoint) {
    Result<std::vector<Delivery>> waiting =
        due_deliveries(*tx, endpoint, from_unix_milliseconds(INT64_MAX), cancel_rows_max);
    if (!waiting) return std::move(waiting).error();
    for (const Delivery& delivery : *waiting) {
        if (Result<void> done = put_cancelled(tx, delivery); !done) {
            return std::move(done).error();
        }
    }
    return static_cast<std::int64_t>(waiting->size());
}

Result<EventSeq> cursor(Connection& db) {
    Statement select = db.prepare("SELECT event_seq FROM relay_cursor WHERE only = 1");
    Result<bool> found = select.step();
    if (!found) return std::move(found).error();
    if (!*found) return fail(ErrorCode::corrupt, "the relay's cursor is gone");
    return EventSeq{select.integer(0)};
}

Result<void> set_cursor(Tx& tx, EventSeq seq) {
    Statement set =
        tx->prepare("UPDATE relay_cursor SET event_seq = max(event_seq, ?1) WHERE only = 1");
    set.bind(1, to_integer(seq));
    return set.run();
}

}  // namespace assay::notify::notify_store
