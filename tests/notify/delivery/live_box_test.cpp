// What happens at this moment: only the newest of it waits.
// SPDX-License-Identifier: MIT
#include "notify/delivery/live_box.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::notify {
namespace {

LiveMessage message(std::string_view type, const std::string& batch, const std::string& data) {
    auto event = std::make_shared<engine::Event>();
    event->seq = engine::live_seq;
    event->type = type;
    event->batch = BatchId(batch);
    event->data = data;
    return {std::move(event), {}};
}

LiveMessage progress(const std::string& batch, const std::string& data) {
    return message(engine::event_type::batch_progress, batch, data);
}

LiveMessage item(const std::string& batch, const std::string& data) {
    return message(engine::event_type::item_started, batch, data);
}

std::string all_of(LiveBox& box) {
    std::string all;
    while (const auto next = box.take())
        all += next->event->data + " ";
    return all;
}

TEST(LiveBox, ANewerProgressTakesThePlaceOfTheOlderOneOfItsBatch) {
    LiveBox box(8);
    EXPECT_TRUE(box.put(progress("a", "a1")));
    EXPECT_TRUE(box.put(progress("b", "b1")));
    EXPECT_TRUE(box.put(progress("a", "a2")));
    EXPECT_EQ(box.size(), 2U);
    EXPECT_EQ(all_of(box), "a2 b1 ");
    EXPECT_TRUE(box.empty());
}

TEST(LiveBox, TwoWireTypesOfOneProgressBothWait) {
    LiveBox box(8);
    LiveMessage as_batch = progress("a", "one");
    as_batch.delivery.wire_type = "batch.progress";
    LiveMessage as_job = progress("a", "two");
    as_job.delivery.wire_type = "job.progress";
    box.put(std::move(as_batch));
    box.put(std::move(as_job));
    EXPECT_EQ(all_of(box), "one two ");
}

TEST(LiveBox, EveryItemCountsUntilTheBoxIsFullThenTheOldestGoes) {
    LiveBox box(3);
    for (const char* const each : {"1", "2", "3"})
        EXPECT_TRUE(box.put(item("a", each)));
    EXPECT_FALSE(box.put(item("a", "4")));
    EXPECT_EQ(all_of(box), "2 3 4 ");
}

TEST(LiveBox, ABatchThatEndedTakesItsNewsWithIt) {
    LiveBox box(8);
    box.put(progress("a", "a1"));
    box.put(item("a", "a2"));
    box.put(item("b", "b1"));
    box.drop(BatchId("a"));
    EXPECT_EQ(all_of(box), "b1 ");
}

TEST(EndedBatches, RemembersTheLastFew) {
    EndedBatches ended(2);
    ended.add(BatchId("a"));
    ended.add(BatchId("b"));
    ended.add(BatchId("b"));
    EXPECT_TRUE(ended.contains(BatchId("a")));
    ended.add(BatchId("c"));
    EXPECT_FALSE(ended.contains(BatchId("a")));
    EXPECT_TRUE(ended.contains(BatchId("b")));
    EXPECT_TRUE(ended.contains(BatchId("c")));
}

}  // namespace
}  // namespace assay::notify
