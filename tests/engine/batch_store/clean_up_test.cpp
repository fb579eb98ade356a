// Deleting and archiving batches: gone at once for everybody, and from the disk step by step.
// SPDX-License-Identifier: MIT
#include "engine/base/limits.hpp"
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using std::chrono::days;
using testing::FailsWith;
using testing::IsOk;

class CleanUpTest : public BatchStoreTest {
  protected:
    BatchId completed(std::vector<std::int64_t> sizes) {
        const BatchId id = queue(std::move(sizes));
        for (const ChunkRef& chunk : claim(pending(id)))
            EXPECT_THAT(settle(chunk), IsOk());
        EXPECT_EQ(row(id).status, BatchStatus::completed);
        return id;
    }
    Result<void> remove(const BatchId& id, const char* tenant = "default") {
        return write([&](Tx& tx) { return delete_batch(tx, TenantId(tenant), id, clock_.now()); });
    }
    std::int64_t archive(TimePoint before) {
        return *write(
            [&](Tx& tx) { return archive_batches(tx, tenant_, before, clock_.now(), 100); });
    }
    bool sweep(std::int64_t bytes) {
        return *write([&](Tx& tx) { return sweep_chunks(tx, bytes); });
    }
    int sweep_all(std::int64_t bytes = 1) {
        int steps = 0;
        while (sweep(bytes))
            ++steps;
        return steps;
    }
    std::int64_t count(const std::string& table) {
        return read([&](Connection& db) {
            Statement query = db.prepare("SELECT count(*) FROM " + table);
            EXPECT_THAT(query.step(), IsOk());
            return query.integer(0);
        });
    }
    std::int64_t rows_of_chunks() {
        return count("chunk") + count("chunk_input") + count("chunk_result");
    }
    Result<std::optional<BatchRow>> find(const BatchId& id) {
        return read([&](Connection& db) { return find_batch(db, tenant_, id); });
    }
    std::vector<BatchRow> listed(BatchQuery query = {}) {
        query.tenant = tenant_;
        return *read([&](Connection& db) { return list_batches(db, query); });
    }
};

TEST_F(CleanUpTest, ADeletedBatchIsGoneForEverybodyAtOnce) {
    const BatchId gone = completed({2, 1});
    const BatchId kept = completed({1});
    ASSERT_THAT(remove(gone), IsOk());
    EXPECT_THAT(find(gone), FailsWith(ErrorCode::archived));
    EXPECT_THAT(results(gone, 0, 10), FailsWith(ErrorCode::archived));
    EXPECT_THAT(cancel(gone), FailsWith(ErrorCode::archived));
    EXPECT_THAT(remove(gone), FailsWith(ErrorCode::archived));
    ASSERT_EQ(listed().size(), 1U);
    EXPECT_EQ(listed()[0].id, kept);
    EXPECT_EQ(results(kept, 0, 10)->next_index, 1);
    EXPECT_EQ(events().size(), 4U) << "events stay";
}

TEST_F(CleanUpTest, OnlyABatchThatHasEndedIsDeletedAndOnlyByItsTenant) {
    const BatchId running = queue({1});
    const auto refused = remove(running);
    ASSERT_THAT(refused, FailsWith(ErrorCode::conflict));
    EXPECT_EQ(refused.error().remedy, "cancel it first");
    EXPECT_THAT(remove(BatchId("none")), FailsWith(ErrorCode::not_found));
    ASSERT_THAT(cancel(running), IsOk());
    EXPECT_THAT(remove(running, "other"), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(remove(running), IsOk());
}

TEST_F(CleanUpTest, WhatItTookOnDiskGoesInSmallStepsAndTheRestOfTheStoreStays) {
    const BatchId gone = completed({2, 2, 2, 1});
    const BatchId kept = completed({3});
    ASSERT_THAT(remove(gone), IsOk());
    EXPECT_EQ(rows_of_chunks(), 3 * 5);
    ASSERT_TRUE(sweep(1)) << "at least one chunk a step";
    EXPECT_EQ(rows_of_chunks(), 3 * 4);
    EXPECT_EQ(sweep_all(), 4) << "three chunks, then the end";
    EXPECT_EQ(rows_of_chunks(), 3);
    EXPECT_EQ(count("batch_text"), 1) << "its metadata and options are gone too";
    EXPECT_EQ(count("batch"), 2) << "its id is known";
    EXPECT_EQ(count("batch_leaving"), 0);
    EXPECT_THAT(find(gone), FailsWith(ErrorCode::archived));
    EXPECT_EQ(results(kept, 0, 10)->next_index, 3);
    EXPECT_THAT(read([](Connection& db) { return verify_rows(db); })->damaged,
                ::testing::IsEmpty());
}

TEST_F(CleanUpTest, AStepTakesAsMuchAsItsBytesAllow) {
    const BatchId gone = completed({2, 2, 2, 2});
    ASSERT_THAT(remove(gone), IsOk());
    EXPECT_EQ(sweep_all(1'000'000), 2);
    EXPECT_EQ(rows_of_chunks(), 0);
}

TEST_F(CleanUpTest, APageGoesOnBehindABatchThatWasDeletedMeanwhile) {
    const BatchId first = completed({1});
    const BatchId second = completed({1});
    const BatchId third = completed({1});
    ASSERT_THAT(remove(second), IsOk());
    sweep_all();
    BatchQuery query;
    query.after = second;
    const auto page = listed(query);
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].id, first);
    EXPECT_EQ(listed()[0].id, third);
}

TEST_F(CleanUpTest, RetentionTakesInputsAndResultsAndLeavesTheBatch) {
    BatchOptions options;
    options.collection_id = "spring";
    const BatchId old = queue({2, 1}, options);
    for (const ChunkRef& chunk : claim(pending(old)))
        ASSERT_THAT(settle(chunk), IsOk());
    clock_.advance(days(29));
    const BatchId young = completed({1});
    EXPECT_EQ(archive(clock_.now() - days(30)), 0);
    clock_.advance(days(2));
    EXPECT_EQ(archive(clock_.now() - days(30)), 1);
    sweep_all();
    EXPECT_EQ(rows_of_chunks(), 3);
    const BatchRow left = row(old);
    EXPECT_EQ(left.archived_at, clock_.now());
    EXPECT_EQ(left.options.collection_id, "spring");
    EXPECT_EQ(left.summary, "{\"lot\":1}");
    EXPECT_EQ(listed().size(), 2U);
    EXPECT_THAT(results(old, 0, 1), FailsWith(ErrorCode::archived));
    EXPECT_EQ(results(young, 0, 1)->next_index, 1);
    ASSERT_THAT(remove(old), IsOk()) << "its text can still be deleted";
    sweep_all();
    EXPECT_THAT(find(old), FailsWith(ErrorCode::archived));
    EXPECT_EQ(count("batch_text"), 1);
}

TEST_F(CleanUpTest, ABatchThatRunsIsNeverArchived) {
    const BatchId running = queue({1});
    clock_.advance(days(400));
    EXPECT_EQ(archive(clock_.now()), 0);
    EXPECT_EQ(pending(running).size(), 1U);
}

TEST_F(CleanUpTest, AfterAYearNobodyKnowsIt) {
    const BatchId gone = completed({1});
    ASSERT_THAT(remove(gone), IsOk());
    const auto forget = [&](TimePoint before) {
        return *write([&](Tx& tx) { return forget_batches(tx, before, 10); });
    };
    clock_.advance(days(366));
    EXPECT_EQ(forget(clock_.now() - limits::archived_batch_age_max), 0) << "its rows go first";
    sweep_all();
    EXPECT_EQ(forget(clock_.now() - days(367)), 0);
    EXPECT_EQ(forget(clock_.now() - limits::archived_batch_age_max), 1);
    EXPECT_EQ(count("batch"), 0);
    EXPECT_FALSE(*find(gone));
}

TEST_F(CleanUpTest, ACursorBeforeRemovedEventsIsToldWhereTheyBegin) {
    completed({1});
    const auto all = events();
    ASSERT_EQ(all.size(), 2U);
    const auto floor = [&] {
        return *read([&](Connection& db) { return event_floor(db, tenant_); });
    };
    EXPECT_EQ(floor(), EventSeq{0});
    clock_.advance(days(1));
    const auto old =
        read([&](Connection& db) { return old_events(db, EventSeq{0}, clock_.now(), 10); });
    ASSERT_THAT(old, IsOk());
    ASSERT_EQ(old->size(), 2U);
    EXPECT_EQ((*old)[0].seq, all[0].seq);
    const std::vector<EventSeq> both{all[1].seq, all[0].seq};
    ASSERT_THAT(write([&](Tx& tx) { return remove_events(tx, both); }), IsOk());
    EXPECT_EQ(floor(), all[1].seq);
    EXPECT_TRUE(events().empty());
    EXPECT_EQ(*read([](Connection& db) { return last_event(db); }), all[1].seq);
    completed({1});
    EXPECT_EQ(events()[0].seq, EventSeq{3}) << "numbers are never given twice";
}

TEST_F(CleanUpTest, IdempotencyKeysEndAfterADay) {
    Seal keyed = seal_of(BatchId("b"), 1);
    keyed.idempotency_key = "k";
    ASSERT_THAT(insert(keyed.batch), IsOk());
    ASSERT_THAT(append(keyed.batch, 0, 0, 1), IsOk());
    ASSERT_THAT(seal(keyed), IsOk());
    const auto forget = [&] {
        return *write([&](Tx& tx) { return forget_idempotency_keys(tx, clock_.now(), 10); });
    };
    EXPECT_EQ(forget(), 0);
    clock_.advance(std::chrono::hours(24));
    EXPECT_EQ(forget(), 1);
    EXPECT_EQ(count("idempotency_key"), 0);
}

}  // namespace
}  // namespace assay::engine::batch_store
