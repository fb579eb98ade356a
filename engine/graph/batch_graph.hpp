// The TBB flow graph: chunks of products in, analysed chunks out. It computes and never does I/O.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/base/json_writer.hpp"
#include "engine/batch/batch.hpp"
#include "engine/batch/chunk.hpp"
#include "engine/batch/product_parser.hpp"

namespace assay::engine {

// A chunk on its way in. Shared state of its batch is reached through the plan and the cancel flag.
struct ChunkWork {
    std::shared_ptr<const AnalysisPlan> plan;
    std::shared_ptr<const std::atomic<bool>>
        cancelled;      // set: the rest of the chunk is left undone
    std::string input;  // ChunkBuilder's blob
    std::int64_t first_index = 0;
    MoneyUnit money_unit = MoneyUnit::minor;
    TimePoint as_of;
    std::uint64_t token = 0;  // the caller's own mark, handed back
    bool digest = false;      // keep a ProductDigest of each product
    bool features = false;    // the first pass: only the features of its products
    std::shared_ptr<const DuplicateGroups> groups;  // for the second pass, where there is one
};

// What the products with a cost add up to. A plain value, stored as it is.
struct CostSum {
    MinorUnits total = 0;    // of unit cost x quantity; ends at the largest amount
    std::int64_t lines = 0;  // products that name a cost
    Currency currency;
    bool mixed = false;  // several currencies: `total` means nothing

    void add(const Currency& of, MinorUnits unit_cost, std::int64_t quantity) noexcept;
    void merge(const CostSum& other) noexcept;
};

// total_cost and products_with_cost of a summary, where they mean something.
void append_cost_members(JsonWriter& json, const CostSum& cost);

// What a person is shown of one product, where ChunkWork::digest asks for it.
struct ProductDigest {
    std::uint64_t index = 0;
    std::string title;  // at most digest_title_bytes, cut at a character
    Decision decision = Decision::insufficient_data;
    Currency currency;
    std::optional<MinorUnits> unit_cost, list_price, profit_expected;
    std::string error;  // of a failed product, with its line or number
};
inline constexpr std::size_t digest_title_bytes = 96;

// A chunk on its way out.
struct ChunkDone {
    std::uint64_t token = 0;
    std::int64_t first_index = 0;
    std::string results;  // result lines
    std::vector<LotLine> lot;
    std::int64_t completed = 0, failed = 0;
    std::vector<std::int64_t> failed_at;  // offsets of the failed, from first_index
    std::array<std::int64_t, decision_count> by_decision{};
    CostSum cost;
    std::vector<ProductDigest> digests;
    FeatureBlock features;   // of the first pass, which leaves nothing else
    std::string input;       // the first pass's chunk, handed back: the second reads it again
    bool cancelled = false;  // the flag was seen: results are incomplete and not to be stored
    bool damaged = false;    // the blob failed its checks: nothing was analysed
};

struct BatchGraphOptions {
    int threads = 0;                                    // 0: one per core
    std::size_t tokens = limits::chunks_in_flight_max;  // chunks between put() and release()
    const Clock* clock = nullptr;  // set, it takes the time of each analyzer; outlives the graph
};

// One long-lived graph. A caller takes a token per chunk; the token is free again after release(),
// which the owner calls when the results are safe. So what is in the graph plus what waits for a
// commit is bounded, and no TBB body ever waits. Bodies call pure functions; a bad product becomes
// a failed result line inside the body. Thread safety: try_put(), release(), idle wait from any
// thread. `sink` runs on a TBB thread: it must not block.
class BatchGraph {
  public:
    using Sink = std::function<void(ChunkDone&&)>;

    BatchGraph(BatchGraphOptions options, Sink sink);
    ~BatchGraph();  // waits for what is inside
    BatchGraph(const BatchGraph&) = delete;
    BatchGraph& operator=(const BatchGraph&) = delete;

    // False: no token is free; the work is untouched.
    bool try_put(ChunkWork&& work);
    void release();
    std::size_t tokens_free() const noexcept;
    void wait_idle();  // until every chunk that was put has gone through the sink
    int threads() const noexcept;

    // Sums over all threads since the start; only with a clock.
    std::vector<std::pair<std::string_view, std::chrono::nanoseconds>> timings() const;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

// What a graph body does with one chunk; pure, tested without TBB. `parser` and `workspace` belong
// to the thread.
ChunkDone analyse_chunk(const ChunkWork& work, ProductParser& parser, Product& product,
                        Workspace& workspace);

}  // namespace assay::engine
