// The ring between threads: every slot once, each producer's order kept, closing without a loss.
// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
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

// Turns threads against each other between the ring's calls: goes on, waits a while, or lets
// somebody else run, as a seed says. The seed fixes what each thread does, not who runs meanwhile.
class Perturber {
  public:
    explicit Perturber(std::uint64_t seed) : random_(seed) {}
    void operator()() {
        const std::uint64_t draw = random_();
        if (draw % 8 == 0) std::this_thread::yield();
        // In bursts: long rows of calls without a pause matter as much as the pauses.
        if (draw % 64 == 1) spins_max_ = (draw >> 8) % 300;
        for (std::uint64_t i = spins_max_ == 0 ? 0 : (draw >> 20) % spins_max_; i > 0; --i)
            std::atomic_signal_fence(std::memory_order_seq_cst);  // or the loop would go
    }

  private:
    std::mt19937_64 random_;
    std::uint64_t spins_max_ = 0;
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

TEST_P(RingStress, PerturbedSchedulesLoseAndDoubleNothingUntilTheRingIsDrained) {
    constexpr std::uint64_t seeds = 6;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Ring ring(GetParam());
        std::vector<std::uint32_t> pushed(producers, 0), next(producers, 0);
        const std::uint32_t share = 2'000;
        std::vector<std::thread> threads;
        for (std::uint32_t p = 0; p < producers; ++p) {
            threads.emplace_back([&, p] {
                Perturber pause(seed * 1'000 + p);
                auto handle = ring.producer();
                while (pushed[p] < share) {
                    pause();
                    const std::uint32_t index = p * share + pushed[p];
                    pool_[index] = {p, pushed[p]};
                    if (handle.try_push(static_cast<Slot>(index))) {
                        ++pushed[p];
                    } else if (ring.closed()) {
                        return;
                    } else {
                        std::this_thread::yield();
                    }
                }
            });
        }
        auto consumer = ring.consumer();
        Perturber pause(seed * 1'000 + producers);
        const std::uint32_t close_after = share * static_cast<std::uint32_t>(seed) / 2;
        std::uint32_t taken = 0;
        while (!ring.drained()) {
            pause();
            Slot slots[5];
            const std::size_t count = consumer.try_pop_many(slots, 1 + taken % 5);
            for (std::size_t i = 0; i < count; ++i) {
                const Entry entry = pool_.at(static_cast<std::uint32_t>(slots[i]));
                EXPECT_EQ(entry.number, next[entry.producer]++);
            }
            taken += static_cast<std::uint32_t>(count);
            if (taken >= close_after) ring.close();
            if (count == 0) std::this_thread::yield();
        }
        for (std::thread& thread : threads)
            thread.join();
        EXPECT_EQ(next, pushed);
        EXPECT_EQ(consumer.try_pop(), std::nullopt);
    }
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
