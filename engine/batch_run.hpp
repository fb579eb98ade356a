// One open batch in memory: what its chunks have brought so far, and the summary that follows.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/graph/batch_graph.hpp"
#include "engine/progress/tally.hpp"

namespace assay::engine {

// What the chunks of a batch add up to. A plain value.
struct BatchSums {
    std::vector<LotLine> lot;
    std::array<std::int64_t, decision_count> by_decision{};
    CostSum cost;
    bool lost = false;  // those of some chunk could not be read: there is no lot, and no cost
};

// The blob that is stored beside a chunk's results, so that a crash loses none of its sums. Opaque
// to the store; read by the same build or one whose layout has the same size.
std::string encode_sums(const ChunkDone& done);
// Adds a stored blob to `sums`. Errors: corrupt, for bytes that encode_sums did not write.
Result<void> decode_sums(std::string_view blob, BatchSums& sums);

// {by_verdict, duplicates, duplicate_groups, total_cost, expected_revenue, recovery_pct, max_bid,
// lot}: what is known of it. `with_lot` false for a batch that was cut short: a part of a lot has
// no price. `groups`: where products were compared, how many are second copies.
std::string make_summary(BatchSums sums, const BatchOptions& options, const Tables& tables,
                         bool with_lot, const DuplicateGroups* groups = nullptr);

// by_decision as names and counts, zeros left out, in the order of the verdicts.
std::vector<std::pair<std::string, std::int64_t>> named_decisions(
    const std::array<std::int64_t, decision_count>& by_decision);

// Thread safety: facts are immutable; everything about the first pass, arrived(), restore() and
// summary() may be called from any thread. `counts` and `told` belong to the writer's thread (and
// to whoever builds the run before it is shared).
class BatchRun {
  public:
    BatchRun(batch_store::BatchRow row, std::shared_ptr<const AnalysisPlan> plan);
    BatchRun(const BatchRun&) = delete;
    BatchRun& operator=(const BatchRun&) = delete;

    const BatchId& id() const noexcept { return row_.id; }
    const TenantId& tenant() const noexcept { return row_.tenant; }
    const BatchOptions& options() const noexcept { return row_.options; }
    std::int64_t products() const noexcept { return row_.counts.total; }
    TimePoint as_of() const noexcept { return row_.options.as_of.value_or(row_.created_at); }
    const std::shared_ptr<const AnalysisPlan>& plan() const noexcept { return plan_; }

    // Whether the first pass has still to end: the features of all products are wanted.
    bool wants_features() const noexcept {
        // acquire: who sees it ended sees the groups too
        return wants_features_.load(std::memory_order_acquire);
    }
    // Takes in the features of the chunk that begins there; again, and nothing changes. With the
    // last one it decides the groups (about 10 us a product), so it is called where computing
    // belongs.
    void features_arrived(std::int64_t first_index, std::int64_t products, FeatureBlock&& block);
    bool has_features_of(std::int64_t first_index) const;
    std::shared_ptr<const DuplicateGroups> groups() const;  // null before, and without a first pass
    // Programs died in it: chunks are read one at a time, and those that were then being read are
    // left out. Before the run is shared.
    void take_note(batch_store::FirstPass note) { first_pass_ = std::move(note); }
    bool reads_one_by_one() const noexcept {
        return first_pass_.restarts >= limits::chunk_attempts_max;
    }
    bool leaves_out(std::int64_t chunk) const noexcept;

    // Takes in what a stored chunk had brought before a restart.
    Result<void> restore(std::string_view blob);
    // What stored chunks had brought cannot be read: the lot has no price; verdicts are those that
    // the batch's row had. Before the first arrived().
    void lose_sums();
    // Takes in a chunk of `products`. With the last one it works out the summary (up to 100 ms for
    // the largest lot), so it is called where computing belongs, before the chunk is settled.
    void arrived(const ChunkDone& done, std::int64_t products);
    // What is written with the terminal event: the parked summary, or for a batch that was cut
    // short its verdicts alone. Quick, for the writer's thread.
    std::string summary() const;

    // Its chunks are not claimed any more: it is being cancelled, or is gone.
    void stop_claims() noexcept { claims_stopped_.store(true, std::memory_order_relaxed); }
    bool claims_stopped() const noexcept {  // a flag on its own: nothing is read because of it
        return claims_stopped_.load(std::memory_order_relaxed);
    }

    ProductCounts counts;  // as last published
    ProgressMark told;     // the last batch.progress; the writer's thread, too

  private:
    const batch_store::BatchRow row_;
    const std::shared_ptr<const AnalysisPlan> plan_;
    std::atomic<bool> claims_stopped_{false};
    std::atomic<bool> wants_features_;
    batch_store::FirstPass first_pass_;
    mutable std::mutex mutex_;
    BatchSums sums_;              // guarded by mutex_
    std::int64_t products_left_;  // guarded by mutex_
    std::string parked_;          // guarded by mutex_
    // The first pass; guarded by mutex_.
    std::map<std::int64_t, FeatureBlock> features_;  // by the index of the chunk's first product
    std::int64_t features_left_;                     // products
    std::shared_ptr<const DuplicateGroups> groups_;
};

}  // namespace assay::engine
