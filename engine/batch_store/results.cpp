// Result lines by product, from wherever a page begins.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>

#include "engine/batch/chunk.hpp"
#include "engine/batch/full_echo.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/cancelled_line.hpp"
#include "engine/batch_store/result_lines.hpp"
#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

using detail::ChunkState;

struct StoredChunk {
    std::int64_t key = 0, first_index = 0, count = 0;
    ChunkState state{};
};

Error damaged(std::string_view what, std::int64_t key) {
    return fail(ErrorCode::corrupt, std::string(what) + " of chunk " +
                                        std::to_string(detail::chunk_number(key)) +
                                        " fails its checksum");
}

// Appends `count` lines of a settled chunk, from its line `skipped` on.
Result<void> append_settled(Connection& db, const StoredChunk& chunk, std::int64_t skipped,
                            std::int64_t count, std::string& out) {
    Statement query = db.prepare("SELECT checksum, lines FROM chunk_result WHERE key=?1");
    const Result<bool> row = query.bind(1, chunk.key).step();
    if (!row) return row.error();
    if (!*row) return fail(ErrorCode::corrupt, "the results of a settled chunk are not there");
    const std::string_view lines = query.text(1);
    if (detail::checksum_of(lines) != query.integer(0)) return damaged("the results", chunk.key);
    const std::optional<std::string_view> wanted = detail::take_lines(lines, skipped, count);
    if (!wanted) return fail(ErrorCode::corrupt, "a chunk has fewer results than products");
    out += *wanted;
    return {};
}

// The chunk that holds product `index`; nullopt behind the last.
Result<std::optional<StoredChunk>> chunk_of(Connection& db, std::int64_t batch_key,
                                            std::int64_t index) {
    Statement query = db.prepare(
        "SELECT key, first_index, count, state FROM chunk WHERE batch_key=?1 AND first_index<=?2"
        " ORDER BY first_index DESC LIMIT 1");
    const Result<bool> row = query.bind(1, batch_key).bind(2, index).step();
    if (!row) return row.error();
    if (!*row) return std::optional<StoredChunk>{};
    const StoredChunk chunk{query.integer(0), query.integer(1), query.integer(2),
                            static_cast<ChunkState>(query.integer(3))};
    if (index >= chunk.first_index + chunk.count) return std::optional<StoredChunk>{};
    return std::optional(chunk);
}

// What one chunk holds of the products from `next` up to `until`.
struct Piece {
    StoredChunk chunk;
    std::int64_t skipped = 0, taken = 0;  // of its products
};
Result<Piece> piece_at(Connection& db, std::int64_t batch_key, std::int64_t next,
                       std::int64_t until) {
    const auto chunk = chunk_of(db, batch_key, next);
    if (!chunk) return chunk.error();
    if (!*chunk) return fail(ErrorCode::corrupt, "a product is in no chunk");
    const std::int64_t skipped = next - (*chunk)->first_index;
    return Piece{**chunk, skipped, std::min((*chunk)->count - skipped, until - next)};
}

// Calls `use` for each input of a piece.
Result<void> use_items(Connection& db, const Piece& piece,
                       const std::function<void(const ChunkItem&)>& use) {
    Statement query = db.prepare("SELECT checksum, input FROM chunk_input WHERE key=?1");
    const Result<bool> row = query.bind(1, piece.chunk.key).step();
    if (!row) return row.error();
    if (!*row) return fail(ErrorCode::corrupt, "the input of a chunk is not there");
    const std::string_view input = query.text(1);
    if (detail::checksum_of(input) != query.integer(0))
        return damaged("the input", piece.chunk.key);
    std::int64_t position = 0;
    const Result<void> read = for_each_item(input, [&](const ChunkItem& item) {
        if (position >= piece.skipped && position < piece.skipped + piece.taken) use(item);
        ++position;
    });
    if (!read) return read;
    if (position < piece.skipped + piece.taken) {
        return fail(ErrorCode::corrupt, "a chunk has fewer items than products");
    }
    return {};
}

// A batch whose results and inputs are still kept. Errors: not_found, archived.
Result<detail::LiveBatch> kept_batch(Connection& db, const BatchId& batch) {
    const Result<std::optional<detail::LiveBatch>> live = detail::find_live(db, batch);
    if (!live) return live.error();
    if (!*live) return fail(ErrorCode::not_found, "no batch has the id " + batch.text());
    if ((*live)->archived_at) return detail::gone(**live);
    return **live;
}

// Where `count` products from `first` on end.
std::int64_t end_of(std::int64_t first, std::int64_t count, std::int64_t total) noexcept {
    return count > total - first ? total : first + count;
}

Result<std::string> kept_line_of(Connection& db, std::int64_t batch_key) {
    Statement query = db.prepare("SELECT cancelled_line FROM batch_text WHERE key=?1");
    const Result<bool> row = query.bind(1, batch_key).step();
    if (!row) return row.error();
    return std::string(*row ? query.text(0) : std::string_view{});
}

}  // namespace

Result<ResultPage> read_results(Connection& db, const BatchId& batch, std::int64_t first_index,
                                std::int64_t count) {
    const Result<detail::LiveBatch> live = kept_batch(db, batch);
    if (!live) return live.error();
    ResultPage page;
    page.next_index = std::max<std::int64_t>(0, first_index);
    if (count <= 0) return page;
    const std::int64_t until = end_of(page.next_index, count, live->counts.total);
    std::string kept_line;
    while (page.next_index < until) {
        const Result<Piece> piece = piece_at(db, live->key, page.next_index, until);
        if (!piece) return piece.error();
        Result<void> done;
        if (piece->chunk.state == ChunkState::settled) {
            done = append_settled(db, piece->chunk, piece->skipped, piece->taken, page.lines);
        } else if (piece->chunk.state == ChunkState::cancelled) {
            if (kept_line.empty()) {
                Result<std::string> kept = kept_line_of(db, live->key);
                if (!kept) return kept.error();
                kept_line = *std::move(kept);
            }
            done = use_items(db, *piece, [&](const ChunkItem& item) {
                detail::append_from(kept_line, item.product_id, page.lines);
            });
        } else {
            return page;  // not yet
        }
        if (!done) return done.error();
        page.next_index += piece->taken;
    }
    return page;
}

Result<std::vector<std::optional<std::string>>> read_full_inputs(Connection& db,
                                                                 const BatchId& batch,
                                                                 std::int64_t first_index,
                                                                 std::int64_t count) {
    const Result<detail::LiveBatch> live = kept_batch(db, batch);
    if (!live) return live.error();
    std::vector<std::optional<std::string>> inputs;
    FullEcho echo;
    std::int64_t next = std::max<std::int64_t>(0, first_index);
    const std::int64_t until = end_of(next, count, live->counts.total);
    while (next < until) {
        const Result<Piece> piece = piece_at(db, live->key, next, until);
        if (!piece) return piece.error();
        const Result<void> done = use_items(
            db, *piece, [&](const ChunkItem& item) { inputs.push_back(echo.of(item.json)); });
        if (!done) return done.error();
        next += piece->taken;
    }
    return inputs;
}

Result<std::vector<std::pair<std::int64_t, std::string>>> lot_blobs(Connection& db,
                                                                    const BatchId& batch) {
    const Result<std::optional<detail::LiveBatch>> live = detail::find_live(db, batch);
    if (!live) return live.error();
    std::vector<std::pair<std::int64_t, std::string>> blobs;
    if (!*live) return blobs;
    Statement query = db.prepare(
        "SELECT c.first_index, r.lot_checksum, r.lot, c.key FROM chunk c"
        " JOIN chunk_result r ON r.key=c.key WHERE c.batch_key=?1 ORDER BY c.first_index");
    query.bind(1, (*live)->key);
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return blobs;
        const std::string_view lot = query.text(2);
        if (detail::checksum_of(lot) != query.integer(1)) {
            return damaged("the lot lines", query.integer(3));
        }
        blobs.emplace_back(query.integer(0), std::string(lot));
    }
}

}  // namespace assay::engine::batch_store
