// Who listens: asked where an event is made only for those that want it, and told of the moment.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/base/ids.hpp"
#include "engine/event/event.hpp"

namespace assay::engine {

// Declared here and implemented by who knows the subscriptions. Thread safety: any thread, the
// writer's and its jobs included: must not block, throw or call back into the store or the engine.
class Audience {
  public:
    virtual ~Audience() = default;
    // Whether an active endpoint of the tenant gets events of this canonical type, as things are.
    virtual bool wants(const TenantId& tenant, std::string_view type) const noexcept = 0;
    // An event of the moment (seq is live_seq), made only where wants() said so. Nothing keeps it:
    // it goes out at most once, and gives way to a newer one of its kind.
    virtual void happens(Event event) noexcept = 0;
};

}  // namespace assay::engine
