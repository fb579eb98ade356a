// Reading and writing the moving part of a batch.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/rows.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "engine/base/hash.hpp"

namespace assay::engine::batch_store::detail {
namespace {

std::optional<TimePoint> time_at(const Statement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return from_unix_milliseconds(row.integer(column));
}

std::optional<std::int64_t> milliseconds(const std::optional<TimePoint>& time) {
    if (!time) return std::nullopt;
    return to_unix_milliseconds(*time);
}

}  // namespace

std::int64_t checksum_of(std::string_view bytes) noexcept {
    return static_cast<std::int64_t>(hash64(bytes));
}

std::string verdicts_text(const Verdicts& verdicts) {
    std::string text;
    for (const auto& [name, count] : verdicts) {
        if (!text.empty()) text += ' ';
        text += name + '=' + std::to_string(count);
    }
    return text;
}

Result<Verdicts> parse_verdicts(std::string_view text) {
    Verdicts verdicts;
    while (!text.empty()) {
        const std::string_view item = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        const std::size_t equals = item.find('=');
        std::int64_t count = -1;
        if (equals != std::string_view::npos && equals > 0) {
            const char* const end = item.data() + item.size();
            if (std::from_chars(item.data() + equals + 1, end, count).ptr != end) count = -1;
        }
        if (count < 0) return fail(ErrorCode::corrupt, "stored verdict counts are damaged");
        verdicts.emplace_back(std::string(item.substr(0, equals)), count);
    }
    return verdicts;
}

void add_verdicts(Verdicts& sum, const Verdicts& more) {
    for (const auto& [name, count] : more) {
        assert(count >= 0 && name.find_first_of("= ") == std::string::npos);
        const auto at = std::lower_bound(
            sum.begin(), sum.end(), name,
            [](const auto& known, const std::string& wanted) { return known.first < wanted; });
        if (at != sum.end() && at->first == name) {
            at->second += count;
        } else if (count > 0) {
            sum.emplace(at, name, count);
        }
    }
}

Result<std::optional<LiveBatch>> find_live(Connection& db, const BatchId& batch) {
    Statement query = db.prepare(
        "SELECT key, tenant_id, collection_id, status, total, pending, processing, completed,"
        " failed, cancelled, by_verdict, started_at, completed_at, archived_at, deleted_at,"
        " item_events FROM batch WHERE id=?1");
    query.bind(1, std::string_view(batch.text()));
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return std::optional<LiveBatch>{};
    LiveBatch live;
    live.key = query.integer(0);
    live.id = batch;
    live.tenant = TenantId(std::string(query.text(1)));
    if (!query.is_null(2)) live.collection_id = std::string(query.text(2));
    const auto status = parse_batch_status(query.text(3));
    Result<Verdicts> verdicts = parse_verdicts(query.text(10));
    if (!status || !verdicts) {
        return fail(ErrorCode::corrupt, "the row of batch " + batch.text() + " is damaged");
    }
    live.status = *status;
    live.counts = {query.integer(4), query.integer(5), query.integer(6),
                   query.integer(7), query.integer(8), query.integer(9)};
    live.by_verdict = *std::move(verdicts);
    live.started_at = time_at(query, 11);
    live.completed_at = time_at(query, 12);
    live.archived_at = time_at(query, 13);
    live.deleted_at = time_at(query, 14);
    live.item_events = query.integer(15) != 0;
    return std::optional(std::move(live));
}

Error gone(const LiveBatch& batch) {
    assert(batch.archived_at);
    if (batch.deleted_at) return deleted_batch(*batch.deleted_at);
    return fail(
        ErrorCode::archived,
        "the results of this batch are no longer kept, since " + to_rfc3339(*batch.archived_at), {},
        "submit the batch again");
}

Error deleted_batch(TimePoint at) {
    return fail(ErrorCode::archived, "the batch was deleted at " + to_rfc3339(at));
}

Result<void> update_live(Connection& db, const LiveBatch& batch) {
    const ProductCounts& counts = batch.counts;
    assert(counts.pending >= 0 && counts.processing >= 0 &&
           counts.pending + counts.processing + counts.settled() == counts.total);
    const std::string verdicts = verdicts_text(batch.by_verdict);
    Statement update = db.prepare(
        "UPDATE batch SET status=?2, total=?3, pending=?4, processing=?5, completed=?6, failed=?7,"
        " cancelled=?8, by_verdict=?9, started_at=?10, completed_at=?11 WHERE key=?1");
    update.bind(1, batch.key).bind(2, to_string(batch.status));
    update.bind(3, counts.total).bind(4, counts.pending).bind(5, counts.processing);
    update.bind(6, counts.completed).bind(7, counts.failed).bind(8, counts.cancelled);
    update.bind(9, std::string_view(verdicts));
    update.bind(10, milliseconds(batch.started_at)).bind(11, milliseconds(batch.completed_at));
    return update.run();
}

Result<void> remove_chunks(Connection& db, std::int64_t from, std::int64_t until) {
    for (const std::string_view sql : {"DELETE FROM chunk_result WHERE key>=?1 AND key<?2",
                                       "DELETE FROM chunk_input WHERE key>=?1 AND key<?2",
                                       "DELETE FROM chunk WHERE key>=?1 AND key<?2"}) {
        Statement remove = db.prepare(sql);
        if (Result<void> done = remove.bind(1, from).bind(2, until).run(); !done) return done;
    }
    return {};
}

Result<void> remove_batch_rows(Connection& db, std::int64_t batch_key) {
    for (const std::string_view sql :
         {"DELETE FROM batch_text WHERE key=?1", "DELETE FROM batch WHERE key=?1"}) {
        Statement remove = db.prepare(sql);
        if (Result<void> done = remove.bind(1, batch_key).run(); !done) return done;
    }
    return {};
}

BatchFacts facts_of(const LiveBatch& batch) {
    BatchFacts facts;
    facts.batch = batch.id;
    facts.collection_id = batch.collection_id;
    facts.status = to_string(batch.status);
    facts.total = batch.counts.total;
    facts.successful = batch.counts.completed;
    facts.failed = batch.counts.failed;
    facts.cancelled = batch.counts.cancelled;
    facts.started_at = batch.started_at;
    facts.completed_at = batch.completed_at;
    facts.by_verdict = batch.by_verdict;
    return facts;
}

Result<void> append_batch_event(Tx& tx, const LiveBatch& batch, std::string_view type,
                                std::string_view occasion, TimePoint now, Random& random) {
    Event event;
    event.tenant = batch.tenant;
    event.type = type;
    event.batch = batch.id;
    event.data = to_json(facts_of(batch));
    event.dedupe_key = std::string(occasion) + ":" + batch.id.text();
    return append_new_event(tx, std::move(event), now, random);
}

Result<void> append_new_event(Tx& tx, Event event, TimePoint now, Random& random) {
    event.id = EventId("evt_" + make_uuid(random));
    event.created_at = now;
    const Result<EventSeq> seq = append_event(tx, event);
    if (!seq) return seq.error();
    return {};
}

}  // namespace assay::engine::batch_store::detail
