// Rows of the batch tables as the writing steps need them (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/batch_store/batch_store.hpp"

namespace assay::engine::batch_store::detail {

enum class ChunkState : std::int64_t { pending = 0, claimed = 1, settled = 2, cancelled = 3 };
constexpr std::int64_t number_of(ChunkState state) noexcept {
    return static_cast<std::int64_t>(state);
}

// One key for a chunk, its input and its results; a batch's keys lie together.
inline constexpr std::int64_t chunks_per_batch = std::int64_t{1} << 32;
constexpr std::int64_t chunk_key(std::int64_t batch_key, std::int64_t number) noexcept {
    return batch_key * chunks_per_batch + number;
}
constexpr std::int64_t chunk_number(std::int64_t key) noexcept {
    return key % chunks_per_batch;
}
constexpr bool is_chunk_number(std::int64_t number) noexcept {
    return number >= 0 && number < chunks_per_batch;
}

// SQLite keeps signed 64 bits; the bits are what counts.
std::int64_t checksum_of(std::string_view bytes) noexcept;

using Verdicts = std::vector<std::pair<std::string, std::int64_t>>;
std::string verdicts_text(const Verdicts& verdicts);
Result<Verdicts> parse_verdicts(std::string_view text);
// Sums by name; the outcome is sorted by name, so it does not hang on who finished first.
void add_verdicts(Verdicts& sum, const Verdicts& more);

// The part of a batch that moves.
struct LiveBatch {
    std::int64_t key = 0;
    BatchId id;
    TenantId tenant;
    std::optional<std::string> collection_id;
    BatchStatus status{};
    ProductCounts counts;
    Verdicts by_verdict;
    std::optional<TimePoint> started_at, completed_at;
    std::optional<TimePoint> archived_at, deleted_at;  // the second implies the first
    bool item_events = false;                          // somebody wanted them when it was accepted
};
// archived: the batch was deleted, or what belongs to it is no longer kept.
Error gone(const LiveBatch& batch);
Error deleted_batch(TimePoint at);
// Errors: corrupt.
Result<std::optional<LiveBatch>> find_live(Connection& db, const BatchId& batch);
Result<void> update_live(Connection& db, const LiveBatch& batch);

// The chunks with keys in [from, until), with their inputs and results.
Result<void> remove_chunks(Connection& db, std::int64_t from, std::int64_t until);
// What is left of a batch without chunks.
Result<void> remove_batch_rows(Connection& db, std::int64_t batch_key);

// Appends an event about nothing that is in the log yet; `dedupe_key` says what it is unique for.
Result<void> append_new_event(Tx& tx, Event event, TimePoint now, Random& random);

BatchFacts facts_of(const LiveBatch& batch);
// Appends an event about `batch`, once: `occasion` names what it is unique for.
Result<void> append_batch_event(Tx& tx, const LiveBatch& batch, std::string_view type,
                                std::string_view occasion, TimePoint now, Random& random);

}  // namespace assay::engine::batch_store::detail
