// Keeps listeners by batch and calls them outside its own lock.
// SPDX-License-Identifier: MIT
#include "engine/progress_hub.hpp"

#include "engine/progress/tally.hpp"

namespace assay::engine {

std::shared_ptr<void> ProgressHub::subscribe(const BatchId& batch,
                                             Engine::ProgressListener listener) {
    auto slot = std::make_shared<Slot>();
    slot->listener = std::move(listener);
    {
        const std::lock_guard lock(table_->mutex);
        table_->slots.emplace(batch, slot);
    }
    const auto end = [table = table_, batch](Slot* ended) {
        {
            const std::lock_guard lock(ended->mutex);  // waits for a call that is under way
            ended->listener = nullptr;
        }
        const std::lock_guard lock(table->mutex);
        const auto [first, last] = table->slots.equal_range(batch);
        for (auto at = first; at != last; ++at) {
            if (at->second.get() != ended) continue;
            table->slots.erase(at);
            break;
        }
    };
    // The handle's deleter holds the slot, so that it outlives its entry in the table.
    return {slot.get(), [end, slot](Slot* ended) { end(ended); }};
}

void ProgressHub::publish(const BatchId& batch, BatchStatus status, const ProductCounts& counts) {
    std::vector<std::shared_ptr<Slot>> heard;
    {
        const std::lock_guard lock(table_->mutex);
        const auto [first, last] = table_->slots.equal_range(batch);
        for (auto at = first; at != last; ++at)
            heard.push_back(at->second);
    }
    if (heard.empty()) return;
    const Progress progress{batch, status, counts, progress_percent(counts)};
    for (const auto& slot : heard) {
        const std::lock_guard lock(slot->mutex);
        if (!slot->listener) continue;
        const auto listener = slot->listener;  // it may end itself while it runs
        listener(progress);
    }
}

}  // namespace assay::engine
