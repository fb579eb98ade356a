// The ring between threads: every slot once, each producer's order kept, closing without a loss.
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "notify/ring/ring.hpp"

namespace assay::notify {
namespace {

// What a slot stands for: a plain, unguarded entry of the pool. The ring alone must make the
// producer's writes visible to the consumer; the thread sanitizer watches that it does.
struct Entry {
    std::uint32_t producer = 0, number = 0;
};

class RingStress : public ::testing::TestWithParam<std::size_t> {
  protected:
    static constexpr std::uint32_t per_producer = 20'000;
    static constexpr std::uint32_t producers = 3;

    // Fills its own part of the pool and pushes it slot by slot; gives how many went in.
    std::uint32_t produce(std::uint32_t producer) {
        auto handle = ring_.producer();
        for (std::uint32_t i = 0; i < per_producer; ++i) {
            const std::uint32_t index = producer * per_producer + i;
            pool_[index] = {producer, i};
            while (!handle.try_push(static_cast<Slot>(index))) {
                if (ring_.closed()) return i;
                std::this_thread::yield();
            }
        }
        return per_producer;
    }

    // Checks one slot: never seen before, its entry whole, its producer's order kept.
    void take(Slot slot) {
        const auto index = static_cast<std::uint32_t>(slot);
        ASSERT_LT(index, pool_.size());
        const Entry entry = pool_[index];
        ASSERT_EQ(entry.producer * per_producer + entry.number, index);
        ASSERT_EQ(entry.number, next_[entry.producer]) << "lost, doubled or out of order";
        ++next_[entry.producer];
    }

    Ring ring_{GetParam()};
    std::vector<Entry> pool_ = std::vector<Entry>(producers * per_producer);
    std::vector<std::uint32_t> next_ = std::vector<std::uint32_t>(producers, 0);
};

TEST_P(RingStress, EverySlotComesOutOnceAndInItsProducersOrder) {
    std::vector<std::thread> threads;
    for (std::uint32_t p = 0; p < producers; ++p)
        threads.emplace_back([this, p] { EXPECT_EQ(produce(p), per_producer); });
    auto consumer = ring_.consumer();
    std::vector<Slot> batch(17);
    for (std::size_t taken = 0; taken < pool_.size();) {
        const std::size_t count = consumer.try_pop_many(batch.data(), batch.size());
        EXPECT_LE(ring_.size_approximate(), ring_.capacity());
        for (std::size_t i = 0; i < count; ++i) {
            take(batch[i]);
            if (HasFatalFailure()) ring_.close();  // lets the producers go
        }
        if (HasFatalFailure()) break;
        taken += count;
        if (count == 0) std::this_thread::yield();
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(consumer.try_pop(), std::nullopt);
}

TEST_P(RingStress, ClosingWhilePushingLosesAndDoublesNothing) {
    std::vector<std::uint32_t> pushed(producers, 0);
    std::vector<std::thread> threads;
    for (std::uint32_t p = 0; p < producers; ++p)
        threads.emplace_back([this, p, &pushed] { pushed[p] = produce(p); });
    std::thread closer;
    auto consumer = ring_.consumer();
    std::uint32_t taken = 0;
    while (!ring_.drained()) {
        if (const std::optional<Slot> slot = consumer.try_pop()) {
            take(*slot);
            if (++taken == per_producer) closer = std::thread([this] { ring_.close(); });
        } else {
            std::this_thread::yield();
        }
    }
    if (closer.joinable()) closer.join();
    for (std::thread& thread : threads)
        thread.join();
    // Each producer was told of every one of its slots whether it went in.
    EXPECT_EQ(next_, pushed);
    EXPECT_EQ(consumer.try_pop(), std::nullopt);
}

TEST_P(RingStress, AFullRingTakesExactlyItsCapacityFromRacingProducers) {
    for (int round = 0; round < 50; ++round) {
        Ring ring(GetParam());
        std::atomic<std::size_t> pushed = 0;
        std::vector<std::thread> threads;
        for (std::uint32_t p = 0; p < 2; ++p) {
            threads.emplace_back([&] {
                auto handle = ring.producer();
                while (handle.try_push(Slot{1}))
                    pushed.fetch_add(1, std::memory_order_relaxed);
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        ASSERT_EQ(pushed.load(), ring.capacity());
    }
}

INSTANTIATE_TEST_SUITE_P(Capacities, RingStress, ::testing::Values(2, 16, 1024));

}  // namespace
}  // namespace assay::notify
