// What deliveries change about their endpoints: health, thin bodies, the end of a rotation, and how
// far each endpoint's numbering has come.
// SPDX-License-Identifier: MIT
#include <boost/json.hpp>

#include "engine/base/hash.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {
namespace {

namespace json = boost::json;
using engine::Connection;
using engine::Statement;
using engine::Tx;

// The highest number that each endpoint gave to events up to ?2, among the rows behind ?1.
constexpr std::string_view numbered_sql =
    "SELECT endpoint_id, max(sequence) FROM deliveries WHERE number > ?1 AND event_seq <= ?2 "
    "GROUP BY endpoint_id";

Result<std::int64_t> one_integer(Statement& select) {
    Result<bool> found = select.step();
    if (!found) return std::move(found).error();
    return *found ? select.integer(0) : 0;
}

Result<std::int64_t> numbered_until(Connection& db) {
    Statement select = db.prepare("SELECT row_number FROM sequence_mark WHERE only = 1");
    return one_integer(select);
}

constexpr std::string_view health_sql =
    "SELECT endpoint_id, failing_since, failed_count, exhausted_count, told FROM endpoint_health";

EndpointHealth health_of(const Statement& row) {
    EndpointHealth health;
    if (!row.is_null(1)) health.failing_since = from_unix_milliseconds(row.integer(1));
    health.failed_count = row.integer(2);
    health.exhausted_count = row.integer(3);
    health.told = row.integer(4) != 0;
    return health;
}

// Settings with `payload` thin; what is not to be read is left as it is.
std::optional<std::string> thinned(std::string_view settings) {
    boost::system::error_code error;
    json::value stored = json::parse(json::string_view(settings.data(), settings.size()), error);
    if (error || !stored.is_object()) return std::nullopt;
    json::value* const overrides = stored.get_object().if_contains("overrides");
    if (overrides == nullptr || !overrides->is_object()) return std::nullopt;
    overrides->get_object()["payload"] = "thin";
    return json::serialize(stored);
}

}  // namespace

Result<void> put_health(Tx& tx, const EndpointId& id, const EndpointHealth& health) {
    if (health == EndpointHealth{}) {
        Statement erase = tx->prepare("DELETE FROM endpoint_health WHERE endpoint_id = ?1");
        return erase.bind(1, std::string_view(id.text())).run();
    }
    Statement put =
        tx->prepare("INSERT OR REPLACE INTO endpoint_health VALUES (?1, ?2, ?3, ?4, ?5)");
    std::optional<std::int64_t> since;
    if (health.failing_since) since = to_unix_milliseconds(*health.failing_since);
    put.bind(1, std::string_view(id.text()))
        .bind(2, since)
        .bind(3, health.failed_count)
        .bind(4, health.exhausted_count)
        .bind(5, std::int64_t{health.told ? 1 : 0});
    return put.run();
}

Result<std::vector<HealthRow>> all_health(Connection& db) {
    Statement select = db.prepare(health_sql);
    std::vector<HealthRow> all;
    for (;;) {
        Result<bool> found = select.step();
        if (!found) return std::move(found).error();
        if (!*found) return all;
        all.push_back({EndpointId(std::string(select.text(0))), health_of(select)});
    }
}

Result<std::optional<EndpointHealth>> find_health(Connection& db, const EndpointId& id) {
    static const std::string sql = std::string(health_sql) + " WHERE endpoint_id = ?1";
    Statement select = db.prepare(sql);
    select.bind(1, std::string_view(id.text()));
    const Result<bool> found = select.step();
    if (!found) return found.error();
    return *found ? std::optional(health_of(select)) : std::nullopt;
}

Result<void> switch_to_thin(Tx& tx, const EndpointId& id) {
    std::optional<std::string> settings;
    {
        Statement select = tx->prepare("SELECT settings FROM endpoints WHERE id = ?1");
        select.bind(1, std::string_view(id.text()));
        const Result<bool> found = select.step();
        if (!found) return found.error();
        if (!*found) return {};
        settings = thinned(select.text(0));
    }
    if (!settings) return {};  // it fails its checksum: the next start says so
    Statement put = tx->prepare("UPDATE endpoints SET settings = ?2, checksum = ?3 WHERE id = ?1");
    put.bind(1, std::string_view(id.text()))
        .bind(2, std::string_view(*settings))
        .bind(3, static_cast<std::int64_t>(hash64(*settings)));
    return put.run();
}

Result<void> forget_old_secret(Tx& tx, const EndpointId& id) {
    Statement set = tx->prepare("UPDATE endpoints SET old_secret = NULL WHERE id = ?1");
    return set.bind(1, std::string_view(id.text())).run();
}

Result<void> forget_endpoint_state(Tx& tx, const EndpointId& id) {
    for (const std::string_view sql : {"DELETE FROM endpoint_health WHERE endpoint_id = ?1",
                                       "DELETE FROM endpoint_sequences WHERE endpoint_id = ?1"}) {
        Statement erase = tx->prepare(sql);
        if (Result<void> done = erase.bind(1, std::string_view(id.text())).run(); !done) {
            return done;
        }
    }
    return {};
}

// --- numbering

Result<Sequences> sequences_until(Connection& db, EventSeq until) {
    Sequences sequences;
    const Result<std::int64_t> from = numbered_until(db);
    if (!from) return from.error();
    Statement kept = db.prepare("SELECT endpoint_id, sequence FROM endpoint_sequences");
    Statement later = db.prepare(numbered_sql);
    later.bind(1, *from).bind(2, to_integer(until));
    for (Statement* const select : {&kept, &later}) {
        for (;;) {
            const Result<bool> found = select->step();
            if (!found) return found.error();
            if (!*found) break;
            std::int64_t& sequence = sequences[EndpointId(std::string(select->text(0)))];
            sequence = std::max(sequence, select->integer(1));
        }
    }
    return sequences;
}

Result<void> mark_sequences(Tx& tx, EventSeq until) {
    const Result<std::int64_t> from = numbered_until(*tx);
    if (!from) return from.error();
    {
        Statement put = tx->prepare("INSERT INTO endpoint_sequences " + std::string(numbered_sql) +
                                    " ON CONFLICT (endpoint_id) DO UPDATE SET "
                                    "sequence = max(sequence, excluded.sequence)");
        put.bind(1, *from).bind(2, to_integer(until));
        if (Result<void> done = put.run(); !done) return done;
    }
    // Rows of later events stay in front of the mark: they are counted once the cursor has passed
    // them.
    Statement set = tx->prepare(
        "UPDATE sequence_mark SET row_number = coalesce((SELECT min(number) - 1 FROM deliveries "
        "WHERE number > ?1 AND event_seq > ?2), (SELECT max(number) FROM deliveries), 0)");
    return set.bind(1, *from).bind(2, to_integer(until)).run();
}

Result<std::optional<std::int64_t>> sequence_of(Connection& db, const DeliveryId& id) {
    Statement select = db.prepare("SELECT sequence FROM deliveries WHERE id = ?1");
    select.bind(1, std::string_view(id.text()));
    const Result<bool> found = select.step();
    if (!found) return found.error();
    return *found ? std::optional(select.integer(0)) : std::nullopt;
}

}  // namespace assay::notify::notify_store
