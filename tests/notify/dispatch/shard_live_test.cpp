// Events of the moment in a shard: at most once, the newest only, and no trace.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "engine/event/event.hpp"
#include "notify/delivery/live_box.hpp"
#include "tests/notify/dispatch/shard_fixture.hpp"

namespace assay::notify {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShardLiveTest : public ShardCoreTest {
  protected:
    static std::shared_ptr<const engine::Event> event_of(std::string_view type,
                                                         const std::string& batch) {
        auto event = std::make_shared<engine::Event>();
        event->type = type;
        event->batch = BatchId(batch);
        return event;
    }
    void push_live(const std::string& endpoint, int number, std::string_view type,
                   const std::string& batch = "batch_1") {
        Delivery made = delivery(endpoint, number);
        made.id = DeliveryId("live_" + std::to_string(number));
        made.event = engine::live_seq;
        made.event_type = made.wire_type = type;
        core().add(std::move(made), event_of(type, batch), now(), out_);
        step();
    }
    void push_progress(const std::string& endpoint, int number) {
        push_live(endpoint, number, engine::event_type::batch_progress);
    }
    std::string under_way(std::size_t index) const {
        return under_way_.at(index)->delivery.id.text();
    }
};

TEST_F(ShardLiveTest, IsSentOnceAndWritesNothingWhateverTheAnswer) {
    endpoint("a");
    int number = 0;
    for (const int status : {200, 500, 410, 0}) {
        push_progress("a", ++number);
        advance(seconds(10));  // past a rest that failures brought
        ASSERT_THAT(under_way_, SizeIs(1)) << status;
        answer(0, status);
        EXPECT_EQ(core().held(), 0U) << status;
    }
    advance(std::chrono::hours(1));
    EXPECT_THAT(under_way_, IsEmpty()) << "nothing is tried again";
    EXPECT_THAT(log_, IsEmpty());
    EXPECT_THAT(rows_, IsEmpty());
}

TEST_F(ShardLiveTest, WhatComesWhileTheEndpointIsBusyGivesWayToTheNewest) {
    limits_.endpoint_in_flight = 1;
    endpoint("a");
    push_progress("a", 1);
    push_progress("a", 2);
    push_progress("a", 3);
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_EQ(under_way(0), "live_1");
    answer(0, 200);
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_EQ(under_way(0), "live_3");
    answer(0, 200);
    EXPECT_THAT(under_way_, IsEmpty());
    EXPECT_TRUE(core().idle());
}

TEST_F(ShardLiveTest, TheEndOfABatchDropsWhatStillWaitsOfIt) {
    limits_.endpoint_in_flight = 1;
    endpoint("a");
    push("a", 1, 1);
    push_progress("a", 2);
    push_live("a", 3, engine::event_type::item_started, "another");
    Delivery end = delivery("a", 4);
    end.event_type = engine::event_type::batch_completed;
    core().add(end, event_of(engine::event_type::batch_completed, "batch_1"), now(), out_);
    step();
    answer(0, 200);
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_EQ(under_way(0), "live_3") << "the other batch goes on";
    answer(0, 200);
    EXPECT_EQ(under_way(0), end.id.text());
    answer(0, 200);
    EXPECT_THAT(under_way_, IsEmpty());
}

TEST_F(ShardLiveTest, TakesTurnsWithWhatIsOwedSoThatNeitherStarves) {
    limits_.endpoint_in_flight = 1;
    endpoint("a");
    push("a", 1, 3);
    for (int i = 10; i < 13; ++i)
        push_live("a", i, engine::event_type::item_started);
    std::string order;
    while (!under_way_.empty()) {
        order += is_live(under_way_.front()->delivery) ? 'L' : 'o';
        answer(0, 200);
    }
    EXPECT_EQ(order, "oLoLoL");
}

TEST_F(ShardLiveTest, AnEndpointThatIsSwitchedOffHearsNoMore) {
    limits_.endpoint_in_flight = 1;
    endpoint("a");
    push_progress("a", 1);
    push_progress("a", 2);
    endpoint("a", {{seconds(5)}, 0}, false);
    push_progress("a", 3);
    answer(0, 200);
    EXPECT_THAT(under_way_, IsEmpty());
    EXPECT_EQ(core().held(), 0U);
    EXPECT_THAT(log_, IsEmpty());
}

TEST_F(ShardLiveTest, WaitingNewsIsBounded) {
    limits_.endpoint_in_flight = 1;
    limits_.live_max = 4;
    endpoint("a");
    for (int i = 0; i < 100; ++i)
        push_live("a", i, engine::event_type::item_started);
    int sent = 0;
    std::string last;
    while (!under_way_.empty()) {
        last = under_way(0);
        answer(0, 200);
        ++sent;
    }
    EXPECT_EQ(sent, 5);  // the one under way, and four that waited
    EXPECT_EQ(last, "live_99");
}

}  // namespace
}  // namespace assay::notify
