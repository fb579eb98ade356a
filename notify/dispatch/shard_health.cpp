// What an outcome says of its endpoint's health, and whom to tell.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "notify/dispatch/operational_event.hpp"
#include "notify/dispatch/shard_core.hpp"
#include "notify/dispatch/shard_lane.hpp"

namespace assay::notify {

using std::chrono::milliseconds;

void ShardCore::remember(const EndpointId& endpoint, const EndpointHealth& health, Now now) {
    Lane& lane = lane_of(endpoint);
    lane.health = health;
    if (!health.failing_since) return;
    // From here on the clock that does not jump counts.
    const milliseconds past = std::max(now.wall - *health.failing_since, milliseconds(0));
    lane.failing_from = now.steady - past;
}

void ShardCore::judge_health(Lane& lane, const Decision& decision, Now now, LogEntry& entry) {
    const Outcome& outcome = entry.record->outcome;
    const EndpointHealth before = lane.health;
    const milliseconds failing_for =
        before.failing_since
            ? std::chrono::duration_cast<milliseconds>(now.steady - lane.failing_from)
            : milliseconds(0);
    HealthChange change =
        health_after(before, decision, outcome, failing_for,
                     lane.policy.failing_disables ? limits_.disable_after : milliseconds(0));
    if (change.health != before) entry.health = change.health;
    lane.health = change.health;
    if (!before.failing_since) lane.failing_from = now.steady;
    if (lane.paused) change.disable = false;  // the answers behind the one that switched it off
    entry.disable_endpoint = change.disable;
    const Delivery& delivery = entry.delivery;
    if (entry.status == DeliveryStatus::failed && !is_operational(delivery.event_type)) {
        entry.events.push_back(exhausted_event(entry, change.health));
    }
    if (change.disable) {
        entry.events.push_back(disabled_event(delivery.endpoint, change.health, change.reason));
    } else if (change.recovered) {
        entry.events.push_back(
            recovered_event(delivery.endpoint, before, change.reason, delivery.id));
    }
}

}  // namespace assay::notify
