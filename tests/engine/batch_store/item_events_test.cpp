// Item events: references in the transaction of their results, and none where nobody asked.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;

class ItemEventsTest : public BatchStoreTest {
  protected:
    BatchId queue_with_items(std::vector<std::int64_t> sizes) {
        const BatchId id(make_uuid(random_));
        EXPECT_THAT(insert(id), IsOk());
        std::int64_t total = 0;
        for (std::size_t number = 0; number < sizes.size(); ++number) {
            EXPECT_THAT(append(id, static_cast<std::int64_t>(number), total, sizes[number]),
                        IsOk());
            total += sizes[number];
        }
        Seal wanted = seal_of(id, total);
        wanted.item_events = true;
        EXPECT_THAT(seal(wanted), IsOk());
        return id;
    }
    std::vector<std::string> types() {
        std::vector<std::string> all;
        for (const Event& event : events())
            all.push_back(event.type);
        return all;
    }
};

TEST_F(ItemEventsTest, EachProductIsToldBeforeTheEndOfItsBatch) {
    const BatchId id = queue_with_items({2, 1});
    const auto claimed = claim(pending(id));
    ASSERT_THAT(settle(claimed[1]), IsOk());
    ASSERT_THAT(settle(claimed[0], 1), IsOk());
    EXPECT_THAT(types(), ElementsAre("batch.started", "item.completed", "item.failed",
                                     "item.completed", "batch.completed"));
    EXPECT_EQ(events()[1].data, R"({"batch_id":")" + id.text() + R"(","index":2})");
    EXPECT_EQ(events()[2].data, R"({"batch_id":")" + id.text() + R"(","index":0})");
    EXPECT_EQ(events()[1].batch, id);
}

TEST_F(ItemEventsTest, AreNotMadeWhereNobodyHadSubscribed) {
    const BatchId id = queue({2});
    const auto claimed = claim(pending(id));
    ASSERT_THAT(settle(claimed[0]), IsOk());
    EXPECT_THAT(types(), ElementsAre("batch.started", "batch.completed"));
}

TEST_F(ItemEventsTest, LateResultsOfAFencedAttemptTellNothing) {
    const BatchId id = queue_with_items({2});
    const auto first = claim(pending(id));
    reopen();
    ASSERT_THAT(write([](Tx& tx) { return release_claims(tx); }), IsOk());
    const auto second = claim(pending(id));
    const auto late = settle(first[0]);
    ASSERT_THAT(late, IsOk());
    EXPECT_FALSE(late->accepted);
    ASSERT_THAT(settle(second[0]), IsOk());
    EXPECT_THAT(types(), ElementsAre("batch.started", "item.completed", "item.completed",
                                     "batch.completed"));
}

TEST_F(ItemEventsTest, OfAStepThatFailsAreNotThere) {
    const BatchId id = queue_with_items({2});
    const auto claimed = claim(pending(id));
    const std::string lines = line_of(0) + line_of(1);
    ChunkResults results;
    results.chunk = claimed[0];
    results.results = lines;
    results.completed = 1;
    results.failed = 1;  // and it does not say which
    EXPECT_THAT(write([&](Tx& tx) {
                    return settle_chunk(tx, results, clock_.now(), random_,
                                        [] { return std::string("{}"); });
                }),
                FailsWith(ErrorCode::internal));
    EXPECT_THAT(types(), ElementsAre("batch.started"));
}

}  // namespace
}  // namespace assay::engine::batch_store
