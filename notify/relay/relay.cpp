// The relay's thread.
// SPDX-License-Identifier: MIT
#include "notify/relay/relay.hpp"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "engine/base/signals_blocked.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/delivery/live_box.hpp"

namespace assay::notify {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds housekeeping_pause{50};

}  // namespace

struct Relay::Body {
    Body(Parts given, const RelayOptions& chosen)
        : parts(std::move(given)),
          options(chosen),
          live(chosen.live_max),
          ended(chosen.ended_max) {}

    void run();
    bool relay_more();
    void hand_over(const engine::Event& event, std::vector<Delivery> owed);
    void push(Delivery delivery, std::shared_ptr<const engine::Event> event);
    void take_snapshot();
    void hand_over_live();
    bool wait_for_space();
    void wait_for_window();
    Result<std::vector<engine::Event>> read();
    bool pass_over_damage();
    Result<std::string> filter_data(const engine::Event& event, const Endpoint& endpoint,
                                    std::string_view wire_type);
    void number(std::vector<Delivery>& owed);
    Result<void> leave_out_rows(std::vector<Delivery>& owed);
    int shard_of(const EndpointId& id, const EndpointSnapshot& snapshot);
    bool stopped() {
        const std::lock_guard lock(mutex);
        return stopping;
    }

    Parts parts;
    RelayOptions options;

    mutable std::mutex mutex;
    std::condition_variable changed;
    // Guarded by mutex.
    std::optional<CursorTracker> tracker;
    EventSeq last_logged{};
    EventSeq read_until{};
    std::uint64_t settled_count = 0;
    std::uint64_t damaged = 0;
    LiveBox live;
    bool has_space = false;
    bool housekeeping = false;
    bool stopping = false;

    // The thread's own.
    EndedBatches ended;
    EventSeq rebuild_until{};
    notify_store::Sequences sequences;
    std::shared_ptr<const EndpointSnapshot> snapshot;
    std::unordered_map<EndpointId, std::pair<std::shared_ptr<const Endpoint>, int>> shards;
    std::thread thread;
};

void Relay::Body::run() {
    bool untidy = false;
    for (;;) {
        {
            std::unique_lock lock(mutex);
            const auto due = [&] {
                return stopping || housekeeping || !live.empty() || read_until < last_logged;
            };
            if (untidy) {  // a refusal is no reason to spin
                changed.wait_for(lock, housekeeping_pause, [&] { return stopping; });
            } else {
                changed.wait(lock, due);
            }
            if (stopping) return;
            housekeeping = false;
        }
        untidy = parts.housekeep && parts.housekeep();
        do {
            hand_over_live();
        } while (relay_more());
    }
}

// One page of the log. False: there was nothing to do, or it cannot be done now.
bool Relay::Body::relay_more() {
    {
        const std::lock_guard lock(mutex);
        if (stopping || housekeeping || !(read_until < last_logged)) return false;
    }
    Result<std::vector<engine::Event>> events = read();
    if (!events) {
        if (events.error().code == ErrorCode::corrupt && pass_over_damage()) return true;
        std::unique_lock lock(mutex);
        changed.wait_for(lock, options.store_retry, [&] { return stopping; });
        return !stopping;
    }
    take_snapshot();
    for (const engine::Event& event : *events) {
        std::vector<Delivery> owed = deliveries_of(
            event, *snapshot, [this](const auto& shown, const Endpoint& endpoint, auto wire_type) {
                return filter_data(shown, endpoint, wire_type);
            });
        if (stopped()) return false;  // the data may not have been read
        number(owed);
        if (event.seq <= rebuild_until) {
            while (!leave_out_rows(owed)) {
                std::unique_lock lock(mutex);
                changed.wait_for(lock, options.store_retry, [&] { return stopping; });
                if (stopping) return false;
            }
        }
        hand_over(event, std::move(owed));
        if (stopped()) return false;
    }
    if (!events->empty()) return true;
    // Numbers without events (of jobs that were rolled back) are nothing to wait for.
    const std::lock_guard lock(mutex);
    if (read_until < last_logged) read_until = last_logged;
    return false;
}

void Relay::Body::take_snapshot() {
    auto latest = parts.endpoints.snapshot();
    if (latest == snapshot) return;
    snapshot = std::move(latest);
    std::erase_if(shards, [&](const auto& one) { return !snapshot->by_id.contains(one.first); });
}

// Whatever it finds full or in its way is left out: the next one says more.
void Relay::Body::hand_over_live() {
    std::unique_lock lock(mutex);
    if (live.empty()) return;
    LiveBox taken(options.live_max);
    std::swap(taken, live);
    lock.unlock();
    take_snapshot();
    while (std::optional<LiveMessage> message = taken.take()) {
        if (ended.contains(message->event->batch.value_or(BatchId()))) continue;
        for (Delivery& delivery : deliveries_of(*message->event, *snapshot, parts.filter_data)) {
            const int shard = shard_of(delivery.endpoint, *snapshot);
            std::shared_ptr<const engine::Event> event = message->event;
            static_cast<void>(parts.push(shard, delivery, event));
        }
    }
}

Result<std::vector<engine::Event>> Relay::Body::read() {
    EventSeq after{};
    {
        const std::lock_guard lock(mutex);
        after = read_until;
    }
    Result<engine::Database::ReadLease> lease = parts.database.read();
    if (!lease) return std::move(lease).error();
    return engine::batch_store::read_events(**lease, after,
                                            static_cast<std::int64_t>(options.events_at_once));
}

// One damaged event must not keep all that follow from their endpoints. It stays in the log as it
// is; only its own webhooks are not sent.
bool Relay::Body::pass_over_damage() {
    EventSeq seq{};
    EventSeq last{};
    {
        const std::lock_guard lock(mutex);
        seq = read_until;
        last = last_logged;
    }
    Result<engine::Database::ReadLease> lease = parts.database.read();
    if (!lease) return false;
    while (seq < last) {
        seq = EventSeq{to_integer(seq) + 1};
        const Result<std::optional<engine::Event>> event =
            engine::batch_store::find_event(**lease, seq);
        if (event && !*event) continue;  // no event has this number
        if (event || event.error().code != ErrorCode::corrupt) return false;
        const std::lock_guard lock(mutex);
        tracker->add(seq, 0);
        read_until = seq;
        ++damaged;
        return true;
    }
    return false;
}

// A store that is away for a while must not decide what an endpoint gets: it is waited for.
Result<std::string> Relay::Body::filter_data(const engine::Event& event, const Endpoint& endpoint,
                                             std::string_view wire_type) {
    for (;;) {
        Result<std::string> data = parts.filter_data(event, endpoint, wire_type);
        if (data || !is_retryable(data.error().code)) return data;
        std::unique_lock lock(mutex);
        if (changed.wait_for(lock, options.store_retry, [&] { return stopping; })) return data;
    }
}

void Relay::Body::number(std::vector<Delivery>& owed) {
    for (Delivery& delivery : owed)
        delivery.sequence = ++sequences[delivery.endpoint];
}

Result<void> Relay::Body::leave_out_rows(std::vector<Delivery>& owed) {
    if (owed.empty()) return {};
    Result<engine::Database::ReadLease> lease = parts.database.read();
    if (!lease) return std::move(lease).error();
    std::vector<Delivery> rest;
    for (Delivery& delivery : owed) {
        const Result<std::optional<std::int64_t>> known =
            notify_store::sequence_of(**lease, delivery.id);
        if (!known) return known.error();
        if (!*known) {
            rest.push_back(delivery);
        } else {
            // The same, unless subscriptions were changed and a crash came right behind: then no
            // number is given twice.
            std::int64_t& last = sequences[delivery.endpoint];
            last = std::max(last, **known);
        }
    }
    owed = std::move(rest);
    return {};
}

void Relay::Body::hand_over(const engine::Event& event, std::vector<Delivery> owed) {
    wait_for_window();
    {
        // Before the first push: an outcome may come back while the rest is still being pushed.
        const std::lock_guard lock(mutex);
        tracker->add(event.seq, owed.size());
        read_until = event.seq;
    }
    if (event.batch && engine::is_terminal(event.type)) ended.add(*event.batch);
    if (owed.empty()) return;
    const auto shared = std::make_shared<const engine::Event>(event);
    for (Delivery& delivery : owed)
        push(std::move(delivery), shared);
}

void Relay::Body::push(Delivery delivery, std::shared_ptr<const engine::Event> event) {
    const int shard = shard_of(delivery.endpoint, *snapshot);
    if (parts.push(shard, delivery, event)) return;
    {
        const std::lock_guard lock(mutex);
        has_space = false;
    }
    // Once more, so that room made before the flag was lowered is not waited for.
    if (parts.push(shard, delivery, event)) return;
    if (wait_for_space() && parts.push(shard, delivery, event)) return;
    parts.put_pending(shard, std::move(delivery));
}

// A full ring usually means a busy shard that will have room in a moment; a stuck one must not hold
// up the others.
bool Relay::Body::wait_for_space() {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, options.ring_patience, [&] { return has_space || stopping; });
}

void Relay::Body::wait_for_window() {
    std::unique_lock lock(mutex);
    while (!stopping && tracker->owed() >= options.window) {
        const std::uint64_t before = settled_count;
        const std::uint64_t wanted = before + options.window / 64;
        const bool moved = changed.wait_for(lock, options.pressure_after, [&] {
            return stopping || settled_count >= wanted || tracker->owed() < options.window / 2;
        });
        if (!moved) {
            lock.unlock();
            parts.relieve();
            if (parts.housekeep) parts.housekeep();
            lock.lock();
        }
    }
}

int Relay::Body::shard_of(const EndpointId& id, const EndpointSnapshot& from) {
    const auto known = from.by_id.find(id);
    assert(known != from.by_id.end());
    auto& entry = shards[id];
    if (entry.first != known->second) {
        entry = {known->second, parts.shard_of(*known->second)};
    }
    return entry.second;
}

Relay::Relay(Parts parts, const RelayOptions& options)
    : body_(std::make_unique<Body>(std::move(parts), options)) {}

Relay::~Relay() {
    stop();
}

void Relay::start(EventSeq cursor, EventSeq rebuild_until, notify_store::Sequences sequences) {
    assert(!body_->thread.joinable());
    {
        const std::lock_guard lock(body_->mutex);
        body_->tracker.emplace(cursor);
        body_->read_until = cursor;
        body_->last_logged = std::max(body_->last_logged, rebuild_until);
    }
    body_->rebuild_until = rebuild_until;
    body_->sequences = std::move(sequences);
    const SignalsBlocked blocked;
    body_->thread = std::thread([this] { body_->run(); });
}

void Relay::stop() {
    {
        const std::lock_guard lock(body_->mutex);
        body_->stopping = true;
    }
    body_->changed.notify_all();
    if (body_->thread.joinable()) body_->thread.join();
}

void Relay::committed(EventSeq last) noexcept {
    {
        const std::lock_guard lock(body_->mutex);
        if (last <= body_->last_logged) return;
        body_->last_logged = last;
    }
    body_->changed.notify_one();
}

void Relay::happens(engine::Event event) {
    {
        const std::lock_guard lock(body_->mutex);
        if (body_->stopping) return;
        body_->live.put({std::make_shared<const engine::Event>(std::move(event)), {}});
    }
    body_->changed.notify_one();
}

void Relay::space() noexcept {
    {
        const std::lock_guard lock(body_->mutex);
        body_->has_space = true;
    }
    body_->changed.notify_one();
}

void Relay::wake() noexcept {
    {
        const std::lock_guard lock(body_->mutex);
        body_->housekeeping = true;
    }
    body_->changed.notify_one();
}

void Relay::settled(const std::vector<EventSeq>& events) {
    bool was_full = false;
    {
        const std::lock_guard lock(body_->mutex);
        if (!body_->tracker) return;
        was_full = body_->tracker->owed() >= body_->options.window;
        for (const EventSeq seq : events)
            body_->tracker->settled(seq);
        body_->settled_count += events.size();
        was_full = was_full || body_->tracker->owed() >= body_->options.window / 2;
    }
    if (was_full) body_->changed.notify_one();
}

EventSeq Relay::safe_cursor() const {
    const std::lock_guard lock(body_->mutex);
    return body_->tracker ? body_->tracker->safe() : EventSeq{};
}

EventSeq Relay::relayed() const {
    const std::lock_guard lock(body_->mutex);
    return body_->read_until;
}

std::uint64_t Relay::damaged() const {
    const std::lock_guard lock(body_->mutex);
    return body_->damaged;
}

EventSeq Relay::logged() const {
    const std::lock_guard lock(body_->mutex);
    return std::max(body_->last_logged, body_->read_until);
}

}  // namespace assay::notify
