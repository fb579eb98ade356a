// Who listens to the progress of which batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/engine.hpp"

namespace assay::engine {

// Thread safety: subscribe() and the end of a subscription on any thread, also inside a listener;
// publish() on the writer's thread only, so listeners hear in commit order. Nothing is heard after
// a subscription has ended.
class ProgressHub {
  public:
    std::shared_ptr<void> subscribe(const BatchId& batch, Engine::ProgressListener listener);
    void publish(const BatchId& batch, BatchStatus status, const ProductCounts& counts);

  private:
    struct Slot {
        std::recursive_mutex mutex;  // recursive: a listener may end its own subscription
        Engine::ProgressListener listener;
    };
    struct Table {
        std::mutex mutex;
        std::unordered_multimap<BatchId, std::shared_ptr<Slot>> slots;
    };
    // Shared with the handles, which may outlive the engine.
    std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

}  // namespace assay::engine
