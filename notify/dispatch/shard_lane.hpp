// What a shard knows of one endpoint: its queue and its health (private to the shard).
// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "notify/delivery/live_box.hpp"
#include "notify/dispatch/shard_core.hpp"
#include "notify/retry/send_rate.hpp"

namespace assay::notify {

struct ShardCore::Lane {
    EndpointId id;
    std::shared_ptr<const Endpoint> endpoint;  // null: gone or switched off
    RetryPolicy policy;
    bool keeps_response = true;  // else its text is dropped unseen
    std::size_t cap = 1;         // requests under way, when it is healthy
    std::deque<Job*> ready;
    LiveBox live{0};            // events of the moment; not among the held
    bool live_next = false;     // they and the others take turns
    std::size_t held = 0;       // jobs in whatever state
    std::size_t held_rows = 0;  // those of them that have a row
    std::size_t in_flight = 0;
    int failures = 0;    // attempts failed in a row
    SteadyTime heard{};  // when it last answered, or was first called
    std::optional<SteadyTime> rows_due;
    bool rows_parked = false;  // rows are due but there is no room: woken by the lane's own sends
    bool has_turn = false;     // stands in turns_ or doubtful_turns_
    bool trusted = false;      // its last answer was quick; not so before the first
    bool listened = false;     // stands in listening_
    bool paused = false;       // to be switched off as soon as that is durable
    SendRate rate;
    // Grows by one with each success after it was careful; 0: all of `cap`.
    std::size_t regained = 0;
    int rests = 0;            // in a row
    SteadyTime rest_began{};  // failures of what was sent before say nothing new
    std::optional<SteadyTime> rests_until;
    bool keeps_old_secret = false;  // as long as its grace lasts; else the new one holds at once
    EndpointHealth health;
    SteadyTime failing_from{};  // health.failing_since by a clock that does not jump
};

}  // namespace assay::notify
