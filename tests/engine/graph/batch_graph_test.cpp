// The graph loses nothing, holds what its tokens allow, and gives the same bytes on any threads.
// SPDX-License-Identifier: MIT
#include "engine/graph/batch_graph.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "tests/engine/graph/chunks.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using assay::testing::ChunkSpec;
using assay::testing::make_plan;
using assay::testing::make_work;

// Collects what comes out; verbs: put, out, release.
class GraphTest : public ::testing::Test {
  protected:
    void open(int threads, std::size_t tokens, bool release_at_once = true) {
        graph_.reset();  // its limit on threads goes with it
        BatchGraphOptions options;
        options.threads = threads;
        options.tokens = tokens;
        graph_ = std::make_unique<BatchGraph>(options, [this, release_at_once](ChunkDone&& done) {
            const std::lock_guard lock(mutex_);
            out_.emplace(done.first_index, std::move(done));
            if (release_at_once) graph_->release();
            changed_.notify_all();
        });
    }
    // Waits for a token, as a feeder does.
    void put(ChunkWork&& work) {
        std::unique_lock lock(mutex_);
        while (graph_->tokens_free() == 0)
            changed_.wait(lock);
        lock.unlock();
        ASSERT_TRUE(graph_->try_put(std::move(work)));
    }
    std::map<std::int64_t, ChunkDone>& out() {
        graph_->wait_idle();
        return out_;
    }
    std::string all_results() {
        std::string bytes;
        for (const auto& [first, done] : out())
            bytes += done.results;
        return bytes;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::int64_t, ChunkDone> out_;
    std::shared_ptr<const AnalysisPlan> plan_ = make_plan();
    std::unique_ptr<BatchGraph> graph_;
};

TEST_F(GraphTest, EveryChunkThatGoesInComesOutOnce) {
    for (const int threads : {1, 2, 8}) {
        out_.clear();
        open(threads, 4);
        for (std::uint64_t chunk = 0; chunk < 300; ++chunk) {
            put(make_work(plan_, ChunkSpec{chunk * 16, 16, 5}));
        }
        std::int64_t products = 0;
        for (const auto& [first, done] : out()) {
            EXPECT_FALSE(done.cancelled || done.damaged);
            EXPECT_EQ(done.token, static_cast<std::uint64_t>(first));
            EXPECT_EQ(std::count(done.results.begin(), done.results.end(), '\n'), 16);
            products += done.completed + done.failed;
        }
        EXPECT_EQ(out().size(), 300U) << threads << " threads";
        EXPECT_EQ(products, 300 * 16);
        EXPECT_EQ(graph_->tokens_free(), 4U);
    }
}

TEST_F(GraphTest, ResultsAreTheSameBytesForAnyThreadCount) {
    std::string first;
    for (const int threads : {1, 2, 8}) {
        out_.clear();
        open(threads, 16);
        for (std::uint64_t chunk = 0; chunk < 60; ++chunk) {
            put(make_work(plan_, ChunkSpec{chunk * 16, 16, 7}));
        }
        const std::string bytes = all_results();
        ASSERT_FALSE(bytes.empty());
        if (first.empty()) first = bytes;
        EXPECT_TRUE(bytes == first) << threads << " threads";
    }
}

TEST_F(GraphTest, TheFirstPassHandsItsChunkBackForTheSecond) {
    open(2, 4);
    ChunkWork first = make_work(plan_, ChunkSpec{0, 16, 0});
    ChunkWork second = make_work(plan_, ChunkSpec{16, 16, 0});
    first.features = true;
    const std::string bytes = first.input;
    put(std::move(first));
    put(std::move(second));
    EXPECT_EQ(out().at(0).input, bytes);
    EXPECT_EQ(out().at(0).features.rows.size(), 16U);
    EXPECT_TRUE(out().at(16).input.empty());
}

TEST_F(GraphTest, TokensBoundWhatIsInsideAndWhatWaitsForItsCommit) {
    open(2, 3, false);
    for (std::uint64_t chunk = 0; chunk < 3; ++chunk) {
        EXPECT_TRUE(graph_->try_put(make_work(plan_, ChunkSpec{chunk * 16})));
    }
    graph_->wait_idle();  // analysed, but nobody has released them
    ChunkWork refused = make_work(plan_, ChunkSpec{48});
    EXPECT_FALSE(graph_->try_put(std::move(refused)));
    EXPECT_FALSE(refused.input.empty()) << "refused work must stay whole";
    graph_->release();
    EXPECT_EQ(graph_->tokens_free(), 1U);
    EXPECT_TRUE(graph_->try_put(std::move(refused)));
    EXPECT_EQ(out().size(), 4U);
}

TEST_F(GraphTest, ACancelledBatchStillGivesEveryChunkBackAndLeavesTheOtherAlone) {
    auto cancelled = std::make_shared<std::atomic<bool>>(false);
    open(2, 64);
    for (std::uint64_t chunk = 0; chunk < 200; ++chunk) {
        ChunkWork work = make_work(plan_, ChunkSpec{chunk * 16});
        if (chunk % 2 == 0) work.cancelled = cancelled;
        if (chunk == 100) cancelled->store(true);
        put(std::move(work));
    }
    std::size_t marked = 0;
    for (const auto& [first, done] : out()) {
        if (done.cancelled) ++marked;
        if (first / 16 % 2 == 1) {
            EXPECT_FALSE(done.cancelled);
            EXPECT_EQ(done.completed + done.failed, 16);
        } else if (first / 16 >= 100) {
            EXPECT_TRUE(done.cancelled);
        }
    }
    EXPECT_EQ(out().size(), 200U);
    EXPECT_GE(marked, 50U);
}

TEST_F(GraphTest, DestructionWaitsForWhatIsInside) {
    open(2, 64);
    for (std::uint64_t chunk = 0; chunk < 40; ++chunk) {
        put(make_work(plan_, ChunkSpec{chunk * 64, 64}));
    }
    graph_->wait_idle();
    graph_.reset();
    EXPECT_EQ(out_.size(), 40U);

    int seen = 0;
    {
        BatchGraph alone({2, 8, nullptr}, [&seen](ChunkDone&&) { ++seen; });
        ASSERT_TRUE(alone.try_put(make_work(plan_, ChunkSpec{0, 64})));
    }
    EXPECT_EQ(seen, 1);
}

TEST_F(GraphTest, AGraphWithoutWorkIsIdleAndGoesAwayAtOnce) {
    open(2, 2);
    graph_->wait_idle();
    EXPECT_EQ(graph_->threads(), 2);
    EXPECT_EQ(graph_->tokens_free(), 2U);
}

}  // namespace
}  // namespace assay::engine
