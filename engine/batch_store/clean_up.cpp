// Deletion and retention in small steps: a mark first, which counts at once, then the rows.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

constexpr std::int64_t chunks_per_step = 64;

// The archived batch whose rows go next; nullopt: there is none.
Result<std::optional<std::int64_t>> next_leaving(Connection& db) {
    Statement query = db.prepare("SELECT min(batch_key) FROM batch_leaving");
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row || query.is_null(0)) return std::optional<std::int64_t>{};
    return std::optional(query.integer(0));
}

// Behind the chunks that one step may remove; nullopt: the batch has none.
Result<std::optional<std::int64_t>> end_of_step(Connection& db, std::int64_t batch_key,
                                                std::int64_t bytes) {
    Statement query = db.prepare(
        "SELECT c.key, coalesce(length(i.input),0)+coalesce(length(r.lines),0)"
        "+coalesce(length(r.lot),0) FROM chunk c LEFT JOIN chunk_input i ON i.key=c.key"
        " LEFT JOIN chunk_result r ON r.key=c.key WHERE c.key>=?1 AND c.key<?2"
        " ORDER BY c.key LIMIT ?3");
    query.bind(1, detail::chunk_key(batch_key, 0)).bind(2, detail::chunk_key(batch_key + 1, 0));
    query.bind(3, chunks_per_step);
    std::optional<std::int64_t> end;
    for (std::int64_t taken = 0; taken < bytes;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) break;
        end = query.integer(0) + 1;
        taken += query.integer(1);
    }
    return end;
}

// A batch without chunks has left; one that was deleted takes its text along.
Result<void> finish_leaving(Connection& db, std::int64_t batch_key) {
    // Inputs and results without a chunk row are not ours to expect, and not ours to leave either.
    if (Result<void> done = detail::remove_chunks(db, detail::chunk_key(batch_key, 0),
                                                  detail::chunk_key(batch_key + 1, 0));
        !done)
        return done;
    for (const std::string_view sql :
         {"DELETE FROM batch_text WHERE key=?1 AND EXISTS"
          " (SELECT 1 FROM batch WHERE key=?1 AND deleted_at IS NOT NULL)",
          "DELETE FROM batch_leaving WHERE batch_key=?1"}) {
        Statement remove = db.prepare(sql);
        if (Result<void> done = remove.bind(1, batch_key).run(); !done) return done;
    }
    return {};
}

Result<void> leave(Connection& db, std::int64_t batch_key) {
    Statement insert = db.prepare("INSERT OR IGNORE INTO batch_leaving(batch_key) VALUES(?1)");
    return insert.bind(1, batch_key).run();
}

// The first column of what `query` gives.
Result<std::vector<std::int64_t>> keys_of(Statement& query) {
    std::vector<std::int64_t> keys;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return keys;
        keys.push_back(query.integer(0));
    }
}

}  // namespace

Result<void> delete_batch(Tx& tx, const TenantId& tenant, const BatchId& batch, TimePoint now) {
    const Result<std::optional<detail::LiveBatch>> found = detail::find_live(*tx, batch);
    if (!found) return found.error();
    if (!*found || (*found)->tenant != tenant)
        return fail(ErrorCode::not_found, "no batch has the id " + batch.text());
    const detail::LiveBatch& live = **found;
    if (live.deleted_at) return detail::gone(live);
    if (!is_settled(live.status))
        return fail(ErrorCode::conflict,
                    "the batch has not ended: it is " + std::string(to_string(live.status)), {},
                    "cancel it first");
    {
        // Its id stays known, the words of its owner do not.
        Statement update = tx->prepare(
            "UPDATE batch SET deleted_at=?2, archived_at=coalesce(archived_at,?2),"
            " collection_id=NULL WHERE key=?1");
        update.bind(1, live.key).bind(2, to_unix_milliseconds(now));
        if (Result<void> done = update.run(); !done) return done;
    }
    return leave(*tx, live.key);
}

Result<std::int64_t> archive_batches(Tx& tx, const TenantId& tenant, TimePoint before,
                                     TimePoint now, std::int64_t limit) {
    Result<std::vector<std::int64_t>> keys = [&] {
        Statement query = tx->prepare(
            "SELECT key FROM batch WHERE tenant_id=?1 AND completed_at<?2"
            " AND completed_at IS NOT NULL AND archived_at IS NULL ORDER BY completed_at LIMIT ?3");
        query.bind(1, std::string_view(tenant.text())).bind(2, to_unix_milliseconds(before));
        query.bind(3, limit);
        return keys_of(query);
    }();
    if (!keys) return keys.error();
    for (const std::int64_t key : *keys) {
        {
            Statement update = tx->prepare("UPDATE batch SET archived_at=?2 WHERE key=?1");
            Result<void> done = update.bind(1, key).bind(2, to_unix_milliseconds(now)).run();
            if (!done) return done.error();
        }
        if (Result<void> done = leave(*tx, key); !done) return done.error();
    }
    return static_cast<std::int64_t>(keys->size());
}

Result<bool> sweep_chunks(Tx& tx, std::int64_t bytes) {
    const Result<std::optional<std::int64_t>> key = next_leaving(*tx);
    if (!key) return key.error();
    if (!*key) return false;
    const Result<std::optional<std::int64_t>> end = end_of_step(*tx, **key, bytes);
    if (!end) return end.error();
    Result<void> done = *end ? detail::remove_chunks(*tx, detail::chunk_key(**key, 0), **end)
                             : finish_leaving(*tx, **key);
    if (!done) return done.error();
    return true;
}

Result<std::int64_t> forget_batches(Tx& tx, TimePoint before, std::int64_t limit) {
    Result<std::vector<std::int64_t>> keys = [&] {
        Statement query = tx->prepare(
            "SELECT key FROM batch WHERE archived_at<?1 AND archived_at IS NOT NULL"
            " AND key NOT IN (SELECT batch_key FROM batch_leaving) LIMIT ?2");
        query.bind(1, to_unix_milliseconds(before)).bind(2, limit);
        return keys_of(query);
    }();
    if (!keys) return keys.error();
    for (const std::int64_t key : *keys) {
        if (Result<void> done = detail::remove_batch_rows(*tx, key); !done) return done.error();
    }
    return static_cast<std::int64_t>(keys->size());
}

Result<std::int64_t> forget_idempotency_keys(Tx& tx, TimePoint now, std::int64_t limit) {
    Statement expire = tx->prepare(
        "DELETE FROM idempotency_key WHERE (tenant_id, key) IN (SELECT tenant_id,"
        " key FROM idempotency_key WHERE created_at<=?1 LIMIT ?2)");
    expire.bind(1, to_unix_milliseconds(now - limits::idempotency_age_max)).bind(2, limit);
    if (Result<void> done = expire.run(); !done) return done.error();
    return tx->changes();
}

}  // namespace assay::engine::batch_store
