// What the engine keeps: tenants, batches, chunks, results, idempotency keys, quota, the event log.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/batch.hpp"
#include "engine/event/batch_facts.hpp"
#include "engine/event/event.hpp"
#include "engine/store/database.hpp"
#include "engine/store/inspection.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine::batch_store {

// The schema, to hand to Database::open.
std::span<const Migration> migrations() noexcept;

// --- values ------------------------------------------------------------------------------------

struct BatchRow {
    BatchId id;
    TenantId tenant;
    BatchStatus status = BatchStatus::receiving;
    BatchOptions options;
    ProductCounts counts;
    TimePoint created_at;  // as_of defaults to it
    std::optional<TimePoint> started_at, completed_at;
    std::optional<TimePoint> archived_at;  // since then without inputs and results
    std::string summary;                   // JSON object; empty until completed
    std::vector<std::pair<std::string, std::int64_t>> by_verdict;  // sorted by name
};

struct NewChunk {
    BatchId batch;
    std::int64_t number = 0;       // 0, 1, 2 ... within the batch
    std::int64_t first_index = 0;  // of its first product
    std::int64_t count = 0;
    std::string_view input;  // ChunkBuilder's blob
};

struct ChunkRef {
    BatchId batch;
    std::int64_t number = 0;
    std::int64_t first_index = 0;
    std::int64_t count = 0;
    int attempt = 0;  // times it was claimed; the fence of its results
};

// What a chunk's analysis leaves behind.
struct ChunkResults {
    ChunkRef chunk;
    std::string_view results;  // one result line per product, each ended by '\n', in input order
    std::string_view lot;      // the lot lines of its products (engine/analysis/lot), opaque here
    std::int64_t completed = 0;
    std::int64_t failed = 0;
    std::vector<std::pair<std::string, std::int64_t>> by_verdict;
    std::span<const std::int64_t>
        failed_at;  // offsets in the chunk of those that failed, ascending
};

struct Settled {
    bool accepted =
        true;  // false: the attempt was fenced off, or the chunk had settled; nothing changed
    ProductCounts counts;
    BatchStatus status{};
    bool terminal = false;  // this step ended the batch; its event is in the log
};

struct IdempotentAnswer {
    std::string fingerprint;  // of the body, hex XXH3-128
    BatchId batch;
};

// --- writes: inside a writer's job -------------------------------------------------------------
//
// All may also fail with io_error, storage_full and corrupt. A write that fails leaves what it has
// changed to the job's savepoint: return the error from the job.

// Status receiving, without products. Errors: conflict, when the id is known.
Result<void> insert_batch(Tx& tx, const BatchRow& row);
// Errors: not_found, when no batch of this id is receiving; conflict, when the number or the first
// index is taken.
Result<void> append_chunk(Tx& tx, const NewChunk& chunk);
// receiving -> queued: fixes options and total, charges the quota, stores the idempotency key.
// Errors: not_found, quota_exceeded, key_reused, conflict (another submission with this key and
// body came first); internal, when the chunks do not hold exactly `total` products.
struct Seal {
    BatchId batch;
    BatchOptions options;
    std::int64_t total = 0;
    std::optional<std::string> idempotency_key;
    std::string fingerprint;
    TimePoint now;
    bool item_events = false;  // each product's end becomes an event: somebody has subscribed
};
// What of the month's quota is used up becomes events in the same step: quota.warning at 80 and at
// 95 %, quota.exceeded with the last unit, each once a month.
Result<void> seal_batch(Tx& tx, const Seal& seal, Random& random);
// A submission that came to nothing, with its chunks and inputs. Nothing to do where no batch of
// this id is receiving: a batch that was sealed is never dropped.
Result<void> drop_batch(Tx& tx, const BatchId& batch);
Result<std::int64_t> drop_receiving(Tx& tx);  // at start: submissions that never finished

// Claims chunks: attempt + 1, state claimed; the batch's first claim starts it (status, started_at,
// the batch.started event). Chunks of batches that no longer run, or whose row is damaged, are left
// out of the answer.
Result<std::vector<ChunkRef>> claim_chunks(Tx& tx, std::span<const ChunkRef> wanted, TimePoint now,
                                           Random& random);
// At start: claimed -> pending again (attempts stay counted).
Result<std::int64_t> release_claims(Tx& tx);
// A chunk that killed its worker too often becomes chunks of one product each, with numbers of
// their own. Errors: conflict, when the chunk is no longer pending.
Result<void> split_chunk(Tx& tx, const ChunkRef& chunk, std::span<const NewChunk> parts);
// The first pass over a batch, which reads its chunks without claiming them: what is known of the
// programs that died in the middle of it.
struct FirstPass {
    int restarts = 0;                    // of the program while the batch was open
    std::optional<std::int64_t> at;      // the chunk that is read, where chunks are read one by one
    std::vector<std::int64_t> left_out;  // chunks that were being read when it died
};
// At start, for a batch that is open: counts the restart; a chunk that was being read alone is left
// out from now on. Errors: not_found.
Result<FirstPass> restart_first_pass(Tx& tx, const BatchId& batch);
// Before a chunk is read alone; nullopt: none is any more. Errors: not_found.
Result<void> note_first_pass(Tx& tx, const BatchId& batch, std::optional<std::int64_t> chunk);
// Stores the results if the attempt still holds the claim, moves the counts, and, when tally() says
// the batch has ended, writes status, summary and terminal event in the same transaction. `summary`
// is asked only then.
Result<Settled> settle_chunk(Tx& tx, const ChunkResults& results, TimePoint now, Random& random,
                             const std::function<std::string()>& summary);
// cancelling: no new claims; settles at once when nothing is processing, else settle_chunk does it
// with the last chunk under way. On a batch that is cancelling already: settles it, if nothing is
// processing any more (a crash took what was). `append_line` writes the result line of a product
// that was cancelled before it ran (engine/analysis: append_cancelled_line); it is asked once, and
// its text is kept, so that the results stay the same bytes. Errors: not_found, already_settled,
// conflict (still receiving).
using AppendCancelledLine = std::function<void(std::string& out, std::string_view product_id)>;
Result<Settled> cancel_batch(Tx& tx, const TenantId& tenant, const BatchId& batch, TimePoint now,
                             Random& random, const std::function<std::string()>& summary,
                             const AppendCancelledLine& append_line);

// Appends to the durable outbox; gives the number, or the earlier event's when the dedupe key is
// known. An empty dedupe key is unique to nothing.
Result<EventSeq> append_event(Tx& tx, const Event& event);

// An event of the tenant's own. With a key: the same event again gives the first one's number for
// limits::idempotency_age_max. The caller has checked type and data. Errors: key_reused (the key
// stands for another type or other data).
struct Publication {
    TenantId tenant;
    std::string type;
    std::string data;  // a JSON object
    std::optional<std::string> idempotency_key;
    TimePoint now;
};
struct Published {
    EventSeq seq{};
    bool replayed = false;  // the key was known: this is the first answer
};
Result<Published> publish_event(Tx& tx, const Publication& publication, Random& random);
// The event that its key stands for; nothing without a key, or with one that is new. Errors:
// key_reused.
Result<std::optional<EventSeq>> find_published(Connection& db, const Publication& publication);

// --- clean-up: each call is a small step, so that no job of it holds the writer for long --------

// The batch and all that belongs to it but its events are gone for everybody from here on; what it
// takes on disk goes with sweep_chunks(). Errors: not_found, conflict (it has not ended), archived
// (it was deleted before).
Result<void> delete_batch(Tx& tx, const TenantId& tenant, const BatchId& batch, TimePoint now);
// Up to `limit` batches of a tenant that ended before `before` lose their inputs and results. Gives
// how many.
Result<std::int64_t> archive_batches(Tx& tx, const TenantId& tenant, TimePoint before,
                                     TimePoint now, std::int64_t limit);
// Removes chunks of archived batches: as many as hold about `bytes`, at least one, at most 64.
// False: none are left.
Result<bool> sweep_chunks(Tx& tx, std::int64_t bytes);
// The rows of up to `limit` batches that were archived before `before`: from then on nobody knows
// them any more. Gives how many.
Result<std::int64_t> forget_batches(Tx& tx, TimePoint before, std::int64_t limit);
// Those that hold no longer. Gives how many.
Result<std::int64_t> forget_idempotency_keys(Tx& tx, TimePoint now, std::int64_t limit);
// Removes these events; a cursor that stands before them is told so (event_floor).
Result<void> remove_events(Tx& tx, std::span<const EventSeq> events);

// --- reads: from a ReadLease, or inside a writer's job -----------------------------------------

// Errors: archived, when it was deleted.
Result<std::optional<BatchRow>> find_batch(Connection& db, const TenantId& tenant,
                                           const BatchId& batch);
struct BatchQuery {
    TenantId tenant;
    std::optional<BatchId> after;
    std::optional<BatchStatus> status;
    std::optional<std::string> collection_id;
    std::int64_t limit = 20;
};
Result<std::vector<BatchRow>> list_batches(Connection& db,
                                           const BatchQuery& query);  // newest first
Result<std::vector<BatchRow>> open_batches(
    Connection& db);  // queued, in_progress, cancelling; oldest first; without damaged rows
Result<std::vector<ChunkRef>> pending_chunks(Connection& db, const BatchId& batch,
                                             std::int64_t from_number, std::int64_t limit);
// The same whatever their state: what the first pass reads.
Result<std::vector<ChunkRef>> all_chunks(Connection& db, const BatchId& batch,
                                         std::int64_t from_number, std::int64_t limit);
// ChunkBuilder's blob. Errors: not_found, corrupt.
Result<std::string> chunk_input(Connection& db, const ChunkRef& chunk);
// Result lines of products first_index <= i < first_index + count, cancelled ones included once
// settled; stops early at a product that has none yet, and at the end. Costs the chunks it touches:
// one for a page of 20, wherever it begins. Errors: not_found, corrupt.
struct ResultPage {
    std::string lines;  // NDJSON
    std::int64_t next_index = 0;
};
Result<ResultPage> read_results(Connection& db, const BatchId& batch, std::int64_t first_index,
                                std::int64_t count);
// The inputs of products first_index <= i < first_index + count as `echo: full` shows them
// (engine/batch: FullEcho), as far as there are any; nullopt: what was taken in is no product.
// Costs the chunks it touches. Errors: not_found, archived, corrupt.
Result<std::vector<std::optional<std::string>>> read_full_inputs(Connection& db,
                                                                 const BatchId& batch,
                                                                 std::int64_t first_index,
                                                                 std::int64_t count);
// What settled chunks brought to the lot, by the index of their first product. Errors: corrupt.
Result<std::vector<std::pair<std::int64_t, std::string>>> lot_blobs(Connection& db,
                                                                    const BatchId& batch);
// Up to `limit` events after `after`. A damaged event ends the page before it; where it is the
// first: corrupt, naming its number.
Result<std::vector<Event>> read_events(Connection& db, EventSeq after, std::int64_t limit);
Result<std::optional<Event>> find_event(Connection& db, EventSeq seq);
// Events after `after` that are older than `before`, without their data: those that clean-up looks
// at. Ends at the first younger one.
struct OldEvent {
    EventSeq seq{};
    TenantId tenant;
    TimePoint created_at{};
};
Result<std::vector<OldEvent>> old_events(Connection& db, EventSeq after, TimePoint before,
                                         std::int64_t limit);
// The newest event of the tenant that is no longer kept; 0: all are.
Result<EventSeq> event_floor(Connection& db, const TenantId& tenant);
// The last number that was given, also when its event is no longer kept; 0: none yet.
Result<EventSeq> last_event(Connection& db);
Result<std::optional<IdempotentAnswer>> find_idempotent(Connection& db, const TenantId& tenant,
                                                        const std::string& key, TimePoint now);
// Walks every stored row that carries a checksum, and tells those that fail it. Takes as long as
// reading the whole store; for `assay doctor`.
Result<VerifyReport> verify_rows(Connection& db);

}  // namespace assay::engine::batch_store
