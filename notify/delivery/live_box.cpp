// Keeps the newest of what happens.
// SPDX-License-Identifier: MIT
#include "notify/delivery/live_box.hpp"

#include <algorithm>

namespace assay::notify {

bool LiveBox::put(LiveMessage message) {
    if (message.event->type == engine::event_type::batch_progress) {
        const auto older =
            std::find_if(waiting_.begin(), waiting_.end(), [&](const LiveMessage& one) {
                return one.event->batch == message.event->batch &&
                       one.event->type == message.event->type &&
                       one.delivery.wire_type == message.delivery.wire_type;
            });
        if (older != waiting_.end()) {
            *older = std::move(message);
            return true;
        }
    }
    const bool fits = waiting_.size() < max_;
    if (!fits) waiting_.pop_front();
    waiting_.push_back(std::move(message));
    return fits;
}

std::optional<LiveMessage> LiveBox::take() {
    if (waiting_.empty()) return std::nullopt;
    LiveMessage oldest = std::move(waiting_.front());
    waiting_.pop_front();
    return oldest;
}

void LiveBox::drop(const BatchId& batch) {
    std::erase_if(waiting_, [&](const LiveMessage& one) { return one.event->batch == batch; });
}

void EndedBatches::add(const BatchId& batch) {
    if (!known_.insert(batch).second) return;
    order_.push_back(batch);
    if (order_.size() <= max_) return;
    known_.erase(order_.front());
    order_.pop_front();
}

}  // namespace assay::notify
