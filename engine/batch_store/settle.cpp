// The step that ends chunks and batches: results, counts, status and event in one transaction.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>

#include "engine/base/json_writer.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/cancelled_line.hpp"
#include "engine/batch_store/rows.hpp"
#include "engine/progress/tally.hpp"

namespace assay::engine::batch_store {
namespace {

using detail::ChunkState;
using detail::LiveBatch;
using detail::number_of;

Error no_such_batch(const BatchId& batch) {
    return fail(ErrorCode::not_found, "no batch has the id " + batch.text());
}

Settled unchanged(const LiveBatch& batch) {
    return {false, batch.counts, batch.status, false};
}

// Ends the claim that this attempt holds. nullopt: it holds none. Gives the chunk's products.
Result<std::optional<std::int64_t>> end_claim(Connection& db, const LiveBatch& batch,
                                              const ChunkRef& chunk) {
    if (!detail::is_chunk_number(chunk.number)) return std::optional<std::int64_t>{};
    Statement update = db.prepare(
        "UPDATE chunk SET state=?2 WHERE key=?1 AND state=?3 AND attempt=?4 RETURNING count");
    update.bind(1, detail::chunk_key(batch.key, chunk.number));
    update.bind(2, number_of(ChunkState::settled)).bind(3, number_of(ChunkState::claimed));
    const Result<bool> row = update.bind(4, std::int64_t{chunk.attempt}).step();
    if (!row) return row.error();
    if (!*row) return std::optional<std::int64_t>{};
    const std::int64_t count = update.integer(0);
    const Result<bool> end = update.step();
    if (!end) return end.error();
    return std::optional(count);
}

Result<void> store_results(Connection& db, const LiveBatch& batch, const ChunkResults& results) {
    Statement insert = db.prepare(
        "INSERT INTO chunk_result(key, tenant_id, lot_checksum, lot, checksum, lines)"
        " VALUES(?1,?2,?3,?4,?5,?6)");
    insert.bind(1, detail::chunk_key(batch.key, results.chunk.number));
    insert.bind(2, std::string_view(batch.tenant.text()));
    insert.bind(3, detail::checksum_of(results.lot)).bind_blob(4, results.lot);
    insert.bind(5, detail::checksum_of(results.results)).bind_blob(6, results.results);
    return insert.run();
}

// References, so that a result is stored once; nothing where nobody has subscribed.
Result<void> append_item_events(Tx& tx, const LiveBatch& batch, const ChunkResults& results,
                                std::int64_t first_index, TimePoint now, Random& random) {
    auto failed = results.failed_at.begin();
    for (std::int64_t at = 0; at < results.completed + results.failed; ++at) {
        const bool has_failed = failed != results.failed_at.end() && *failed == at;
        if (has_failed) ++failed;
        const std::string index = std::to_string(first_index + at);
        Event event;
        event.tenant = batch.tenant;
        event.type = has_failed ? event_type::item_failed : event_type::item_completed;
        event.batch = batch.id;
        event.data = R"({"batch_id":")" + batch.id.text() + R"(","index":)" + index + "}";
        event.dedupe_key = "item:" + batch.id.text() + ":" + index;
        Result<void> done = detail::append_new_event(tx, std::move(event), now, random);
        if (!done) return done;
    }
    return {};
}

Result<void> cancel_pending_chunks(Connection& db, std::int64_t batch_key) {
    Statement update =
        db.prepare("UPDATE chunk SET state=?3 WHERE key>=?1 AND key<?2 AND state=?4");
    update.bind(1, detail::chunk_key(batch_key, 0));
    update.bind(2, detail::chunk_key(batch_key + 1, 0));
    update.bind(3, number_of(ChunkState::cancelled)).bind(4, number_of(ChunkState::pending));
    return update.run();
}

// What follows from the counts as they are now: status, summary, terminal event. Writes the batch.
Result<Settled> conclude(Tx& tx, LiveBatch& batch, const TallyState& before, TimePoint now,
                         Random& random, const std::function<std::string()>& summary) {
    if (before.status == BatchStatus::cancelling && batch.counts.processing == 0) {
        batch.counts.cancelled += batch.counts.pending;
        batch.counts.pending = 0;
        if (Result<void> done = cancel_pending_chunks(*tx, batch.key); !done) return done.error();
    }
    const TallyChange change = tally(before, batch.counts);
    batch.status = change.status;
    if (change.terminal_event) {
        batch.completed_at = now;
        const std::string text = summary();
        Statement update = tx->prepare("UPDATE batch_text SET summary=?2 WHERE key=?1");
        Result<void> done = update.bind(1, batch.key).bind(2, std::string_view(text)).run();
        if (!done) return done.error();
        done = detail::append_batch_event(tx, batch, *change.terminal_event, "ended", now, random);
        if (!done) return done.error();
        // It needs its sold prices no longer.
        Statement unpin = tx->prepare("DELETE FROM comps_pin WHERE batch_id=?1");
        done = unpin.bind(1, std::string_view(batch.id.text())).run();
        if (!done) return done.error();
    }
    if (Result<void> done = detail::update_live(*tx, batch); !done) return done.error();
    return Settled{true, batch.counts, batch.status, change.terminal_event.has_value()};
}

}  // namespace

Result<Settled> settle_chunk(Tx& tx, const ChunkResults& results, TimePoint now, Random& random,
                             const std::function<std::string()>& summary) {
    Result<std::optional<LiveBatch>> found = detail::find_live(*tx, results.chunk.batch);
    if (!found) return found.error();
    if (!*found) return no_such_batch(results.chunk.batch);
    LiveBatch& batch = **found;
    if (is_settled(batch.status)) return unchanged(batch);
    const Result<std::optional<std::int64_t>> ended = end_claim(*tx, batch, results.chunk);
    if (!ended) return ended.error();
    if (!*ended) return unchanged(batch);

    // As many lines come out as products went in; anything else would shift every later product.
    const auto lines = std::count(results.results.begin(), results.results.end(), '\n');
    if (results.completed < 0 || results.failed < 0 ||
        results.completed + results.failed != **ended || lines != **ended ||
        !results.results.ends_with('\n')) {
        return fail(ErrorCode::internal, "a chunk has other results than products");
    }
    if (Result<void> done = store_results(*tx, batch, results); !done) return done.error();
    if (batch.item_events) {
        if (static_cast<std::int64_t>(results.failed_at.size()) != results.failed) {
            return fail(ErrorCode::internal, "a chunk does not say which of its products failed");
        }
        Result<void> told =
            append_item_events(tx, batch, results, results.chunk.first_index, now, random);
        if (!told) return told.error();
    }
    const TallyState before{batch.status, batch.counts};
    batch.counts.processing -= **ended;
    batch.counts.completed += results.completed;
    batch.counts.failed += results.failed;
    detail::add_verdicts(batch.by_verdict, results.by_verdict);
    return conclude(tx, batch, before, now, random, summary);
}

Result<Settled> cancel_batch(Tx& tx, const TenantId& tenant, const BatchId& batch, TimePoint now,
                             Random& random, const std::function<std::string()>& summary,
                             const AppendCancelledLine& append_line) {
    Result<std::optional<LiveBatch>> found = detail::find_live(*tx, batch);
    if (!found) return found.error();
    if (!*found || (*found)->tenant != tenant) return no_such_batch(batch);
    LiveBatch& live = **found;
    if (live.deleted_at) return detail::gone(live);
    if (live.status == BatchStatus::receiving) {
        return fail(ErrorCode::conflict, "the batch is still being received");
    }
    if (is_settled(live.status)) {
        return fail(ErrorCode::already_settled,
                    "the batch has ended as " + std::string(to_string(live.status)));
    }
    if (live.status != BatchStatus::cancelling) {
        const std::string line = detail::make_cancelled_line(append_line);
        Statement update = tx->prepare("UPDATE batch_text SET cancelled_line=?2 WHERE key=?1");
        Result<void> done = update.bind(1, live.key).bind(2, std::string_view(line)).run();
        if (!done) return done.error();
        live.status = BatchStatus::cancelling;
    }
    const TallyState before{live.status, live.counts};
    return conclude(tx, live, before, now, random, summary);
}

}  // namespace assay::engine::batch_store
