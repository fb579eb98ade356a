// Batches from their first byte to the 202, and how they are found again.
// SPDX-License-Identifier: MIT
#include <limits>

#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/quota.hpp"
#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

using detail::ChunkState;
using detail::LiveBatch;

Error no_such_batch(const BatchId& batch) {
    return fail(ErrorCode::not_found, "no batch has the id " + batch.text());
}

// A query for what batch_at() reads, in its order.
std::string select_batches(std::string_view rest) {
    return "SELECT b.id, b.tenant_id, b.status, b.total, b.pending, b.processing, b.completed,"
           " b.failed, b.cancelled, b.by_verdict, b.created_at, b.started_at, b.completed_at,"
           " t.options, t.summary, b.archived_at, b.deleted_at"
           " FROM batch b LEFT JOIN batch_text t ON t.key=b.key " +
           std::string(rest);
}

Result<BatchRow> batch_at(const Statement& row) {
    if (!row.is_null(16)) return detail::deleted_batch(from_unix_milliseconds(row.integer(16)));
    BatchRow batch;
    batch.id = BatchId(std::string(row.text(0)));
    batch.tenant = TenantId(std::string(row.text(1)));
    const auto status = parse_batch_status(row.text(2));
    Result<detail::Verdicts> verdicts = detail::parse_verdicts(row.text(9));
    Result<BatchOptions> options = parse_batch_options(row.text(13));
    if (!status || !verdicts || !options) {
        return fail(ErrorCode::corrupt, "the row of batch " + batch.id.text() + " is damaged");
    }
    batch.status = *status;
    batch.counts = {row.integer(3), row.integer(4), row.integer(5),
                    row.integer(6), row.integer(7), row.integer(8)};
    batch.by_verdict = *std::move(verdicts);
    batch.created_at = from_unix_milliseconds(row.integer(10));
    if (!row.is_null(11)) batch.started_at = from_unix_milliseconds(row.integer(11));
    if (!row.is_null(12)) batch.completed_at = from_unix_milliseconds(row.integer(12));
    batch.options = *std::move(options);
    batch.summary = row.text(14);
    if (!row.is_null(15)) batch.archived_at = from_unix_milliseconds(row.integer(15));
    return batch;
}

enum class Damaged : std::uint8_t { is_error, left_out };

Result<std::vector<BatchRow>> batches_of(Statement& query, Damaged damaged) {
    std::vector<BatchRow> rows;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return rows;
        Result<BatchRow> batch = batch_at(query);
        if (!batch && damaged == Damaged::left_out) continue;
        if (!batch) return batch.error();
        rows.push_back(*std::move(batch));
    }
}

// Whether the chunks hold the products 0 .. total-1, each once.
Result<bool> holds_exactly(Connection& db, std::int64_t batch_key, std::int64_t total) {
    Statement query = db.prepare(
        "SELECT coalesce(sum(count),0), coalesce(max(first_index+count),0) FROM chunk"
        " WHERE batch_key=?1");
    const Result<bool> row = query.bind(1, batch_key).step();
    if (!row) return row.error();
    return query.integer(0) == total && query.integer(1) == total;
}

Result<void> remove_rows(Connection& db, std::int64_t batch_key) {
    Result<void> done = detail::remove_chunks(db, detail::chunk_key(batch_key, 0),
                                              detail::chunk_key(batch_key + 1, 0));
    if (done) done = detail::remove_batch_rows(db, batch_key);
    return done;
}

}  // namespace

Result<void> insert_batch(Tx& tx, const BatchRow& row) {
    const std::string options = to_json(row.options);
    {
        Statement insert = tx->prepare(
            "INSERT INTO batch(id, tenant_id, status, collection_id, total, pending, processing,"
            " completed, failed, cancelled, by_verdict, created_at)"
            " VALUES(?1,?2,?3,?4,0,0,0,0,0,0,'',?5)");
        insert.bind(1, std::string_view(row.id.text()));
        insert.bind(2, std::string_view(row.tenant.text()));
        insert.bind(3, to_string(BatchStatus::receiving)).bind(4, row.options.collection_id);
        insert.bind(5, to_unix_milliseconds(row.created_at));
        if (Result<void> done = insert.run(); !done) return done;
    }
    const std::int64_t key = tx->last_insert_rowid();
    Statement insert = tx->prepare(
        "INSERT INTO batch_text(key, tenant_id, options, summary, cancelled_line)"
        " VALUES(?1,?2,?3,'','')");
    insert.bind(1, key).bind(2, std::string_view(row.tenant.text()));
    return insert.bind(3, std::string_view(options)).run();
}

Result<void> seal_batch(Tx& tx, const Seal& seal, Random& random) {
    Result<std::optional<LiveBatch>> found = detail::find_live(*tx, seal.batch);
    if (!found) return found.error();
    if (!*found || (*found)->status != BatchStatus::receiving) return no_such_batch(seal.batch);
    LiveBatch& live = **found;
    const Result<bool> whole = holds_exactly(*tx, live.key, seal.total);
    if (!whole) return whole.error();
    if (!*whole || seal.total <= 0) {
        return fail(ErrorCode::internal, "the stored chunks do not hold the batch's products");
    }
    Result<void> charged = detail::charge_quota(tx, live.tenant, seal.total, seal.now, random);
    if (!charged) return charged;
    if (seal.idempotency_key) {
        Result<void> done = detail::store_idempotency_key(tx, live.tenant, seal);
        if (!done) return done;
    }
    const std::string options = to_json(seal.options);
    {
        Statement update = tx->prepare("UPDATE batch_text SET options=?2 WHERE key=?1");
        update.bind(1, live.key).bind(2, std::string_view(options));
        if (Result<void> done = update.run(); !done) return done;
    }
    {
        Statement update =
            tx->prepare("UPDATE batch SET collection_id=?2, item_events=?3 WHERE key=?1");
        update.bind(1, live.key).bind(2, seal.options.collection_id);
        update.bind(3, std::int64_t{seal.item_events});
        if (Result<void> done = update.run(); !done) return done;
    }
    live.status = BatchStatus::queued;
    live.counts.total = live.counts.pending = seal.total;
    return detail::update_live(*tx, live);
}

Result<void> drop_batch(Tx& tx, const BatchId& batch) {
    const Result<std::optional<LiveBatch>> found = detail::find_live(*tx, batch);
    if (!found) return found.error();
    if (!*found || (*found)->status != BatchStatus::receiving) return {};
    return remove_rows(*tx, (*found)->key);
}

Result<std::int64_t> drop_receiving(Tx& tx) {
    std::vector<std::int64_t> keys;
    {
        Statement query =
            tx->prepare("SELECT key FROM batch WHERE completed_at IS NULL AND status='receiving'");
        for (;;) {
            const Result<bool> row = query.step();
            if (!row) return row.error();
            if (!*row) break;
            keys.push_back(query.integer(0));
        }
    }
    for (const std::int64_t key : keys) {
        if (Result<void> done = remove_rows(*tx, key); !done) return done.error();
    }
    return static_cast<std::int64_t>(keys.size());
}

Result<std::optional<BatchRow>> find_batch(Connection& db, const TenantId& tenant,
                                           const BatchId& batch) {
    Statement query = db.prepare(select_batches("WHERE b.id=?1 AND b.tenant_id=?2"));
    query.bind(1, std::string_view(batch.text())).bind(2, std::string_view(tenant.text()));
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return std::optional<BatchRow>{};
    Result<BatchRow> read = batch_at(query);
    if (!read) return read.error();
    return std::optional(*std::move(read));
}

Result<std::vector<BatchRow>> list_batches(Connection& db, const BatchQuery& query) {
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    if (query.after) {
        const Result<std::optional<LiveBatch>> cursor = detail::find_live(db, *query.after);
        if (!cursor) return cursor.error();
        if (!*cursor || (*cursor)->tenant != query.tenant) {
            return fail(ErrorCode::invalid_argument, "no batch has this id", "after",
                        "use the id of the last batch of the page before");
        }
        before = (*cursor)->key;
    }
    std::optional<std::string> status;
    if (query.status) status = to_string(*query.status);
    // Two texts, so that each has its index.
    Statement list = db.prepare(select_batches(
        query.collection_id ? "WHERE b.tenant_id=?1 AND b.collection_id=?5 AND b.key<?2"
                              " AND (?3 IS NULL OR b.status=?3) AND b.status<>'receiving'"
                              " AND b.deleted_at IS NULL ORDER BY b.key DESC LIMIT ?4"
                            : "WHERE b.tenant_id=?1 AND b.key<?2"
                              " AND (?3 IS NULL OR b.status=?3) AND b.status<>'receiving'"
                              " AND b.deleted_at IS NULL ORDER BY b.key DESC LIMIT ?4"));
    list.bind(1, std::string_view(query.tenant.text())).bind(2, before).bind(3, status);
    list.bind(4, query.limit);
    if (query.collection_id) list.bind(5, query.collection_id);
    return batches_of(list, Damaged::is_error);
}

Result<std::vector<BatchRow>> open_batches(Connection& db) {
    Statement query = db.prepare(
        select_batches("WHERE b.completed_at IS NULL AND b.status<>'receiving' ORDER BY b.key"));
    return batches_of(query, Damaged::left_out);
}

}  // namespace assay::engine::batch_store
