// The ring on one thread: order, exact capacity, laps, closing.
// SPDX-License-Identifier: MIT
#include "notify/ring/ring.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "engine/base/random.hpp"

namespace assay::notify {
namespace {

Slot slot(std::uint32_t number) {
    return static_cast<Slot>(number);
}

TEST(Ring, GivesSlotsBackInOrder) {
    Ring ring(8);
    auto producer = ring.producer();
    auto consumer = ring.consumer();
    EXPECT_EQ(consumer.try_pop(), std::nullopt);
    for (std::uint32_t i = 0; i < 5; ++i)
        EXPECT_TRUE(producer.try_push(slot(i)));
    EXPECT_EQ(ring.size_approximate(), 5U);
    for (std::uint32_t i = 0; i < 5; ++i)
        EXPECT_EQ(consumer.try_pop(), slot(i));
    EXPECT_EQ(consumer.try_pop(), std::nullopt);
    EXPECT_EQ(ring.size_approximate(), 0U);
}

TEST(Ring, HoldsExactlyItsCapacityInEveryLap) {
    for (const std::size_t capacity : {2U, 4U, 64U, 4096U}) {
        Ring ring(capacity);
        auto producer = ring.producer();
        auto other = ring.producer();
        auto consumer = ring.consumer();
        EXPECT_EQ(ring.capacity(), capacity);
        for (int lap = 0; lap < 5; ++lap) {
            for (std::uint32_t i = 0; i < capacity; ++i)
                ASSERT_TRUE((i % 2 == 0 ? producer : other).try_push(slot(i)));
            EXPECT_FALSE(producer.try_push(slot(99)));
            EXPECT_FALSE(other.try_push(slot(99)));
            EXPECT_EQ(ring.size_approximate(), capacity);
            EXPECT_EQ(consumer.try_pop(), slot(0));
            EXPECT_TRUE(producer.try_push(slot(7)));
            EXPECT_FALSE(producer.try_push(slot(99)));
            for (std::uint32_t i = 1; i < capacity; ++i)
                ASSERT_EQ(consumer.try_pop(), slot(i));
            EXPECT_EQ(consumer.try_pop(), slot(7));
            EXPECT_EQ(consumer.try_pop(), std::nullopt);
        }
    }
}

TEST(Ring, PopManyTakesWhatIsThereAndNoMore) {
    Ring ring(8);
    auto producer = ring.producer();
    auto consumer = ring.consumer();
    std::vector<Slot> out(16, slot(1000));
    EXPECT_EQ(consumer.try_pop_many(out.data(), out.size()), 0U);
    for (std::uint32_t i = 0; i < 8; ++i)
        EXPECT_TRUE(producer.try_push(slot(i)));
    EXPECT_EQ(consumer.try_pop_many(out.data(), 3), 3U);
    EXPECT_EQ(out[2], slot(2));
    EXPECT_EQ(out[3], slot(1000));
    EXPECT_EQ(consumer.try_pop_many(out.data(), out.size()), 5U);
    EXPECT_EQ(out[0], slot(3));
    EXPECT_EQ(out[4], slot(7));
    EXPECT_EQ(consumer.try_pop_many(out.data(), 0), 0U);
}

TEST(Ring, KeepsEveryBitOfASlotNumber) {
    Ring ring(2);
    auto producer = ring.producer();
    auto consumer = ring.consumer();
    for (const std::uint32_t number : {0U, 1U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
        EXPECT_TRUE(producer.try_push(slot(number)));
        EXPECT_EQ(consumer.try_pop(), slot(number));
    }
}

TEST(Ring, FollowsAPlainQueueOverRandomSteps) {
    SeededRandom random(7);
    Ring ring(16);
    auto producer = ring.producer();
    auto consumer = ring.consumer();
    std::deque<Slot> model;
    for (std::uint32_t step = 0; step < 100'000; ++step) {
        if (random.next_u64() % 2 == 0) {
            const bool room = model.size() < ring.capacity();
            ASSERT_EQ(producer.try_push(slot(step)), room);
            if (room) model.push_back(slot(step));
        } else {
            const std::optional<Slot> popped = consumer.try_pop();
            ASSERT_EQ(popped.has_value(), !model.empty());
            if (popped) {
                ASSERT_EQ(*popped, model.front());
                model.pop_front();
            }
        }
        ASSERT_EQ(ring.size_approximate(), model.size());
    }
}

TEST(Ring, AfterCloseNothingGoesInAndEverythingComesOut) {
    Ring ring(4);
    auto producer = ring.producer();
    auto consumer = ring.consumer();
    EXPECT_TRUE(producer.try_push(slot(1)));
    EXPECT_TRUE(producer.try_push(slot(2)));
    EXPECT_FALSE(ring.closed());
    EXPECT_FALSE(ring.drained());
    ring.close();
    ring.close();  // a second time changes nothing
    EXPECT_TRUE(ring.closed());
    EXPECT_FALSE(ring.drained());
    EXPECT_FALSE(producer.try_push(slot(3)));
    EXPECT_EQ(ring.size_approximate(), 2U);
    EXPECT_EQ(consumer.try_pop(), slot(1));
    EXPECT_EQ(consumer.try_pop(), slot(2));
    EXPECT_TRUE(ring.drained());
    EXPECT_EQ(consumer.try_pop(), std::nullopt);
    EXPECT_FALSE(producer.try_push(slot(3))) << "closed, not full";
}

TEST(Ring, AnEmptyRingIsDrainedOnceItIsClosed) {
    Ring ring(4);
    EXPECT_FALSE(ring.drained());
    ring.close();
    EXPECT_TRUE(ring.drained());
}

}  // namespace
}  // namespace assay::notify
