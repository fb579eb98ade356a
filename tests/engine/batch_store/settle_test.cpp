// The end of chunks and batches: counts, events, cancelling, and random histories with crashes.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST_F(BatchStoreTest, TheLastChunkEndsTheBatchAndItsEventInOneStep) {
    const BatchId id = queue({4, 4});
    const auto claimed = claim(pending(id));
    clock_.advance(std::chrono::milliseconds(250));
    const auto first = settle(claimed[1], 1);
    ASSERT_THAT(first, IsOk());
    EXPECT_TRUE(first->accepted);
    EXPECT_FALSE(first->terminal);
    EXPECT_EQ(first->counts, (ProductCounts{8, 0, 4, 3, 1, 0}));
    EXPECT_EQ(events().size(), 1U);

    const auto last = settle(claimed[0]);
    ASSERT_THAT(last, IsOk());
    EXPECT_TRUE(last->terminal);
    EXPECT_EQ(last->status, BatchStatus::completed);
    const BatchRow ended = row(id);
    EXPECT_EQ(ended.status, BatchStatus::completed);
    EXPECT_EQ(ended.completed_at, clock_.now());
    EXPECT_EQ(ended.summary, "{\"lot\":1}");
    EXPECT_EQ(ended.by_verdict, (std::vector<std::pair<std::string, std::int64_t>>{{"pass", 7}}));

    const auto log = events();
    ASSERT_EQ(log.size(), 2U);
    EXPECT_EQ(log[1].type, event_type::batch_completed);
    const auto facts = parse_batch_facts(log[1].data);
    ASSERT_THAT(facts, IsOk());
    EXPECT_EQ(facts->successful, 7);
    EXPECT_EQ(facts->failed, 1);
    EXPECT_EQ(facts->by_verdict, ended.by_verdict);
    EXPECT_EQ(facts->completed_at, clock_.now());
}

TEST_F(BatchStoreTest, TheSummaryIsAskedOnlyWhenTheBatchEnds) {
    const BatchId id = queue({1, 1});
    const auto claimed = claim(pending(id));
    int asked = 0;
    for (const ChunkRef& chunk : claimed) {
        const std::string line = line_of(chunk.first_index);
        ChunkResults done;
        done.chunk = chunk;
        done.results = line;
        done.completed = 1;
        ASSERT_THAT(write([&](Tx& tx) {
                        return settle_chunk(tx, done, clock_.now(), random_, [&] {
                            ++asked;
                            return std::string("{}");
                        });
                    }),
                    IsOk());
        EXPECT_EQ(asked, chunk.number == claimed.back().number ? 1 : 0);
    }
}

TEST_F(BatchStoreTest, ABatchWithoutAnySuccessFails) {
    const BatchId id = queue({3});
    const auto done = settle(claim(pending(id))[0], 3);
    EXPECT_EQ(done->status, BatchStatus::failed);
    EXPECT_EQ(events().back().type, event_type::batch_failed);
}

TEST_F(BatchStoreTest, ResultsOfASettledChunkAreRefusedTheSecondTime) {
    const BatchId id = queue({2, 2});
    const auto claimed = claim(pending(id));
    ASSERT_TRUE(settle(claimed[0])->accepted);
    const auto again = settle(claimed[0]);
    ASSERT_THAT(again, IsOk());
    EXPECT_FALSE(again->accepted);
    EXPECT_EQ(again->counts, (ProductCounts{4, 0, 2, 2, 0, 0}));
    ASSERT_TRUE(settle(claimed[1])->terminal);
    EXPECT_FALSE(settle(claimed[1])->accepted);
    EXPECT_EQ(events().size(), 2U);
    ChunkRef nobody = claimed[0];
    nobody.batch = BatchId("nobody");
    EXPECT_THAT(settle(nobody), FailsWith(ErrorCode::not_found));
}

TEST_F(BatchStoreTest, AChunkWithMoreOrFewerResultsThanProductsIsRefusedAndChangesNothing) {
    const BatchId id = queue({3});
    const auto claimed = claim(pending(id));
    const auto with = [&](std::string lines, std::int64_t completed) {
        return write([&](Tx& tx) {
            ChunkResults done;
            done.chunk = claimed[0];
            done.results = lines;
            done.completed = completed;
            return settle_chunk(tx, done, clock_.now(), random_, [] { return std::string(); });
        });
    };
    EXPECT_THAT(with("{}\n{}\n", 3), FailsWith(ErrorCode::internal));
    EXPECT_THAT(with("{}\n{}\n{}\n{}\n", 3), FailsWith(ErrorCode::internal));
    EXPECT_THAT(with("{}\n{}\n{}\n", 2), FailsWith(ErrorCode::internal));
    EXPECT_THAT(with("{}\n{}\n{}\n{}", 3), FailsWith(ErrorCode::internal));
    EXPECT_EQ(row(id).counts, (ProductCounts{3, 0, 3, 0, 0, 0}));
    EXPECT_THAT(with("{}\n{}\n{}\n", 3), IsOk());
}

TEST_F(BatchStoreTest, CancellingAQueuedBatchEndsItAtOnce) {
    const BatchId id = queue({2, 2});
    const auto done = cancel(id);
    ASSERT_THAT(done, IsOk());
    EXPECT_TRUE(done->terminal);
    EXPECT_EQ(done->counts, (ProductCounts{4, 0, 0, 0, 0, 4}));
    EXPECT_EQ(row(id).status, BatchStatus::cancelled);
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events()[0].type, event_type::batch_cancelled);
    EXPECT_THAT(cancel(id), FailsWith(ErrorCode::already_settled));
    EXPECT_THAT(cancel(BatchId("nobody")), FailsWith(ErrorCode::not_found));
}

TEST_F(BatchStoreTest, CancellingKeepsWhatRunsAndStopsTheRest) {
    const BatchId id = queue({2, 2, 2});
    const auto claimed = claim({pending(id)[0], pending(id)[1]});
    const auto cancelling = cancel(id);
    ASSERT_THAT(cancelling, IsOk());
    EXPECT_FALSE(cancelling->terminal);
    EXPECT_EQ(cancelling->status, BatchStatus::cancelling);
    EXPECT_TRUE(claim(pending(id)).empty());
    EXPECT_THAT(cancel(id), IsOk());  // a second wish changes nothing
    ASSERT_FALSE(settle(claimed[1])->terminal);
    const auto last = settle(claimed[0]);
    EXPECT_TRUE(last->terminal);
    EXPECT_EQ(last->counts, (ProductCounts{6, 0, 0, 4, 0, 2}));
    EXPECT_EQ(last->status, BatchStatus::cancelled);
    EXPECT_EQ(results(id, 0, 10)->lines, line_of(0) + line_of(1) + line_of(2) + line_of(3) +
                                             cancelled_line_of(4) + cancelled_line_of(5));
}

TEST_F(BatchStoreTest, ACancellationThatACrashInterruptedEndsAtTheNextStart) {
    const BatchId id = queue({2, 2});
    ASSERT_EQ(claim({pending(id)[0]}).size(), 1U);
    ASSERT_FALSE(cancel(id)->terminal);
    reopen();
    ASSERT_THAT(write([](Tx& tx) { return release_claims(tx); }), IsOk());
    EXPECT_EQ(row(id).status, BatchStatus::cancelling);
    const auto done = cancel(id);
    ASSERT_THAT(done, IsOk());
    EXPECT_TRUE(done->terminal);
    EXPECT_EQ(done->counts.cancelled, 4);
    EXPECT_EQ(events().size(), 2U);  // started, cancelled
}

TEST_F(BatchStoreTest, AReceivingBatchCannotBeCancelledAndAForeignOneIsNotFound) {
    ASSERT_THAT(insert(BatchId("b")), IsOk());
    EXPECT_THAT(cancel(BatchId("b")), FailsWith(ErrorCode::conflict));
    const BatchId id = queue({1});
    tenant_ = TenantId("other");
    EXPECT_THAT(cancel(id), FailsWith(ErrorCode::not_found));
}

// Claims, results, failures, cancellations and crashes in any order: counts always sum to the
// total and never go back, each batch ends once, and every product has its line.
TEST_F(BatchStoreTest, RandomHistoriesEndEveryBatchExactlyOnce) {
    SeededRandom dice(5);
    const auto roll = [&](std::uint64_t sides) { return dice.next_u64() % sides; };
    for (int round = 0; round < 12; ++round) {
        std::vector<std::int64_t> sizes;
        for (std::uint64_t i = 0, count = 1 + roll(6); i < count; ++i)
            sizes.push_back(1 + static_cast<std::int64_t>(roll(5)));
        const BatchId id = queue(sizes);
        const std::size_t events_before = events().size();
        std::vector<ChunkRef> running;
        std::int64_t settled = 0;
        int terminal = 0;
        const auto note = [&](const Result<Settled>& step) {
            ASSERT_THAT(step, IsOk());
            const ProductCounts& counts = step->counts;
            ASSERT_EQ(counts.pending + counts.processing + counts.settled(), counts.total);
            ASSERT_GE(counts.settled(), settled);
            settled = counts.settled();
            if (step->terminal) ++terminal;
        };
        for (int step = 0; step < 500 && !is_settled(row(id).status); ++step) {
            const std::uint64_t die = roll(20);
            if (die == 0) {
                reopen();
                ASSERT_THAT(write([](Tx& tx) { return release_claims(tx); }), IsOk());
                if (roll(2) == 0) running.clear();  // else the old claims come back and are fenced
                if (row(id).status == BatchStatus::cancelling) note(cancel(id));
            } else if (die == 1) {
                note(cancel(id));
            } else if (die < 9) {
                for (const ChunkRef& chunk : claim(pending(id, 0, 1 + static_cast<int>(roll(3)))))
                    running.push_back(chunk);
            } else if (!running.empty()) {
                const std::size_t which = roll(running.size());
                const std::int64_t failed = static_cast<std::int64_t>(
                    roll(static_cast<std::uint64_t>(running[which].count + 1)));
                note(settle(running[which], failed));
                if (roll(4) != 0) running.erase(running.begin() + static_cast<long>(which));
            }
        }
        const BatchRow ended = row(id);
        ASSERT_TRUE(is_settled(ended.status));
        ASSERT_EQ(terminal, 1);
        ASSERT_EQ(ended.counts.settled(), ended.counts.total);
        const auto page = results(id, 0, 1'000);
        ASSERT_THAT(page, IsOk());
        ASSERT_EQ(page->next_index, ended.counts.total);
        for (std::int64_t i = 0; i < ended.counts.total; ++i) {
            const bool there = page->lines.find(line_of(i)) != std::string::npos;
            const bool cancelled = page->lines.find(cancelled_line_of(i)) != std::string::npos;
            ASSERT_TRUE(there != cancelled) << i;
        }
        int endings = 0;
        const auto log = events();
        for (std::size_t i = events_before; i < log.size(); ++i)
            endings += is_terminal(log[i].type) ? 1 : 0;
        ASSERT_EQ(endings, 1);
    }
}

}  // namespace
}  // namespace assay::engine::batch_store
