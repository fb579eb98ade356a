// Events that users publish: into the log once, however often they are sent.
// SPDX-License-Identifier: MIT
#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"
#include "engine/batch_store/batch_store.hpp"

namespace assay::engine::batch_store {
namespace {

constexpr std::int64_t forgotten_at_once = 10;

std::string fingerprint_of(const Publication& publication) {
    const Hash128 hash = hash128(publication.type + '\n' + publication.data);
    return std::to_string(hash.high) + "-" + std::to_string(hash.low);
}

Result<std::optional<EventSeq>> find_by_key(Connection& db, const Publication& publication,
                                            const std::string& fingerprint) {
    Statement query = db.prepare(
        "SELECT fingerprint, seq FROM event_key WHERE tenant_id=?1 AND key=?2 AND created_at>?3");
    query.bind(1, std::string_view(publication.tenant.text()));
    query.bind(2, std::string_view(*publication.idempotency_key));
    query.bind(3, to_unix_milliseconds(publication.now - limits::idempotency_age_max));
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return std::optional<EventSeq>{};
    if (query.text(0) != fingerprint) {
        return fail(ErrorCode::key_reused, "this idempotency key was used with another event",
                    "Idempotency-Key", "use a new key for a new event");
    }
    return std::optional(EventSeq{query.integer(1)});
}

Result<void> keep_key(Tx& tx, const Publication& publication, const std::string& fingerprint,
                      EventSeq seq) {
    {
        // A few expired ones each time, so that the table stays as large as a day.
        Statement forget = tx->prepare(
            "DELETE FROM event_key WHERE (tenant_id, key) IN (SELECT tenant_id, key FROM event_key"
            " WHERE created_at<=?1 ORDER BY created_at LIMIT ?2)");
        forget.bind(1, to_unix_milliseconds(publication.now - limits::idempotency_age_max));
        if (Result<void> done = forget.bind(2, forgotten_at_once).run(); !done) return done;
    }
    Statement insert = tx->prepare(
        "INSERT OR REPLACE INTO event_key(tenant_id, key, fingerprint, seq, created_at)"
        " VALUES(?1,?2,?3,?4,?5)");
    insert.bind(1, std::string_view(publication.tenant.text()));
    insert.bind(2, std::string_view(*publication.idempotency_key));
    insert.bind(3, std::string_view(fingerprint)).bind(4, to_integer(seq));
    return insert.bind(5, to_unix_milliseconds(publication.now)).run();
}

}  // namespace

Result<std::optional<EventSeq>> find_published(Connection& db, const Publication& publication) {
    if (!publication.idempotency_key) return std::optional<EventSeq>{};
    return find_by_key(db, publication, fingerprint_of(publication));
}

Result<Published> publish_event(Tx& tx, const Publication& publication, Random& random) {
    const std::string fingerprint = fingerprint_of(publication);
    if (publication.idempotency_key) {
        const auto known = find_by_key(*tx, publication, fingerprint);
        if (!known) return known.error();
        if (*known) return Published{**known, true};
    }
    Event event;
    event.id = EventId("evt_" + make_uuid(random));
    event.tenant = publication.tenant;
    event.type = publication.type;
    event.created_at = publication.now;
    event.data = publication.data;
    const Result<EventSeq> seq = append_event(tx, event);
    if (!seq) return seq.error();
    if (publication.idempotency_key) {
        Result<void> kept = keep_key(tx, publication, fingerprint, *seq);
        if (!kept) return kept.error();
    }
    return Published{*seq, false};
}

}  // namespace assay::engine::batch_store
