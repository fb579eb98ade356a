// The decisions of a shard.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/shard_core.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "engine/base/hash.hpp"
#include "notify/dispatch/shard_lane.hpp"
#include "notify/profile/profile.hpp"
#include "notify/retry/attempt.hpp"

namespace assay::notify {

using std::chrono::milliseconds;

namespace {

// How many rows one Load brings beyond what is in memory already.
constexpr std::size_t load_rows = 256;
// Kept for the next deliveries; more than come and go within a turn of the loop.
constexpr std::size_t spare_jobs_max = 1'024;

SteadyTime steady_due(TimePoint due, Now now) noexcept {
    // Rows may hold any time; the sum must stay representable.
    const auto wait =
        std::clamp<milliseconds>(due - now.wall, milliseconds(0), std::chrono::hours(24 * 365));
    return now.steady + wait;
}

DeliveryStatus status_after(NextStep step) noexcept {
    switch (step) {
        case NextStep::delivered:
            return DeliveryStatus::delivered;
        case NextStep::wait:
            return DeliveryStatus::pending;
        case NextStep::exhausted:
        case NextStep::permanent:
            break;
    }
    return DeliveryStatus::failed;
}

}  // namespace

ShardCore::ShardCore(const ShardLimits& limits)
    : limits_(limits), snapshot_(std::make_shared<EndpointSnapshot>()) {
    assert(limits_.in_flight_max > 0 && limits_.queued_when_slow_max > 1);
}
ShardCore::~ShardCore() = default;

// Takes the endpoint's settings over; none, where its profile is unknown.
void ShardCore::adopt(Lane& lane, const std::shared_ptr<const Endpoint>& endpoint) {
    const Profile* const profile = snapshot_->profiles->find(endpoint->profile);
    lane.endpoint = profile != nullptr ? endpoint : nullptr;
    if (profile == nullptr) return;
    lane.policy = effective_retry(*profile, *endpoint);
    lane.keeps_response = profile->keeps_response;
    lane.cap = std::max<std::size_t>(
        1, endpoint->overrides.max_in_flight.value_or(limits_.endpoint_in_flight));
    lane.rate.set_ceiling(endpoint->overrides.rate_limit);
    lane.keeps_old_secret = profile->old_secret_last;
}

ShardCore::Lane& ShardCore::lane_of(const EndpointId& endpoint) {
    std::unique_ptr<Lane>& lane = lanes_[endpoint];
    if (lane) return *lane;
    lane = std::make_unique<Lane>();
    lane->id = endpoint;
    lane->live = LiveBox(limits_.live_max);
    const auto known = snapshot_->by_id.find(endpoint);
    if (known != snapshot_->by_id.end() && known->second->active) {
        adopt(*lane, known->second);
    }
    return *lane;
}

void ShardCore::set_endpoints(std::shared_ptr<const EndpointSnapshot> snapshot, Now /*now*/,
                              Actions& out) {
    snapshot_ = std::move(snapshot);
    for (auto entry = lanes_.begin(); entry != lanes_.end();) {
        Lane& lane = *entry->second;
        const auto known = snapshot_->by_id.find(lane.id);
        const bool live = known != snapshot_->by_id.end() && known->second->active;
        if (live && known->second == lane.endpoint) {
            ++entry;
            continue;
        }
        if (lane.endpoint && (!live || known->second->url != lane.endpoint->url)) {
            out.push_back(Forget{lane.endpoint->url});
        }
        if (live) {
            if (!lane.endpoint) lane.health = health_when_enabled(lane.health);
            adopt(lane, known->second);
            lane.paused = false;
            offer(lane);
        } else {
            close_lane(lane, out);
        }
        if (!lane.endpoint && lane.held == 0) {
            std::erase_if(listening_, [&](const auto& heard) { return heard.second == &lane; });
            if (lane.rests_until) resting_.erase({*lane.rests_until, &lane});
            entry = lanes_.erase(entry);
        } else {
            ++entry;
        }
    }
}

// What waits for an endpoint that is gone is cancelled; what is under way ends by itself.
void ShardCore::close_lane(Lane& lane, Actions& out) {
    lane.endpoint.reset();
    lane.ready.clear();
    lane.live.clear();
    rows_due(lane, std::nullopt);
    std::erase(turns_, &lane);
    std::erase(doubtful_turns_, &lane);
    lane.has_turn = false;
    std::vector<Job*> jobs;
    for (auto& [id, job] : jobs_) {
        if (job.lane == &lane) jobs.push_back(&job);
    }
    for (Job* const job : jobs) {
        if (job->state == State::waiting) waiting_.erase({job->due, job});
        if (job->state == State::waiting || job->state == State::ready) cancel(*job, out);
    }
}

void ShardCore::add(Delivery delivery, std::shared_ptr<const engine::Event> event, Now now,
                    Actions& out) {
    Lane& lane = lane_of(delivery.endpoint);
    if (is_live(delivery)) return add_live(lane, std::move(delivery), std::move(event));
    if (event && event->batch && engine::is_terminal(event->type)) lane.live.drop(*event->batch);
    Job* const job = hold(lane, std::move(delivery), std::move(event));
    assert(job != nullptr);
    if (job == nullptr) return;
    if (!lane.endpoint) return cancel(*job, out);
    if (is_full(lane, now.steady)) return spill(*job, now.steady, out);
    enqueue(*job);
}

ShardCore::Job* ShardCore::hold(Lane& lane, Delivery&& delivery,
                                std::shared_ptr<const engine::Event> event) {
    Jobs::iterator place;
    bool fresh = false;
    if (spare_jobs_.empty()) {
        std::tie(place, fresh) = jobs_.try_emplace(delivery.id);
    } else {
        Jobs::node_type spare = std::move(spare_jobs_.back());
        spare_jobs_.pop_back();
        spare.key() = delivery.id;
        auto inserted = jobs_.insert(std::move(spare));
        place = inserted.position;
        fresh = inserted.inserted;
        if (!fresh) spare_jobs_.push_back(std::move(inserted.node));
    }
    if (!fresh) return nullptr;
    Job& job = place->second;
    job.id = &place->first;
    job.delivery = std::move(delivery);
    job.event = std::move(event);
    job.lane = &lane;
    ++lane.held;
    return &job;
}

void ShardCore::add_live(Lane& lane, Delivery delivery,
                         std::shared_ptr<const engine::Event> event) {
    if (!lane.endpoint) return;
    lane.live.put({std::move(event), std::move(delivery)});
    offer(lane);
}

void ShardCore::rows_wait(const EndpointId& endpoint, TimePoint due, Now now) {
    Lane& lane = lane_of(endpoint);
    const SteadyTime at = steady_due(due, now);
    if (!lane.rows_due || at < *lane.rows_due) rows_due(lane, at);
}

void ShardCore::loaded(const EndpointId& endpoint, DeliverySource::DueRows rows, Now now) {
    Lane& lane = lane_of(endpoint);
    if (!lane.endpoint) return;
    bool any_fresh = false;
    for (Delivery& row : rows.rows) {
        Job* const job = hold(lane, std::move(row), nullptr);
        if (job == nullptr) continue;  // in memory already: its row has not heard the latest yet
        any_fresh = true;
        job->has_row = true;
        ++lane.held_rows;
        enqueue(*job);
    }
    if (!rows.next) return;
    if (!any_fresh && *rows.next <= now.wall) {
        // Asking again at once would bring the same rows until their outcomes are recorded.
        rows_due(lane, now.steady + limits_.stale_rows_retry);
        return;
    }
    rows_wait(endpoint, *rows.next, now);
}

void ShardCore::load_failed(const EndpointId& endpoint, Now now) {
    rows_due(lane_of(endpoint), now.steady + limits_.store_retry);
}

// --- sending

void ShardCore::enqueue(Job& job) {
    job.state = State::ready;
    job.lane->ready.push_back(&job);
    offer(*job.lane);
}

void ShardCore::wait(Job& job, SteadyTime due) {
    job.state = State::waiting;
    job.due = due;
    job.event.reset();  // read again when it is due
    waiting_.insert({due, &job});
}

void ShardCore::rows_due(Lane& lane, std::optional<SteadyTime> due) {
    if (lane.rows_due) rows_waiting_.erase({*lane.rows_due, &lane});
    lane.rows_due = due;
    lane.rows_parked = false;
    if (due) rows_waiting_.insert({*due, &lane});
}

void ShardCore::poll(Now now, Actions& out) {
    while (!waiting_.empty() && waiting_.begin()->first <= now.steady) {
        Job& job = *waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        enqueue(job);
    }
    if (stopping_) return;
    wake_rested(now.steady);
    notice_silence(now.steady);
    while (!rows_waiting_.empty() && rows_waiting_.begin()->first <= now.steady) {
        Lane& lane = *rows_waiting_.begin()->second;
        if (!has_room_for_rows(lane)) {
            rows_waiting_.erase(rows_waiting_.begin());
            lane.rows_parked = true;
            continue;
        }
        rows_due(lane, std::nullopt);
        if (lane.endpoint) out.push_back(Load{lane.id, now.wall, lane.held_rows + load_rows});
    }
    while (in_flight_ < limits_.in_flight_max &&
           unrecorded_ + in_flight_ < limits_.unrecorded_max) {
        Lane* const turn = next_turn();
        if (turn == nullptr) break;
        Lane& lane = *turn;
        if (!may_send(lane)) continue;
        Job* const next = next_job(lane);
        if (next == nullptr) continue;
        Job& job = *next;
        if (lane.rows_parked && has_room_for_rows(lane)) rows_due(lane, lane.rows_due);
        job.state = State::in_flight;
        job.sent = now.steady;
        if (lane.in_flight == 0) lane.heard = now.steady;
        began(lane);
        lane.rate.sent(now.steady);
        if (lane.rate.next() > now.steady) rest_until(lane, lane.rate.next());
        if (lane.trusted && !lane.listened) {
            lane.listened = true;
            listening_.insert({lane.heard + limits_.silence_until_slow, &lane});
        }
        out.push_back(Send{&job, lane.endpoint});
        offer(lane);
    }
}

// What waits and what is of the moment take turns. Null: the moment has been seen already.
ShardCore::Job* ShardCore::next_job(Lane& lane) {
    const bool live = !lane.live.empty() && (lane.ready.empty() || lane.live_next);
    lane.live_next = !live;
    if (!live) {
        Job* const job = lane.ready.front();
        lane.ready.pop_front();
        return job;
    }
    std::optional<LiveMessage> message = lane.live.take();
    Job* const job = hold(lane, std::move(message->delivery), std::move(message->event));
    assert(job != nullptr);  // each event of the moment has an id of its own
    return job;
}

std::optional<SteadyTime> ShardCore::next_due() const noexcept {
    std::optional<SteadyTime> due;
    if (!waiting_.empty()) due = waiting_.begin()->first;
    if (!rows_waiting_.empty() && (!due || rows_waiting_.begin()->first < *due)) {
        due = rows_waiting_.begin()->first;
    }
    if (!resting_.empty() && (!due || resting_.begin()->first < *due)) {
        due = resting_.begin()->first;
    }
    return stopping_ ? std::nullopt : due;
}

// --- outcomes

AttemptFacts ShardCore::facts_of(const Job& job, BodyVariant body, TimePoint now) const noexcept {
    const Lane& lane = *job.lane;
    AttemptFacts facts;
    facts.body = body;
    facts.rotating =
        lane.keeps_old_secret && lane.endpoint && old_secret_holds(*lane.endpoint, now);
    facts.is_probe = job.is_probe;
    return facts;
}

void ShardCore::answered(Job& job, Outcome outcome, Now now, Actions& out) {
    assert(job.state == State::in_flight);
    Lane& lane = *job.lane;
    ended(lane);
    lane.heard = now.steady;
    Delivery& delivery = job.delivery;
    if (outcome.kind == OutcomeKind::aborted) {  // no fault of the receiver: not counted
        if (is_live(delivery)) return forget(job);
        if (!lane.endpoint) return cancel(job, out);
        wait(job, now.steady + limits_.local_retry);
        offer(lane);
        return;
    }
    set_trusted(lane, now.steady - job.sent <= limits_.silence_until_slow);
    if (is_live(delivery)) {  // a sign of how the endpoint is, and no more
        learn(lane, job, outcome, decide(lane.policy, 1, outcome, 0).step == NextStep::delivered,
              now);
        return forget(job);
    }
    if (!lane.keeps_response) outcome.response_text.clear();
    (job.body.variant == BodyVariant::thin ? delivery.thin_hash : delivery.body_hash) =
        job.body.hash;
    const int attempt = delivery.attempts + 1;
    const Decision decision = decide(lane.policy, attempt, outcome, hash64(delivery.id.text()),
                                     facts_of(job, job.body.variant, now.wall));
    const bool counts = decision.step != NextStep::wait || decision.next_attempt > attempt;
    ++(counts ? delivery.attempts : delivery.earlier_attempts);
    DeliveryStatus status = status_after(decision.step);
    const bool delivered = status == DeliveryStatus::delivered;
    ++(delivered ? delivered_ : failed_attempts_);
    learn(lane, job, outcome, delivered, now);
    const bool cancelled = status == DeliveryStatus::pending && !lane.endpoint;
    if (cancelled) status = DeliveryStatus::cancelled;
    const bool again = status == DeliveryStatus::pending;
    if (again) delivery.due = decision.due;
    LogEntry& entry = log(job, status, again ? AfterRecord::wait : AfterRecord::done, out);
    AttemptRecord& record = entry.record.emplace();
    record.delivery = *job.id;
    record.number = entry.delivery.earlier_attempts + entry.delivery.attempts;
    record.outcome = std::move(outcome);
    record.success = delivered;
    record.rotation_probe = job.is_probe;
    record.why_next = decision.why;
    if (cancelled) record.why_next += "; cancelled: endpoint_inactive";
    if (again) record.next = decision.due;
    job.is_probe = decision.probe;
    entry.switch_to_thin = decision.switch_to_thin;
    // When its time is over the old secret goes with the next outcome.
    entry.ends_grace = decision.ends_grace || (lane.endpoint && lane.endpoint->old_secret &&
                                               !old_secret_holds(*lane.endpoint, now.wall));
    judge_health(lane, decision, now, entry);
    if (entry.disable_endpoint) lane.paused = true;
    offer(lane);
}

void ShardCore::not_sent(Job& job, const Error& error, Now now, Actions& out) {
    assert(job.state == State::in_flight);
    if (is_live(job.delivery)) {
        ended(*job.lane);
        return forget(job);
    }
    if (is_retryable(error.code) || error.code == ErrorCode::unavailable ||
        error.code == ErrorCode::io_error || error.code == ErrorCode::busy) {
        ended(*job.lane);
        if (!job.lane->endpoint) return cancel(job, out);
        wait(job, now.steady + limits_.local_retry);
        offer(*job.lane);
        return;
    }
    Outcome outcome;
    outcome.kind = OutcomeKind::invalid_request;
    outcome.detail = std::string(to_string(error.code)) + ": " + describe(error);
    outcome.started = outcome.ended = now.wall;
    job.body = {job.delivery.body_hash, BodyVariant::only};
    answered(job, std::move(outcome), now, out);
}

// An event of the moment has had its one attempt.
void ShardCore::forget(Job& job) {
    Lane& lane = *job.lane;
    erase(job);
    offer(lane);
}

// Begins the entry in its place among the actions: good until the next one is appended.
LogEntry& ShardCore::log(Job& job, DeliveryStatus status, AfterRecord after, Actions& out) {
    job.state = State::recording;
    job.after = after;
    ++unrecorded_;
    auto& entry = std::get<LogEntry>(out.emplace_back(std::in_place_type<LogEntry>));
    if (after == AfterRecord::done) {
        entry.delivery = std::move(job.delivery);
    } else {
        entry.delivery = job.delivery;
    }
    entry.status = status;
    entry.first_row = !job.has_row;
    return entry;
}

void ShardCore::recorded(const DeliveryId& delivery, Now now, Actions& out) {
    const auto found = jobs_.find(delivery);
    if (found == jobs_.end() || found->second.state != State::recording) return;
    Job& job = found->second;
    assert(unrecorded_ > 0);
    --unrecorded_;
    if (!job.has_row) ++job.lane->held_rows;
    job.has_row = true;
    settle_after(job, now, out);
}

void ShardCore::settle_after(Job& job, Now now, Actions& out) {
    Lane& lane = *job.lane;
    switch (job.after) {
        case AfterRecord::done:
            return erase(job);
        case AfterRecord::wait:
            if (!lane.endpoint) return cancel(job, out);
            // A probe goes out at once and must stay one: as a row it would come back as a plain
            // attempt, be refused, and be probed again without end.
            if (job.is_probe || waiting_.size() < limits_.waiting_max) {
                return wait(job, steady_due(job.delivery.due, now));
            }
            [[fallthrough]];
        case AfterRecord::row: {
            const EndpointId endpoint = lane.id;
            const TimePoint due = job.delivery.due;
            if (!lane.endpoint) return cancel(job, out);
            erase(job);
            return rows_wait(endpoint, due, now);
        }
    }
}

// The job goes on as a row.
void ShardCore::spill(Job& job, SteadyTime now, Actions& out) {
    if (job.has_row) {
        Lane& lane = *job.lane;
        if (!lane.rows_due || now < *lane.rows_due) rows_due(lane, now);
        return erase(job);
    }
    log(job, DeliveryStatus::pending, AfterRecord::row, out);
}

// A row, if there is one, is cancelled by whoever switched the endpoint off, all of them at once;
// one that was recorded just now may have come after that, and is cancelled here.
void ShardCore::cancel(Job& job, Actions& out) {
    if (job.has_row && job.state != State::recording) return erase(job);
    log(job, DeliveryStatus::cancelled, AfterRecord::done, out);
}

void ShardCore::relieve(Now now, Actions& out) {
    // When many outcomes wait for their commit the store is what is slow, and more rows would only
    // make it slower.
    if (unrecorded_ > 4 * limits_.queued_when_slow_max) return;
    Lane* longest = nullptr;
    bool any_slow = false;
    for (const auto& [id, lane] : lanes_) {
        if (!longest || lane->ready.size() > longest->ready.size()) longest = lane.get();
        if (!is_slow(*lane, now.steady) || lane->ready.size() <= 1) continue;
        any_slow = true;
        spill_down_to(*lane, 1, now.steady, out);
    }
    if (any_slow || longest == nullptr) return;
    spill_down_to(*longest, limits_.queued_when_slow_max, now.steady, out);
}

// Not so many at once that sending has to stop for them: the relay asks again.
void ShardCore::spill_down_to(Lane& lane, std::size_t keep, SteadyTime now, Actions& out) {
    while (lane.ready.size() > keep && unrecorded_ < limits_.unrecorded_max / 4) {
        Job& job = *lane.ready.back();
        lane.ready.pop_back();
        spill(job, now, out);
    }
}

void ShardCore::erase(Job& job) {
    Lane& lane = *job.lane;
    assert(lane.held > 0);
    --lane.held;
    if (job.has_row) --lane.held_rows;
    auto node = jobs_.extract(jobs_.find(*job.id));
    if (spare_jobs_.size() >= spare_jobs_max) return;
    node.mapped() = {};
    spare_jobs_.push_back(std::move(node));
}

}  // namespace assay::notify
