// Batches: received, sealed, dropped, found and listed.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST_F(BatchStoreTest, ASealedBatchIsQueuedWithItsOptionsAndCounts) {
    BatchOptions options;
    options.collection_id = "pallet 7";
    options.metadata = R"({"buyer":"me"})";
    options.lot.freight = 12'000;
    const BatchId id = queue({64, 64, 10}, options);
    const BatchRow found = row(id);
    EXPECT_EQ(found.status, BatchStatus::queued);
    EXPECT_EQ(found.options, options);
    EXPECT_EQ(found.counts, (ProductCounts{138, 138, 0, 0, 0, 0}));
    EXPECT_EQ(found.created_at, clock_.now());
    EXPECT_FALSE(found.started_at);
    EXPECT_EQ(found.summary, "");
}

TEST_F(BatchStoreTest, WhatWasSealedSurvivesARestart) {
    const BatchId id = queue({64, 5});
    reopen();
    EXPECT_EQ(row(id).counts.total, 69);
    EXPECT_EQ(pending(id).size(), 2U);
}

TEST_F(BatchStoreTest, OnlyAReceivingBatchTakesChunksAndASeal) {
    const BatchId id = queue({3});
    EXPECT_THAT(append(id, 1, 3, 3), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(seal(seal_of(id, 3)), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(append(BatchId("unknown"), 0, 0, 1), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(insert(id), FailsWith(ErrorCode::conflict));
}

TEST_F(BatchStoreTest, ASealMustCountTheProductsThatAreThere) {
    const BatchId id("b");
    ASSERT_THAT(insert(id), IsOk());
    ASSERT_THAT(append(id, 0, 0, 10), IsOk());
    EXPECT_THAT(append(id, 0, 10, 10), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(append(id, 1, 0, 10), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(seal(seal_of(id, 11)), FailsWith(ErrorCode::internal));
    EXPECT_THAT(seal(seal_of(id, 0)), FailsWith(ErrorCode::internal));
    EXPECT_EQ(row(id).status, BatchStatus::receiving);
    EXPECT_THAT(seal(seal_of(id, 10)), IsOk());
}

TEST_F(BatchStoreTest, SubmissionsThatNeverFinishedAreDroppedWithAllTheirRows) {
    const BatchId kept = queue({2});
    const BatchId id("unfinished");
    ASSERT_THAT(insert(id), IsOk());
    ASSERT_THAT(append(id, 0, 0, 10), IsOk());
    const auto dropped = write([](Tx& tx) { return drop_receiving(tx); });
    ASSERT_THAT(dropped, IsOk());
    EXPECT_EQ(*dropped, 1);
    read([&](Connection& db) {
        for (const char* table : {"batch", "batch_text", "chunk", "chunk_input"}) {
            Statement query = db.prepare(std::string("SELECT count(*) FROM ") + table);
            EXPECT_TRUE(*query.step());
            EXPECT_EQ(query.integer(0), 1) << table;
        }
        return 0;
    });
    EXPECT_EQ(pending(kept).size(), 1U);
}

TEST_F(BatchStoreTest, ADroppedSubmissionIsGoneAndDroppingItAgainIsNothing) {
    const BatchId id("unfinished");
    ASSERT_THAT(insert(id), IsOk());
    ASSERT_THAT(append(id, 0, 0, 2), IsOk());
    for (int round = 0; round < 2; ++round)
        EXPECT_THAT(write([&](Tx& tx) { return drop_batch(tx, id); }), IsOk());
    const auto found = read([&](Connection& db) { return find_batch(db, tenant_, id); });
    EXPECT_FALSE(*found);
    EXPECT_THAT(results(id, 0, 1), FailsWith(ErrorCode::not_found));
}

TEST_F(BatchStoreTest, ABatchThatWasSealedIsNeverDropped) {
    const BatchId id = queue({2});
    EXPECT_THAT(write([&](Tx& tx) { return drop_batch(tx, id); }), IsOk());
    EXPECT_EQ(row(id).status, BatchStatus::queued);
    ASSERT_THAT(settle(claim(pending(id))[0]), IsOk());
    EXPECT_THAT(write([&](Tx& tx) { return drop_batch(tx, id); }), IsOk());
    EXPECT_EQ(row(id).status, BatchStatus::completed);
}

TEST_F(BatchStoreTest, ABatchIsSeenByItsTenantOnly) {
    const BatchId id = queue({1});
    const auto found = read([&](Connection& db) { return find_batch(db, TenantId("other"), id); });
    ASSERT_THAT(found, IsOk());
    EXPECT_FALSE(*found);
    BatchQuery query;
    query.tenant = TenantId("other");
    EXPECT_TRUE(read([&](Connection& db) { return list_batches(db, query); })->empty());
    query.after = id;
    EXPECT_THAT(read([&](Connection& db) { return list_batches(db, query); }),
                FailsWith(ErrorCode::invalid_argument));
}

TEST_F(BatchStoreTest, ListsGoFromTheNewestAndByPage) {
    std::vector<BatchId> ids;
    for (int i = 0; i < 7; ++i) {
        BatchOptions options;
        if (i % 2 == 0) options.collection_id = "even";
        ids.push_back(queue({1}, options));
    }
    ASSERT_THAT(insert(BatchId("receiving")), IsOk());
    ASSERT_THAT(settle(claim(pending(ids[6]))[0]), IsOk());

    BatchQuery query;
    query.tenant = tenant_;
    query.limit = 3;
    std::vector<BatchId> listed;
    for (;;) {
        const auto page = read([&](Connection& db) { return list_batches(db, query); });
        ASSERT_THAT(page, IsOk());
        for (const BatchRow& batch : *page)
            listed.push_back(batch.id);
        if (page->size() < 3) break;
        query.after = page->back().id;
    }
    EXPECT_EQ(listed, std::vector<BatchId>(ids.rbegin(), ids.rend()));

    query = BatchQuery{tenant_, {}, BatchStatus::completed, {}, 10};
    EXPECT_EQ(read([&](Connection& db) { return list_batches(db, query); })->size(), 1U);
    query = BatchQuery{tenant_, ids[4], BatchStatus::queued, "even", 10};
    const auto even = read([&](Connection& db) { return list_batches(db, query); });
    ASSERT_EQ(even->size(), 2U);
    EXPECT_EQ((*even)[0].id, ids[2]);
}

TEST_F(BatchStoreTest, OpenBatchesAreThoseThatStillHaveToEndOldestFirst) {
    const BatchId first = queue({1});
    const BatchId done = queue({1});
    const BatchId second = queue({1});
    ASSERT_THAT(insert(BatchId("receiving")), IsOk());
    ASSERT_THAT(settle(claim(pending(done))[0]), IsOk());
    const auto open = read([](Connection& db) { return open_batches(db); });
    ASSERT_EQ(open->size(), 2U);
    EXPECT_EQ((*open)[0].id, first);
    EXPECT_EQ((*open)[1].id, second);
}

}  // namespace
}  // namespace assay::engine::batch_store
