// Whose turn it is to send: fair among those that answer, sparing with those that may not.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>

#include "notify/dispatch/shard_core.hpp"
#include "notify/dispatch/shard_lane.hpp"

namespace assay::notify {

using std::chrono::milliseconds;

bool ShardCore::may_send(const Lane& lane) const noexcept {
    if (!lane.endpoint || lane.paused || lane.rests_until) return false;
    if (lane.ready.empty() && lane.live.empty()) return false;
    // One that may not answer at all shares what such endpoints have: one each when it runs short.
    const bool short_of =
        !lane.trusted && 2 * doubtful_in_flight_ >= limits_.in_flight_doubtful_max;
    return lane.in_flight < (short_of ? 1 : cap_of(lane));
}

// An endpoint that keeps failing is asked with one request at a time until it answers well, and
// then, so that what gathered meanwhile does not fall upon it at once, with one more per success.
std::size_t ShardCore::cap_of(const Lane& lane) const noexcept {
    if (lane.failures >= limits_.failures_until_careful) return 1;
    return lane.regained == 0 ? lane.cap : std::min(lane.regained, lane.cap);
}

void ShardCore::rest_until(Lane& lane, SteadyTime until) {
    if (lane.rests_until) resting_.erase({*lane.rests_until, &lane});
    lane.rests_until = until;
    resting_.insert({until, &lane});
}

void ShardCore::wake_rested(SteadyTime now) {
    while (!resting_.empty() && resting_.begin()->first <= now) {
        Lane& lane = *resting_.begin()->second;
        resting_.erase(resting_.begin());
        lane.rests_until.reset();
        offer(lane);
    }
}

// What an outcome says about how fast and how many at a time the endpoint may be called.
void ShardCore::learn(Lane& lane, const Job& job, const Outcome& outcome, bool delivered, Now now) {
    if (delivered) {
        if (lane.failures >= limits_.failures_until_careful) {
            lane.regained = 1;
        } else if (lane.regained > 0 && ++lane.regained >= lane.cap) {
            lane.regained = 0;
        }
        lane.failures = 0;
        lane.rests = 0;
        lane.rate.succeeded(now.steady);
        // What was left of a rest was for one that fails.
        if (lane.rests_until && lane.rate.next() < *lane.rests_until) {
            rest_until(lane, std::max(lane.rate.next(), now.steady));
        }
        return;
    }
    ++lane.failures;
    if (has_status(outcome.kind) && outcome.status == 429) {
        lane.rate.throttled(job.sent, now.steady);
        if (lane.rate.next() > now.steady) rest_until(lane, lane.rate.next());
    }
    if (lane.failures < limits_.failures_until_careful) return;
    if (lane.rests > 0 && job.sent < lane.rest_began) return;
    const milliseconds rest =
        std::min(limits_.rest_first * (1 << std::min(lane.rests, 16)), limits_.rest_max);
    ++lane.rests;
    lane.rest_began = now.steady;
    rest_until(lane, std::max(now.steady + rest, lane.rate.next()));
}

bool ShardCore::doubtful_budget_is_spent() const noexcept {
    return doubtful_in_flight_ >= limits_.in_flight_doubtful_max;
}

bool ShardCore::has_room_for_rows(const Lane& lane) const noexcept {
    return lane.ready.size() * 2 <= limits_.queued_when_slow_max;
}

bool ShardCore::is_slow(const Lane& lane, SteadyTime now) const noexcept {
    if (lane.failures >= limits_.failures_until_careful) return true;
    if (!lane.trusted && lane.in_flight == 0 && doubtful_budget_is_spent()) return true;
    return lane.in_flight > 0 && now - lane.heard > limits_.silence_until_slow;
}

bool ShardCore::is_full(const Lane& lane, SteadyTime now) const noexcept {
    return lane.ready.size() >=
           (is_slow(lane, now) ? limits_.queued_when_slow_max : limits_.queued_per_endpoint_max);
}

void ShardCore::offer(Lane& lane) {
    if (lane.has_turn || !may_send(lane)) return;
    lane.has_turn = true;
    (lane.trusted ? turns_ : doubtful_turns_).push_back(&lane);
}

// Silent endpoints must not hold all requests that may be under way: each would for as long as an
// attempt may take, while those that answer stand behind them.
ShardCore::Lane* ShardCore::next_turn() {
    for (;;) {
        const bool doubtful = !doubtful_turns_.empty() && !doubtful_budget_is_spent() &&
                              (turns_.empty() || doubtful_next_);
        if (!doubtful && turns_.empty()) return nullptr;
        doubtful_next_ = !doubtful;
        std::deque<Lane*>& from = doubtful ? doubtful_turns_ : turns_;
        Lane& lane = *from.front();
        from.pop_front();
        if (doubtful || lane.trusted) {
            lane.has_turn = false;
            return &lane;
        }
        doubtful_turns_.push_back(&lane);  // lost its trust while it stood here
    }
}

void ShardCore::began(Lane& lane) noexcept {
    ++lane.in_flight;
    ++in_flight_;
    if (!lane.trusted) ++doubtful_in_flight_;
}

void ShardCore::ended(Lane& lane) noexcept {
    assert(lane.in_flight > 0 && in_flight_ > 0);
    --lane.in_flight;
    --in_flight_;
    if (!lane.trusted) --doubtful_in_flight_;
}

void ShardCore::set_trusted(Lane& lane, bool trusted) {
    if (lane.trusted == trusted) return;
    lane.trusted = trusted;
    if (!trusted) {
        doubtful_in_flight_ += lane.in_flight;
        return;
    }
    assert(doubtful_in_flight_ >= lane.in_flight);
    doubtful_in_flight_ -= lane.in_flight;
    if (lane.has_turn && std::erase(doubtful_turns_, &lane) > 0) turns_.push_back(&lane);
}

// Each trusted lane with requests under way is looked at about once a second.
void ShardCore::notice_silence(SteadyTime now) {
    while (!listening_.empty() && listening_.begin()->first <= now) {
        Lane& lane = *listening_.begin()->second;
        listening_.erase(listening_.begin());
        lane.listened = false;
        if (lane.in_flight == 0 || !lane.trusted) continue;
        const SteadyTime again = lane.heard + limits_.silence_until_slow;
        if (again <= now) {
            set_trusted(lane, false);
        } else {
            lane.listened = true;
            listening_.insert({again, &lane});
        }
    }
}

}  // namespace assay::notify
