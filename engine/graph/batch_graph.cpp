// Builds the TBB flow graph, counts its tokens, and waits for it before it goes.
// SPDX-License-Identifier: MIT
#include "engine/graph/batch_graph.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace assay::engine {

namespace {

// What one thread of the graph works with; made when the thread first gets a chunk.
struct ThreadState {
    explicit ThreadState(const Clock* clock) { workspace.clock = clock; }

    ProductParser parser;
    Product product;
    Workspace workspace;
};

using ThreadStates = tbb::enumerable_thread_specific<ThreadState>;
// Messages are copied between nodes, so a chunk travels as a pointer.
using Work = std::shared_ptr<ChunkWork>;
using Done = std::shared_ptr<ChunkDone>;

struct AnalyseBody {
    ThreadStates& states;
    Done operator()(const Work& work) const noexcept {
        ThreadState& state = states.local();
        auto done = std::make_shared<ChunkDone>(
            analyse_chunk(*work, state.parser, state.product, state.workspace));
        if (work->features) done->input = std::move(work->input);
        return done;
    }
};

// Counts what is inside, so that waiting needs no thread of the arena.
class Inside {
  public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        assert(count_ > 0);
        if (--count_ == 0) idle_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        idle_.wait(lock, [this] { return count_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable idle_;
    std::size_t count_ = 0;
};

struct HandOverBody {
    const BatchGraph::Sink& sink;
    Inside& inside;
    tbb::flow::continue_msg operator()(const Done& done) const noexcept {
        sink(std::move(*done));
        inside.leave();
        return {};
    }
};

int threads_of(const BatchGraphOptions& options) {
    if (options.threads > 0) return options.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

struct BatchGraph::Body {
    using Analyse = tbb::flow::function_node<Work, Done>;
    using HandOver =
        tbb::flow::function_node<Done, tbb::flow::continue_msg, tbb::flow::lightweight>;

    // TBB gives an arena at most (parallelism - 1) workers, since it counts the caller in. Ours
    // only puts work in and waits outside, so it gets a slot of its own and all `threads` are
    // workers.
    Body(const BatchGraphOptions& options, Sink sink_to_call)
        : threads(threads_of(options)),
          sink(std::move(sink_to_call)),
          tokens_free(options.tokens),
          states(options.clock),
          parallelism(tbb::global_control::max_allowed_parallelism,
                      static_cast<std::size_t>(threads) + 1),
          arena(threads + 1, 1) {
        arena.execute([this] { build(); });
    }

    //   try_put()                                                                    release()
    //   takes a token                                                          gives it back
    //        |                                                                       ^
    //        v                                                                       :
    //   +---------+   ChunkDone   +-----------+                  +----------------------+
    //   | analyse | ------------> | hand_over | --> sink() ....> | results are durable  |
    //   +---------+               +-----------+                  +----------------------+
    //    any number               runs on the thread              the owner's business
    //    at a time                that analysed
    //
    // Both nodes are unlimited: the tokens bound them. No limiter_node (behind a function_node it
    // drops messages), no priorities (with limited concurrency they misbehave before 2022.2).
    void build() {
        graph = std::make_unique<tbb::flow::graph>();
        analyse = std::make_unique<Analyse>(*graph, tbb::flow::unlimited, AnalyseBody{states});
        hand_over =
            std::make_unique<HandOver>(*graph, tbb::flow::unlimited, HandOverBody{sink, inside});
        tbb::flow::make_edge(*analyse, *hand_over);
    }

    bool take_token() noexcept {
        std::size_t free = tokens_free.load(std::memory_order_relaxed);
        while (free > 0) {
            // acquire: what release() published (a buffer, a row) is seen by who takes its place
            if (tokens_free.compare_exchange_weak(free, free - 1, std::memory_order_acquire,
                                                  std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
    }

    const int threads;
    const Sink sink;
    std::atomic<std::size_t> tokens_free;
    Inside inside;
    ThreadStates states;
    tbb::global_control parallelism;
    tbb::task_arena arena;
    std::unique_ptr<tbb::flow::graph> graph;
    std::unique_ptr<Analyse> analyse;
    std::unique_ptr<HandOver> hand_over;
};

BatchGraph::BatchGraph(BatchGraphOptions options, Sink sink)
    : body_(std::make_unique<Body>(options, std::move(sink))) {
    assert(options.tokens > 0);
    assert(body_->sink);
}

BatchGraph::~BatchGraph() {
    wait_idle();
    body_->graph->wait_for_all();  // the last body may still be on its way out
}

bool BatchGraph::try_put(ChunkWork&& work) {
    if (!body_->take_token()) return false;
    body_->inside.enter();
    const bool taken = body_->analyse->try_put(std::make_shared<ChunkWork>(std::move(work)));
    assert(taken);  // an unlimited node refuses nothing
    static_cast<void>(taken);
    return true;
}

void BatchGraph::release() {
    body_->tokens_free.fetch_add(1, std::memory_order_release);
}

std::size_t BatchGraph::tokens_free() const noexcept {
    return body_->tokens_free.load(std::memory_order_relaxed);
}

void BatchGraph::wait_idle() {
    body_->inside.wait();
}

int BatchGraph::threads() const noexcept {
    return body_->threads;
}

std::vector<std::pair<std::string_view, std::chrono::nanoseconds>> BatchGraph::timings() const {
    std::vector<std::pair<std::string_view, std::chrono::nanoseconds>> sums;
    const auto names = analyzer_names();
    for (std::size_t analyzer = 0; analyzer < names.size(); ++analyzer) {
        std::chrono::nanoseconds sum{0};
        for (const ThreadState& state : body_->states) {
            sum += state.workspace.time_by_analyzer[analyzer];
        }
        sums.emplace_back(names[analyzer], sum);
    }
    return sums;
}

}  // namespace assay::engine
