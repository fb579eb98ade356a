// What does a hand-over to a shard cost? Our ring beside moodycamel's queue, Boost.Lockfree, TBB's
// bounded queue, a mutex, and a ring of our kind that several may pop from.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>
#include <concurrentqueue/concurrentqueue.h>
#include <tbb/concurrent_queue.h>

#include <atomic>
#include <boost/lockfree/queue.hpp>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "notify/ring/ring.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t capacity = 4'096;

// Each contender is bounded at `capacity`, and has a handle per producer and one for the consumer.
struct OwnRing {
    Ring ring{capacity};
    struct Pusher {
        Ring::Producer handle;
        explicit Pusher(OwnRing& queue) : handle(queue.ring.producer()) {}
        bool push(std::uint32_t value) { return handle.try_push(static_cast<Slot>(value)); }
    };
    struct Popper {
        Ring::Consumer handle;
        explicit Popper(OwnRing& queue) : handle(queue.ring.consumer()) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            static_assert(sizeof(Slot) == sizeof(std::uint32_t));
            return handle.try_pop_many(reinterpret_cast<Slot*>(out), max);
        }
    };
};

// As the product has it: a ring for each consumer, and producers go from one to the other.
struct OwnRings {
    static constexpr std::size_t consumers_max = 2;
    Ring rings[consumers_max]{Ring(capacity / consumers_max), Ring(capacity / consumers_max)};
    std::atomic<std::size_t> poppers{0};
    struct Pusher {
        Ring::Producer handles[consumers_max];
        std::size_t next = 0;
        explicit Pusher(OwnRings& queue)
            : handles{queue.rings[0].producer(), queue.rings[1].producer()} {}
        bool push(std::uint32_t value) {
            if (!handles[next % consumers_max].try_push(static_cast<Slot>(value))) return false;
            ++next;
            return true;
        }
    };
    struct Popper {
        Ring::Consumer handle;
        explicit Popper(OwnRings& queue) : handle(queue.rings[queue.poppers++].consumer()) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            return handle.try_pop_many(reinterpret_cast<Slot*>(out), max);
        }
    };
};

// D. Vyukov's bounded queue as he has it, with many consumers: not in the product, where each shard
// has a ring of its own. Here to tell what a second consumer would cost.
struct OwnManyConsumers {
    struct Place {
        std::atomic<std::uint64_t> sequence;
        std::uint32_t value;
    };
    alignas(64) std::atomic<std::uint64_t> tail{0};
    alignas(64) std::atomic<std::uint64_t> head{0};
    alignas(64) std::unique_ptr<Place[]> places = std::make_unique<Place[]>(capacity);
    OwnManyConsumers() {
        for (std::size_t i = 0; i < capacity; ++i)
            places[i].sequence.store(i, std::memory_order_relaxed);
    }

    // Takes the position whose place is in the state `behind` for it; null: there is none.
    Place* take(std::atomic<std::uint64_t>& counter, std::uint64_t behind,
                std::uint64_t& position) {
        position = counter.load(std::memory_order_relaxed);
        while (true) {
            Place& place = places[position % capacity];
            // Acquire, with the release of who had the place before.
            const std::uint64_t sequence = place.sequence.load(std::memory_order_acquire);
            if (sequence == position + behind) {
                if (counter.compare_exchange_weak(position, position + 1,
                                                  std::memory_order_relaxed)) {
                    return &place;
                }
            } else if (sequence < position + behind) {
                return nullptr;
            } else {
                position = counter.load(std::memory_order_relaxed);
            }
        }
    }
    struct Pusher {
        OwnManyConsumers* owner;
        explicit Pusher(OwnManyConsumers& queue) : owner(&queue) {}
        bool push(std::uint32_t value) {
            std::uint64_t position = 0;
            Place* const place = owner->take(owner->tail, 0, position);
            if (place == nullptr) return false;
            place->value = value;
            place->sequence.store(position + 1, std::memory_order_release);
            return true;
        }
    };
    struct Popper {
        OwnManyConsumers* owner;
        explicit Popper(OwnManyConsumers& queue) : owner(&queue) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            std::size_t count = 0;
            std::uint64_t position = 0;
            for (; count < max; ++count) {
                Place* const place = owner->take(owner->head, 1, position);
                if (place == nullptr) break;
                out[count] = place->value;
                place->sequence.store(position + capacity, std::memory_order_release);
            }
            return count;
        }
    };
};

// Its own bound is a number of blocks, shared out unevenly between producers; an exact one needs a
// counter beside it.
struct Moodycamel {
    moodycamel::ConcurrentQueue<std::uint32_t> queue{4 * capacity};
    alignas(64) std::atomic<std::size_t> size{0};
    struct Pusher {
        Moodycamel* owner;
        moodycamel::ProducerToken token;
        explicit Pusher(Moodycamel& queue) : owner(&queue), token(queue.queue) {}
        bool push(std::uint32_t value) {
            if (owner->size.fetch_add(1, std::memory_order_relaxed) >= capacity ||
                !owner->queue.try_enqueue(token, value)) {
                owner->size.fetch_sub(1, std::memory_order_relaxed);
                return false;
            }
            return true;
        }
    };
    struct Popper {
        Moodycamel* owner;
        moodycamel::ConsumerToken token;
        explicit Popper(Moodycamel& queue) : owner(&queue), token(queue.queue) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            const std::size_t count = owner->queue.try_dequeue_bulk(token, out, max);
            if (count > 0) owner->size.fetch_sub(count, std::memory_order_relaxed);
            return count;
        }
    };
};

// Of queues that give one at a time: calls `pop_one` until it finds nothing, at most `max` times.
template <class PopOne>
std::size_t pop_each(std::uint32_t* out, std::size_t max, PopOne pop_one) {
    std::size_t count = 0;
    while (count < max && pop_one(out[count]))
        ++count;
    return count;
}

struct BoostLockfree {
    boost::lockfree::queue<std::uint32_t, boost::lockfree::capacity<capacity>> queue;
    struct Pusher {
        BoostLockfree* owner;
        explicit Pusher(BoostLockfree& queue) : owner(&queue) {}
        bool push(std::uint32_t value) { return owner->queue.push(value); }
    };
    struct Popper {
        BoostLockfree* owner;
        explicit Popper(BoostLockfree& queue) : owner(&queue) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            return pop_each(out, max, [&](std::uint32_t& one) { return owner->queue.pop(one); });
        }
    };
};

struct TbbBounded {
    tbb::concurrent_bounded_queue<std::uint32_t> queue;
    TbbBounded() { queue.set_capacity(static_cast<std::ptrdiff_t>(capacity)); }
    struct Pusher {
        TbbBounded* owner;
        explicit Pusher(TbbBounded& queue) : owner(&queue) {}
        bool push(std::uint32_t value) { return owner->queue.try_push(value); }
    };
    struct Popper {
        TbbBounded* owner;
        explicit Popper(TbbBounded& queue) : owner(&queue) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            return pop_each(out, max,
                            [&](std::uint32_t& one) { return owner->queue.try_pop(one); });
        }
    };
};

struct MutexDeque {
    std::mutex mutex;
    std::deque<std::uint32_t> queue;
    struct Pusher {
        MutexDeque* owner;
        explicit Pusher(MutexDeque& queue) : owner(&queue) {}
        bool push(std::uint32_t value) {
            const std::lock_guard lock(owner->mutex);
            if (owner->queue.size() >= capacity) return false;
            owner->queue.push_back(value);
            return true;
        }
    };
    struct Popper {
        MutexDeque* owner;
        explicit Popper(MutexDeque& queue) : owner(&queue) {}
        std::size_t pop(std::uint32_t* out, std::size_t max) {
            const std::lock_guard lock(owner->mutex);
            std::size_t count = 0;
            for (; count < max && !owner->queue.empty(); ++count) {
                out[count] = owner->queue.front();
                owner->queue.pop_front();
            }
            return count;
        }
    };
};

constexpr std::size_t batch = 32;

// Pushes 0 .. share-1 under the producer's number.
template <class Queue>
void push_share(Queue& queue, std::uint32_t producer, std::uint32_t share) {
    typename Queue::Pusher pusher(queue);
    for (std::uint32_t i = 0; i < share; ++i) {
        while (!pusher.push(producer << 24 | i))
            std::this_thread::yield();
    }
}

// What came out at one consumer.
struct Taken {
    std::uint64_t count = 0, sum = 0;
    bool in_order = true;  // of each producer, what it pushed first came first
};

// Pops until `left` says that all consumers together have everything.
template <class Queue>
Taken take(Queue& queue, std::uint32_t producers, std::atomic<std::int64_t>& left) {
    typename Queue::Popper popper(queue);
    std::vector<std::int64_t> last(producers, -1);
    Taken taken;
    std::uint32_t out[batch];
    while (left.load(std::memory_order_relaxed) > 0) {
        const std::size_t count = popper.pop(out, batch);
        for (std::size_t i = 0; i < count; ++i) {
            const std::int64_t number = out[i] & 0xffffff;
            std::int64_t& before = last[out[i] >> 24];
            taken.in_order &= before < number;
            before = number;
            taken.sum += out[i];
        }
        taken.count += count;
        if (count == 0) {
            std::this_thread::yield();
        } else {
            left.fetch_sub(static_cast<std::int64_t>(count), std::memory_order_relaxed);
        }
    }
    return taken;
}

// Hands `items` over from `producers` threads to `consumers`, this one among them. False: something
// was lost, doubled or out of a producer's order.
template <class Queue>
bool hand_over(Queue& queue, std::uint32_t producers, std::uint32_t consumers,
               std::uint32_t items) {
    const std::uint32_t share = items / producers;
    std::uint64_t sum = 0;
    for (std::uint64_t p = 0; p < producers; ++p)
        sum += share * (p << 24) + std::uint64_t{share} * (share - 1) / 2;
    std::atomic<std::int64_t> left{std::int64_t{share} * producers};
    std::vector<Taken> taken(consumers);
    std::vector<std::thread> threads;
    for (std::uint32_t p = 0; p < producers; ++p)
        threads.emplace_back([&queue, p, share] { push_share(queue, p, share); });
    for (std::uint32_t c = 1; c < consumers; ++c) {
        threads.emplace_back([&, c] { taken[c] = take(queue, producers, left); });
    }
    taken[0] = take(queue, producers, left);
    for (std::thread& thread : threads)
        thread.join();
    Taken all;
    for (const Taken& one : taken) {
        all.count += one.count;
        all.sum += one.sum;
        all.in_order &= one.in_order;
    }
    return all.in_order && all.count == std::uint64_t{share} * producers && all.sum == sum;
}

// `producers` threads to one, as relay, test and redeliver to a shard; or to two.
template <class Queue>
void between_threads(benchmark::State& state) {
    const auto producers = static_cast<std::uint32_t>(state.range(0));
    const auto consumers = static_cast<std::uint32_t>(state.range(1));
    const std::uint32_t items = std::getenv("ASSAY_BENCH_SMOKE") != nullptr ? 10'000 : 1'000'000;
    for (auto _ : state) {
        auto queue = std::make_unique<Queue>();
        if (!hand_over(*queue, producers, consumers, items)) {
            state.SkipWithError("lost, doubled or out of order");
            return;
        }
    }
    state.SetItemsProcessed(state.iterations() * items);
}

// Half a ring in, half a ring out, on one thread: what the operations cost without a fight.
template <class Queue>
void on_one_thread(benchmark::State& state) {
    auto queue = std::make_unique<Queue>();
    typename Queue::Pusher pusher(*queue);
    typename Queue::Popper popper(*queue);
    std::uint32_t out[batch];
    std::uint32_t next = 0;
    for (auto _ : state) {
        for (std::uint32_t i = 0; i < capacity / 2; ++i)
            if (!pusher.push(next + i)) return state.SkipWithError("full too early");
        for (std::uint32_t taken = 0; taken < capacity / 2;) {
            const std::size_t count = popper.pop(out, batch);
            if (count == 0 || out[0] != next + taken) return state.SkipWithError("wrong slot");
            taken += static_cast<std::uint32_t>(count);
        }
        next += capacity / 2;
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(capacity / 2));
}

#define TO_ONE_CONSUMER(queue)                \
    BENCHMARK_TEMPLATE(on_one_thread, queue); \
    BENCHMARK_TEMPLATE(between_threads, queue)->Args({1, 1})->Args({2, 1})->UseRealTime()
// Our ring has one consumer, a shard: here there are two of both.
#define TO_TWO_CONSUMERS(queue) \
    BENCHMARK_TEMPLATE(between_threads, queue)->Args({2, 2})->UseRealTime()
TO_ONE_CONSUMER(OwnRing);
TO_ONE_CONSUMER(OwnManyConsumers);
TO_ONE_CONSUMER(Moodycamel);
TO_ONE_CONSUMER(BoostLockfree);
TO_ONE_CONSUMER(TbbBounded);
TO_ONE_CONSUMER(MutexDeque);
TO_TWO_CONSUMERS(OwnRings);
TO_TWO_CONSUMERS(OwnManyConsumers);
TO_TWO_CONSUMERS(Moodycamel);
TO_TWO_CONSUMERS(BoostLockfree);
TO_TWO_CONSUMERS(TbbBounded);
TO_TWO_CONSUMERS(MutexDeque);

}  // namespace
}  // namespace assay::notify

BENCHMARK_MAIN();
