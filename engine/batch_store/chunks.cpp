// Chunks: stored, claimed, given back, split.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>

#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

using detail::ChunkState;
using detail::LiveBatch;
using detail::number_of;

Result<void> insert_chunk(Connection& db, const LiveBatch& batch, const NewChunk& chunk) {
    if (!detail::is_chunk_number(chunk.number) || chunk.count <= 0 || chunk.first_index < 0) {
        return fail(ErrorCode::internal, "a chunk's number, index or count is out of range");
    }
    const std::int64_t key = detail::chunk_key(batch.key, chunk.number);
    {
        Statement insert = db.prepare(
            "INSERT INTO chunk(key, tenant_id, batch_key, first_index, count, state, attempt)"
            " VALUES(?1,?2,?3,?4,?5,?6,0)");
        insert.bind(1, key).bind(2, std::string_view(batch.tenant.text())).bind(3, batch.key);
        insert.bind(4, chunk.first_index).bind(5, chunk.count);
        insert.bind(6, number_of(ChunkState::pending));
        if (Result<void> done = insert.run(); !done) return done;
    }
    Statement insert =
        db.prepare("INSERT INTO chunk_input(key, tenant_id, checksum, input) VALUES(?1,?2,?3,?4)");
    insert.bind(1, key).bind(2, std::string_view(batch.tenant.text()));
    return insert.bind(3, detail::checksum_of(chunk.input)).bind_blob(4, chunk.input).run();
}

// Claims one chunk; nullopt: it is not pending.
Result<std::optional<ChunkRef>> claim(Connection& db, const LiveBatch& batch,
                                      const ChunkRef& wanted) {
    Statement update = db.prepare(
        "UPDATE chunk SET state=?2, attempt=attempt+1 WHERE key=?1 AND state=?3"
        " RETURNING first_index, count, attempt");
    update.bind(1, detail::chunk_key(batch.key, wanted.number));
    update.bind(2, number_of(ChunkState::claimed)).bind(3, number_of(ChunkState::pending));
    const Result<bool> row = update.step();
    if (!row) return row.error();
    if (!*row) return std::optional<ChunkRef>{};
    ChunkRef claimed = wanted;
    claimed.first_index = update.integer(0);
    claimed.count = update.integer(1);
    claimed.attempt = static_cast<int>(update.integer(2));
    // The change is made when the statement has run to its end.
    const Result<bool> end = update.step();
    if (!end) return end.error();
    return std::optional(std::move(claimed));
}

// Claims what may be claimed of one batch and moves its counts.
Result<void> claim_of_batch(Tx& tx, std::span<const ChunkRef> wanted, TimePoint now, Random& random,
                            std::vector<ChunkRef>& claimed) {
    Result<std::optional<LiveBatch>> found = detail::find_live(*tx, wanted.front().batch);
    if (!found && found.error().code == ErrorCode::corrupt) return {};  // the others go on
    if (!found) return found.error();
    if (!*found) return {};
    LiveBatch& batch = **found;
    if (batch.status != BatchStatus::queued && batch.status != BatchStatus::in_progress) return {};
    std::int64_t moved = 0;
    for (const ChunkRef& chunk : wanted) {
        if (!detail::is_chunk_number(chunk.number)) continue;
        Result<std::optional<ChunkRef>> step = claim(*tx, batch, chunk);
        if (!step) return step.error();
        if (!*step) continue;
        moved += (*step)->count;
        claimed.push_back(**std::move(step));
    }
    if (moved == 0) return {};
    batch.counts.pending -= moved;
    batch.counts.processing += moved;
    if (batch.status == BatchStatus::queued) {
        batch.status = BatchStatus::in_progress;
        batch.started_at = now;
        Result<void> told = detail::append_batch_event(tx, batch, event_type::batch_started,
                                                       "started", now, random);
        if (!told) return told;
    }
    return detail::update_live(*tx, batch);
}

}  // namespace

Result<void> append_chunk(Tx& tx, const NewChunk& chunk) {
    const Result<std::optional<LiveBatch>> batch = detail::find_live(*tx, chunk.batch);
    if (!batch) return batch.error();
    if (!*batch || (*batch)->status != BatchStatus::receiving) {
        return fail(ErrorCode::not_found,
                    "the submission of batch " + chunk.batch.text() + " is no longer open");
    }
    return insert_chunk(*tx, **batch, chunk);
}

Result<std::vector<ChunkRef>> claim_chunks(Tx& tx, std::span<const ChunkRef> wanted, TimePoint now,
                                           Random& random) {
    std::vector<ChunkRef> claimed;
    claimed.reserve(wanted.size());
    for (auto from = wanted.begin(); from != wanted.end();) {
        const auto until = std::find_if(
            from, wanted.end(), [&](const ChunkRef& chunk) { return chunk.batch != from->batch; });
        const Result<void> done = claim_of_batch(tx, std::span(from, until), now, random, claimed);
        if (!done) return done.error();
        from = until;
    }
    return claimed;
}

Result<std::int64_t> release_claims(Tx& tx) {
    std::vector<BatchId> open;
    {
        Statement query =
            tx->prepare("SELECT id FROM batch WHERE completed_at IS NULL AND processing>0");
        for (;;) {
            const Result<bool> row = query.step();
            if (!row) return row.error();
            if (!*row) break;
            open.emplace_back(std::string(query.text(0)));
        }
    }
    std::int64_t released = 0;
    for (const BatchId& id : open) {
        Result<std::optional<LiveBatch>> found = detail::find_live(*tx, id);
        if (!found && found.error().code == ErrorCode::corrupt) continue;  // it is set aside
        if (!found) return found.error();
        assert(*found);
        LiveBatch& batch = **found;
        {
            Statement update =
                tx->prepare("UPDATE chunk SET state=?3 WHERE key>=?1 AND key<?2 AND state=?4");
            update.bind(1, detail::chunk_key(batch.key, 0));
            update.bind(2, detail::chunk_key(batch.key + 1, 0));
            update.bind(3, number_of(ChunkState::pending));
            update.bind(4, number_of(ChunkState::claimed));
            if (Result<void> done = update.run(); !done) return done.error();
        }
        released += tx->changes();
        batch.counts.pending += batch.counts.processing;
        batch.counts.processing = 0;
        if (Result<void> done = detail::update_live(*tx, batch); !done) return done.error();
    }
    return released;
}

Result<void> split_chunk(Tx& tx, const ChunkRef& chunk, std::span<const NewChunk> parts) {
    const Result<std::optional<LiveBatch>> batch = detail::find_live(*tx, chunk.batch);
    if (!batch) return batch.error();
    if (!*batch) return fail(ErrorCode::not_found, "no batch has this id");
    const std::int64_t key = detail::chunk_key((*batch)->key, chunk.number);
    std::int64_t first_index = 0;
    std::int64_t count = 0;
    {
        Statement remove =
            tx->prepare("DELETE FROM chunk WHERE key=?1 AND state=?2 RETURNING first_index, count");
        const Result<bool> row = remove.bind(1, key).bind(2, number_of(ChunkState::pending)).step();
        if (!row) return row.error();
        if (!*row) return fail(ErrorCode::conflict, "the chunk is no longer pending");
        first_index = remove.integer(0);
        count = remove.integer(1);
        const Result<bool> end = remove.step();
        if (!end) return end.error();
    }
    {
        Statement remove = tx->prepare("DELETE FROM chunk_input WHERE key=?1");
        if (Result<void> done = remove.bind(1, key).run(); !done) return done;
    }
    for (const NewChunk& part : parts) {
        if (part.batch != chunk.batch || part.first_index != first_index || part.count > count) {
            return fail(ErrorCode::internal, "the parts are not the chunk's products in order");
        }
        if (Result<void> done = insert_chunk(*tx, **batch, part); !done) return done;
        first_index += part.count;
        count -= part.count;
    }
    if (count != 0) return fail(ErrorCode::internal, "the parts leave out products of the chunk");
    return {};
}

namespace {

Result<std::vector<ChunkRef>> list_chunks(Connection& db, const BatchId& batch,
                                          std::int64_t from_number, std::int64_t limit,
                                          std::optional<std::int64_t> state) {
    const Result<std::optional<LiveBatch>> live = detail::find_live(db, batch);
    if (!live) return live.error();
    std::vector<ChunkRef> chunks;
    if (!*live || !detail::is_chunk_number(from_number)) return chunks;
    Statement query = db.prepare(
        "SELECT key, first_index, count, attempt FROM chunk"
        " WHERE key>=?1 AND key<?2 AND (?3 IS NULL OR state=?3) ORDER BY key LIMIT ?4");
    query.bind(1, detail::chunk_key((*live)->key, from_number));
    query.bind(2, detail::chunk_key((*live)->key + 1, 0));
    query.bind(3, state).bind(4, limit);
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return chunks;
        chunks.push_back({batch, detail::chunk_number(query.integer(0)), query.integer(1),
                          query.integer(2), static_cast<int>(query.integer(3))});
    }
}

}  // namespace

Result<std::vector<ChunkRef>> pending_chunks(Connection& db, const BatchId& batch,
                                             std::int64_t from_number, std::int64_t limit) {
    return list_chunks(db, batch, from_number, limit, number_of(ChunkState::pending));
}

Result<std::vector<ChunkRef>> all_chunks(Connection& db, const BatchId& batch,
                                         std::int64_t from_number, std::int64_t limit) {
    return list_chunks(db, batch, from_number, limit, std::nullopt);
}

Result<std::string> chunk_input(Connection& db, const ChunkRef& chunk) {
    Statement query = db.prepare(
        "SELECT i.checksum, i.input FROM batch b"
        " JOIN chunk_input i ON i.key=b.key*4294967296+?2 WHERE b.id=?1");
    static_assert(detail::chunks_per_batch == 4294967296);
    query.bind(1, std::string_view(chunk.batch.text())).bind(2, chunk.number);
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return fail(ErrorCode::not_found, "the chunk is no longer there");
    const std::string_view input = query.text(1);
    if (detail::checksum_of(input) != query.integer(0)) {
        return fail(ErrorCode::corrupt, "the input of chunk " + std::to_string(chunk.number) +
                                            " of batch " + chunk.batch.text() +
                                            " fails its checksum");
    }
    return std::string(input);
}

}  // namespace assay::engine::batch_store
