// What happens at this moment, on its way to receivers: the newest of each kind, bounded,
// forgettable.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_set>

#include "engine/base/ids.hpp"
#include "engine/event/event.hpp"
#include "notify/delivery/delivery.hpp"

namespace assay::notify {

// Of an event that the log does not keep: sent at most once, never written down, without a sequence
// number.
inline bool is_live(const Delivery& delivery) noexcept {
    return delivery.event == engine::live_seq;
}

struct LiveMessage {
    std::shared_ptr<const engine::Event> event;
    Delivery delivery;  // of one endpoint; not yet made on the way to the relay
};

// A queue in which a batch.progress takes the place of the one before it of the same batch (and
// wire type), and the oldest message gives way when `max` are there. A plain value; not
// thread-safe.
class LiveBox {
  public:
    explicit LiveBox(std::size_t max) : max_(max) {}

    // False: an older one was dropped for it.
    bool put(LiveMessage message);
    std::optional<LiveMessage> take();  // the oldest
    // The batch has ended: nothing of it is news any more.
    void drop(const BatchId& batch);
    void clear() noexcept { waiting_.clear(); }
    bool empty() const noexcept { return waiting_.empty(); }
    std::size_t size() const noexcept { return waiting_.size(); }

  private:
    std::size_t max_;
    std::deque<LiveMessage> waiting_;
};

// The batches that ended last: what is heard of them afterwards is no news. Not thread-safe.
class EndedBatches {
  public:
    explicit EndedBatches(std::size_t max) : max_(max) {}

    void add(const BatchId& batch);
    bool contains(const BatchId& batch) const { return known_.contains(batch); }

  private:
    std::size_t max_;
    std::deque<BatchId> order_;
    std::unordered_set<BatchId> known_;
};

}  // namespace assay::notify
