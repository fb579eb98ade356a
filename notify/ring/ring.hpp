// The bounded lock-free ring of slot numbers between the relay and one dispatch shard.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace assay::notify {

// Index into a fixed pool of slots that producers and consumer share.
enum class Slot : std::uint32_t {};

// Many producers, one consumer, a fixed number of places. Never blocks, drops or allocates after
// construction; full is an answer. What one producer pushes comes out in its order.
//
// Thread safety: a Producer belongs to one thread, any number of them may push at once; the
// Consumer belongs to one thread; close(), closed(), drained(), size_approximate() and capacity()
// may be called from any.
//
// Progress: a push is lock-free: of the producers that compete for a place one always wins, and a
// push to a full or closed ring returns at once. A pop is wait-free. The limit of both: a producer
// that is suspended between taking its place and filling it hides what others pushed behind it
// from the consumer until it runs again; nobody waits for it, and pushes go on until the ring is
// full. (ring.cpp has the argument.)
//
// close() refuses every push from then on, exactly: a push that returned true before, or that
// overlaps and returns true, is inside and comes out.
class Ring {
  public:
    explicit Ring(std::size_t slots);  // a power of two, 2 .. 2^31
    ~Ring();
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    // One per producing thread; cheap to make and copy; the ring outlives it.
    class Producer {
      public:
        // False: full or closed; closed() tells which.
        bool try_push(Slot slot) noexcept;

      private:
        friend class Ring;
        explicit Producer(Ring& ring) : ring_(&ring) {}
        Ring* ring_;
    };
    // Exactly one: asking for a second is a bug of ours.
    class Consumer {
      public:
        std::optional<Slot> try_pop() noexcept;
        // Writes up to `max` slots to `out`, oldest first, and gives their number.
        std::size_t try_pop_many(Slot* out, std::size_t max) noexcept;

      private:
        friend class Ring;
        explicit Consumer(Ring& ring) : ring_(&ring) {}
        Ring* ring_;
    };
    Producer producer();
    Consumer consumer();

    void close() noexcept;
    bool closed() const noexcept;
    // Closed, and every slot that went in has come out: nothing will ever come again.
    bool drained() const noexcept;
    // Exact while nobody pushes or pops; else a value it had in between, or one off per thread.
    std::size_t size_approximate() const noexcept;
    std::size_t capacity() const noexcept;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
