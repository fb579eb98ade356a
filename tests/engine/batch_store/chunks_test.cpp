// Chunks: claims, their fence, their release, splitting, and their input.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST_F(BatchStoreTest, TheFirstClaimStartsTheBatchAndSaysSoOnce) {
    const BatchId id = queue({4, 4});
    clock_.advance(std::chrono::seconds(3));
    const auto chunks = pending(id);
    ASSERT_EQ(claim({chunks[0]}).size(), 1U);
    EXPECT_EQ(row(id).status, BatchStatus::in_progress);
    EXPECT_EQ(row(id).started_at, clock_.now());
    EXPECT_EQ(row(id).counts, (ProductCounts{8, 4, 4, 0, 0, 0}));
    const TimePoint started = clock_.now();
    clock_.advance(std::chrono::seconds(1));
    ASSERT_EQ(claim({chunks[1]}).size(), 1U);
    EXPECT_EQ(row(id).started_at, started);

    const auto log = events();
    ASSERT_EQ(log.size(), 1U);
    EXPECT_EQ(log[0].type, event_type::batch_started);
    EXPECT_EQ(log[0].batch, id);
    EXPECT_EQ(log[0].id.text().substr(0, 4), "evt_");
    const auto facts = parse_batch_facts(log[0].data);
    ASSERT_THAT(facts, IsOk());
    EXPECT_EQ(facts->status, "in_progress");
    EXPECT_EQ(facts->total, 8);
    EXPECT_EQ(facts->started_at, started);
}

TEST_F(BatchStoreTest, AChunkIsClaimedOnceAndCountsItsAttempts) {
    const BatchId id = queue({4});
    const auto chunks = pending(id);
    const auto claimed = claim({chunks[0], chunks[0]});
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].attempt, 1);
    EXPECT_EQ(claimed[0].count, 4);
    EXPECT_TRUE(claim(chunks).empty());
    EXPECT_TRUE(pending(id).empty());
}

TEST_F(BatchStoreTest, ClaimsOfSeveralBatchesGoTogetherAndUnknownOnesAreLeftOut) {
    const BatchId one = queue({2, 2});
    const BatchId two = queue({3});
    const auto of_one = pending(one);
    const auto of_two = pending(two);
    const ChunkRef unknown{BatchId("nobody"), 0, 0, 1, 0};
    const ChunkRef beyond{one, 99, 0, 1, 0};
    const auto claimed = claim({of_one[0], of_two[0], unknown, of_one[1], beyond});
    EXPECT_EQ(claimed.size(), 3U);
    EXPECT_EQ(row(one).counts.processing, 4);
    EXPECT_EQ(row(two).counts.processing, 3);
    EXPECT_EQ(events().size(), 2U);
}

TEST_F(BatchStoreTest, ABatchWithADamagedRowIsSetAsideAndTheOthersGoOn) {
    const BatchId bad = queue({2});
    const BatchId good = queue({3, 3});
    const auto of_bad = pending(bad);
    const auto of_good = pending(good);
    ASSERT_EQ(claim({of_bad[0], of_good[0]}).size(), 2U);
    damage("UPDATE batch SET by_verdict='?' WHERE id='" + bad.text() + "'");
    EXPECT_EQ(claim({of_bad[0], of_good[1]}).size(), 1U);
    EXPECT_THAT(write([](Tx& tx) { return release_claims(tx); }), IsOk());
    EXPECT_EQ(pending(good).size(), 2U);
    const auto open = read([](Connection& db) { return open_batches(db); });
    ASSERT_THAT(open, IsOk());
    ASSERT_EQ(open->size(), 1U);
    EXPECT_EQ((*open)[0].id, good);
}

TEST_F(BatchStoreTest, AfterACrashClaimedChunksArePendingAgainAndSettledOnesAreNot) {
    const BatchId id = queue({4, 4, 4});
    const auto claimed = claim(pending(id));
    ASSERT_THAT(settle(claimed[1]), IsOk());
    reopen();
    const auto released = write([](Tx& tx) { return release_claims(tx); });
    ASSERT_THAT(released, IsOk());
    EXPECT_EQ(*released, 2);
    const auto chunks = pending(id);
    ASSERT_EQ(chunks.size(), 2U);
    EXPECT_EQ(chunks[0].number, 0);
    EXPECT_EQ(chunks[1].number, 2);
    EXPECT_EQ(chunks[0].attempt, 1);  // it stays counted
    EXPECT_EQ(row(id).counts, (ProductCounts{12, 8, 0, 4, 0, 0}));
    // The worker that was thought dead comes back: the fence holds.
    const auto late = settle(claimed[0]);
    ASSERT_THAT(late, IsOk());
    EXPECT_FALSE(late->accepted);
    EXPECT_EQ(claim({chunks[0]})[0].attempt, 2);
    EXPECT_FALSE(settle(claimed[0])->accepted);
}

TEST_F(BatchStoreTest, PendingChunksComeInOrderFromANumberOn) {
    const BatchId id = queue({1, 1, 1, 1, 1});
    ASSERT_EQ(claim({pending(id)[1]}).size(), 1U);
    const auto page = pending(id, 1, 2);
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].number, 2);
    EXPECT_EQ(page[1].number, 3);
    EXPECT_EQ(page[1].first_index, 3);
}

TEST_F(BatchStoreTest, ASplitChunkBecomesSingleProductsWithFreshAttempts) {
    const BatchId id = queue({2, 3});
    for (int attempt = 0; attempt < 3; ++attempt) {
        ASSERT_EQ(claim({pending(id)[1]}).size(), 1U);
        ASSERT_THAT(write([](Tx& tx) { return release_claims(tx); }), IsOk());
    }
    const ChunkRef poison = pending(id)[1];
    EXPECT_EQ(poison.attempt, 3);
    std::vector<std::string> blobs;
    std::vector<NewChunk> parts;
    for (std::int64_t i = 0; i < 3; ++i)
        blobs.push_back(blob_of(2 + i, 1));
    for (std::int64_t i = 0; i < 3; ++i)
        parts.push_back({id, 1'000 + i, 2 + i, 1, blobs[static_cast<std::size_t>(i)]});

    const auto split = [&](std::vector<NewChunk> given) {
        return write([&](Tx& tx) { return split_chunk(tx, poison, given); });
    };
    EXPECT_THAT(split({parts[0], parts[1]}), FailsWith(ErrorCode::internal));
    EXPECT_THAT(split({parts[0], parts[2], parts[1]}), FailsWith(ErrorCode::internal));
    EXPECT_EQ(pending(id).size(), 2U);
    ASSERT_THAT(split(parts), IsOk());
    EXPECT_THAT(split(parts), FailsWith(ErrorCode::conflict));

    const auto chunks = pending(id);
    ASSERT_EQ(chunks.size(), 4U);
    EXPECT_EQ(chunks[1].number, 1'000);
    EXPECT_EQ(chunks[1].attempt, 0);
    EXPECT_EQ(row(id).counts.total, 5);
    // Settled out of order, the results still come in the order of the products.
    auto claimed = claim(chunks);
    std::reverse(claimed.begin(), claimed.end());
    for (const ChunkRef& chunk : claimed)
        ASSERT_THAT(settle(chunk), IsOk());
    std::string expected;
    for (std::int64_t i = 0; i < 5; ++i)
        expected += line_of(i);
    EXPECT_EQ(results(id, 0, 100)->lines, expected);
}

TEST_F(BatchStoreTest, AChunksInputComesBackByteForByteOrNotAtAll) {
    const BatchId id = queue({8, 8});
    const auto chunks = pending(id);
    const auto input = read([&](Connection& db) { return chunk_input(db, chunks[1]); });
    ASSERT_THAT(input, IsOk());
    EXPECT_TRUE(*input == blob_of(8, 8));
    damage("UPDATE chunk_input SET input=CAST(substr(input,1,length(input)-1)||'?' AS BLOB)");
    EXPECT_THAT(read([&](Connection& db) { return chunk_input(db, chunks[1]); }),
                FailsWith(ErrorCode::corrupt));
    const ChunkRef unknown{id, 77, 0, 1, 0};
    EXPECT_THAT(read([&](Connection& db) { return chunk_input(db, unknown); }),
                FailsWith(ErrorCode::not_found));
}

}  // namespace
}  // namespace assay::engine::batch_store
