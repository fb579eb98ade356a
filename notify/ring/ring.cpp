// The ring: an array of places, each with a sequence number that says whose turn it is.
// SPDX-License-Identifier: MIT
#include "notify/ring/ring.hpp"

#include <atomic>
#include <cassert>

namespace assay::notify {
namespace {

// After D. Vyukov's bounded MPMC queue, with one consumer, and with the closing bit in the
// producers' counter. Positions count up for ever (2^63 of them); a position's place is its low
// bits. The place's sequence number tells its state for position p, with n places:
//
//     sequence == p        free: the producer that takes position p may fill it
//     sequence == p + 1    filled: the consumer may take it when it reaches p
//     sequence == p + n    emptied: free for position p + n, one lap later
//
//     producers                                      consumer
//     tail_ (CAS)  --->  [ p | p+1 | p+2 | ... ]  <---  head_ (its own)
//
// A producer finds `sequence < p` exactly when position p - n has not been consumed, that is when
// n slots are inside: full. No push that got its place can fail, and no place is filled twice
// before it is emptied: capacity is exactly n.

constexpr std::size_t line_bytes = 64;  // of a cache line
constexpr std::uint64_t closed_bit = std::uint64_t{1} << 63;

// Four places share a cache line. Giving each a line of its own made no difference that
// bench/ring_bench.cpp could tell from its noise, and would cost 256 KiB a ring instead of 64.
struct Place {
    std::atomic<std::uint64_t> sequence;
    Slot slot;  // written and read only by who holds the place
};
static_assert(sizeof(Place) == 16 && line_bytes % sizeof(Place) == 0);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace

struct Ring::Body {
    explicit Body(std::size_t slots) : mask(slots - 1), places(std::make_unique<Place[]>(slots)) {
        for (std::size_t i = 0; i < slots; ++i)
            places[i].sequence.store(i, std::memory_order_relaxed);  // nobody else sees it yet
    }

    // Read by all, written by none.
    alignas(line_bytes) const std::uint64_t mask;
    const std::unique_ptr<Place[]> places;
    // Written by producers.
    alignas(line_bytes) std::atomic<std::uint64_t> tail{0};  // next position; and the closed bit
    // Written by the consumer.
    alignas(line_bytes) std::atomic<std::uint64_t> head{0};  // next position
    alignas(line_bytes) std::atomic<bool> has_consumer{false};
};

Ring::Ring(std::size_t slots) : body_(std::make_unique<Body>(slots)) {
    assert(slots >= 2 && (slots & (slots - 1)) == 0);
    assert(slots <= std::size_t{1} << 31);
    static_assert(alignof(Body) == line_bytes && sizeof(Body) == 4 * line_bytes,
                  "producers and consumer write to lines of their own");
}

Ring::~Ring() = default;

bool Ring::Producer::try_push(Slot slot) noexcept {
    Body& body = *ring_->body_;
    // Relaxed: the number is only a guess until the CAS confirms it.
    std::uint64_t position = body.tail.load(std::memory_order_relaxed);
    while (true) {
        if ((position & closed_bit) != 0) return false;
        Place& place = body.places[position & body.mask];
        // Acquire, with the consumer's release in try_pop_many: its read of the old slot comes
        // before our write of the new one.
        const std::uint64_t sequence = place.sequence.load(std::memory_order_acquire);
        if (sequence == position) {
            // Relaxed: taking the position publishes nothing; the place's sequence does. It fails
            // too when the closed bit has come in between: no push gets in behind close().
            if (body.tail.compare_exchange_weak(position, position + 1, std::memory_order_relaxed,
                                                std::memory_order_relaxed)) {
                place.slot = slot;
                // Release: the consumer that sees p + 1 sees the slot, and whatever this thread
                // wrote into the pool behind it.
                place.sequence.store(position + 1, std::memory_order_release);
                return true;
            }
            // Another producer was faster, or the CAS failed spuriously: `position` is fresh.
        } else if (sequence < position) {
            // As far as this thread can see, the place of n positions ago has not been emptied.
            // The tail cannot have moved on from `position` either, since nobody can take it: full.
            return false;
        } else {
            position = body.tail.load(std::memory_order_relaxed);  // others have moved on
        }
    }
}

std::size_t Ring::Consumer::try_pop_many(Slot* out, std::size_t max) noexcept {
    Body& body = *ring_->body_;
    // Relaxed: only this thread writes it.
    std::uint64_t position = body.head.load(std::memory_order_relaxed);
    std::size_t count = 0;
    for (; count < max; ++count, ++position) {
        Place& place = body.places[position & body.mask];
        // Acquire, with the producer's release: the slot and the pool entry behind it are visible.
        if (place.sequence.load(std::memory_order_acquire) != position + 1) break;
        out[count] = place.slot;
        // Release: the producer of the next lap that sees this number writes after our read.
        place.sequence.store(position + body.mask + 1, std::memory_order_release);
    }
    // Release, with drained() and size_approximate(): who sees the new head sees nothing older.
    if (count > 0) body.head.store(position, std::memory_order_release);
    return count;
}

std::optional<Slot> Ring::Consumer::try_pop() noexcept {
    Slot slot;
    if (try_pop_many(&slot, 1) == 0) return std::nullopt;
    return slot;
}

Ring::Producer Ring::producer() {
    return Producer(*this);
}

Ring::Consumer Ring::consumer() {
    [[maybe_unused]] const bool taken =
        body_->has_consumer.exchange(true, std::memory_order_relaxed);
    assert(!taken);
    return Consumer(*this);
}

void Ring::close() noexcept {
    // Acquire and release, so that who closes also sees what was pushed before and shows what it
    // did before closing; the bit itself would need neither.
    body_->tail.fetch_or(closed_bit, std::memory_order_acq_rel);
}

bool Ring::closed() const noexcept {
    return (body_->tail.load(std::memory_order_acquire) & closed_bit) != 0;
}

bool Ring::drained() const noexcept {
    // Once the bit is set the tail stands still, so the order of the two reads does not matter.
    const std::uint64_t tail = body_->tail.load(std::memory_order_acquire);
    return (tail & closed_bit) != 0 &&
           body_->head.load(std::memory_order_acquire) == (tail & ~closed_bit);
}

std::size_t Ring::size_approximate() const noexcept {
    // Head first: read the other way round, pops in between could take it below zero.
    const std::uint64_t head = body_->head.load(std::memory_order_acquire);
    const std::uint64_t tail = body_->tail.load(std::memory_order_acquire) & ~closed_bit;
    const std::uint64_t size = tail - head;
    return size > capacity() ? capacity() : static_cast<std::size_t>(size);
}

std::size_t Ring::capacity() const noexcept {
    return static_cast<std::size_t>(body_->mask + 1);
}

}  // namespace assay::notify
