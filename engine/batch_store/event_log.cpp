// The durable outbox: events appended in the caller's transaction, read in their order.
// SPDX-License-Identifier: MIT
#include <array>

#include "engine/base/hash.hpp"
#include "engine/batch_store/batch_store.hpp"

namespace assay::engine::batch_store {
namespace {

// Each column's hash seeds the next one's, so that bytes cannot move between columns unseen.
std::int64_t event_checksum(const Event& event) noexcept {
    std::uint64_t sum = 0;
    const std::string_view batch = event.batch ? std::string_view(event.batch->text()) : "";
    for (const std::string_view column :
         {std::string_view(event.id.text()), std::string_view(event.tenant.text()),
          std::string_view(event.type), batch, std::string_view(event.dedupe_key),
          std::string_view(event.data)}) {
        sum = hash64(column, sum);
    }
    const std::int64_t created = to_unix_milliseconds(event.created_at);
    std::array<char, sizeof created> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(static_cast<std::uint64_t>(created) >> (8 * i));
    }
    return static_cast<std::int64_t>(hash64({bytes.data(), bytes.size()}, sum));
}

// Columns: seq, id, tenant_id, type, batch_id, created_at, dedupe_key, checksum, data.
Result<Event> event_at(const Statement& row) {
    Event event;
    event.seq = EventSeq{row.integer(0)};
    event.id = EventId(std::string(row.text(1)));
    event.tenant = TenantId(std::string(row.text(2)));
    event.type = row.text(3);
    if (!row.is_null(4)) event.batch = BatchId(std::string(row.text(4)));
    event.created_at = from_unix_milliseconds(row.integer(5));
    event.dedupe_key = row.text(6);
    event.data = row.text(8);
    if (event_checksum(event) != row.integer(7)) {
        return fail(ErrorCode::corrupt,
                    "event " + std::to_string(row.integer(0)) + " fails its checksum");
    }
    return event;
}

}  // namespace

Result<EventSeq> append_event(Tx& tx, const Event& event) {
    const std::optional<std::string> dedupe_key =
        event.dedupe_key.empty() ? std::nullopt : std::optional(event.dedupe_key);
    const std::optional<std::string> batch =
        event.batch ? std::optional(event.batch->text()) : std::nullopt;
    {
        Statement insert = tx->prepare(
            "INSERT INTO event(tenant_id, id, type, batch_id, created_at, dedupe_key, checksum,"
            " data) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"
            " ON CONFLICT(tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING");
        insert.bind(1, std::string_view(event.tenant.text()));
        insert.bind(2, std::string_view(event.id.text())).bind(3, std::string_view(event.type));
        insert.bind(4, batch).bind(5, to_unix_milliseconds(event.created_at));
        insert.bind(6, dedupe_key).bind(7, event_checksum(event));
        insert.bind(8, std::string_view(event.data));
        if (Result<void> done = insert.run(); !done) return done.error();
    }
    if (tx->changes() == 1) {
        const EventSeq seq{tx->last_insert_rowid()};
        tx.appended(seq);
        return seq;
    }
    Statement query = tx->prepare("SELECT seq FROM event WHERE tenant_id=?1 AND dedupe_key=?2");
    query.bind(1, std::string_view(event.tenant.text())).bind(2, dedupe_key);
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return fail(ErrorCode::internal, "an event was neither added nor known");
    return EventSeq{query.integer(0)};
}

Result<std::vector<Event>> read_events(Connection& db, EventSeq after, std::int64_t limit) {
    Statement query = db.prepare(
        "SELECT seq, id, tenant_id, type, batch_id, created_at, dedupe_key, checksum, data"
        " FROM event WHERE seq>?1 ORDER BY seq LIMIT ?2");
    query.bind(1, to_integer(after)).bind(2, limit);
    std::vector<Event> events;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return events;
        Result<Event> event = event_at(query);
        if (!event && !events.empty()) return events;  // the next call begins at the damage
        if (!event) return event.error();
        events.push_back(*std::move(event));
    }
}

Result<std::optional<Event>> find_event(Connection& db, EventSeq seq) {
    Statement query = db.prepare(
        "SELECT seq, id, tenant_id, type, batch_id, created_at, dedupe_key, checksum, data"
        " FROM event WHERE seq=?1");
    query.bind(1, to_integer(seq));
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return std::optional<Event>{};
    Result<Event> event = event_at(query);
    if (!event) return event.error();
    return std::optional(*std::move(event));
}

Result<std::vector<OldEvent>> old_events(Connection& db, EventSeq after, TimePoint before,
                                         std::int64_t limit) {
    Statement query = db.prepare(
        "SELECT seq, tenant_id, created_at FROM event WHERE seq>?1 ORDER BY seq LIMIT ?2");
    query.bind(1, to_integer(after)).bind(2, limit);
    std::vector<OldEvent> events;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return events;
        const TimePoint created_at = from_unix_milliseconds(query.integer(2));
        if (created_at >= before) return events;
        events.push_back(
            {EventSeq{query.integer(0)}, TenantId(std::string(query.text(1))), created_at});
    }
}

Result<void> remove_events(Tx& tx, std::span<const EventSeq> events) {
    for (const EventSeq seq : events) {
        {
            Statement floor = tx->prepare(
                "INSERT INTO event_floor(tenant_id, seq) SELECT tenant_id, seq FROM event"
                " WHERE seq=?1"
                " ON CONFLICT(tenant_id) DO UPDATE SET seq=max(seq, excluded.seq)");
            if (Result<void> done = floor.bind(1, to_integer(seq)).run(); !done) return done;
        }
        Statement remove = tx->prepare("DELETE FROM event WHERE seq=?1");
        if (Result<void> done = remove.bind(1, to_integer(seq)).run(); !done) return done;
    }
    return {};
}

Result<EventSeq> event_floor(Connection& db, const TenantId& tenant) {
    Statement query = db.prepare("SELECT seq FROM event_floor WHERE tenant_id=?1");
    const Result<bool> row = query.bind(1, std::string_view(tenant.text())).step();
    if (!row) return row.error();
    return EventSeq{*row ? query.integer(0) : 0};
}

Result<EventSeq> last_event(Connection& db) {
    // What was appended, also when retention has removed it since.
    Statement query =
        db.prepare("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name='event'),0)");
    const Result<bool> row = query.step();
    if (!row) return row.error();
    return EventSeq{query.integer(0)};
}

}  // namespace assay::engine::batch_store
