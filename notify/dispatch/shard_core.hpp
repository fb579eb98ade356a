// One shard as a state machine: deliveries, outcomes and time in; what to send, log and load out.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/base/limits.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/registry.hpp"
#include "notify/retry/attempt.hpp"
#include "notify/retry/endpoint_health.hpp"

namespace assay::notify {

struct ShardLimits {
    std::size_t in_flight_max = 2'048;  // requests under way: the descriptor budget
    // Of those, what endpoints may hold together that are slow or have not answered yet.
    std::size_t in_flight_doubtful_max = 512;
    std::size_t endpoint_in_flight = limits::endpoint_in_flight_default;
    std::size_t waiting_max = limits::deliveries_waiting_max;  // due-times held; the rest stay rows
    // Ready to go; more become rows. Above the relay's window, so that a burst to one healthy
    // endpoint costs no row but the one of its outcome.
    std::size_t queued_per_endpoint_max = 32'768;
    std::size_t queued_when_slow_max = 64;  // the same for an endpoint that does not answer
    std::size_t live_max = 64;              // events of the moment that wait for an endpoint
    std::size_t unrecorded_max = 8'192;     // outcomes not yet durable; then nothing new is sent
    int failures_until_careful = 3;         // in a row; then one request at a time
    std::chrono::milliseconds silence_until_slow{1'000};  // an answer that takes longer is slow
    std::chrono::milliseconds stale_rows_retry{50};       // when all rows read were in memory
    std::chrono::milliseconds store_retry{1'000};         // when the store could not be read
    std::chrono::milliseconds local_retry{1'000};         // when we could not send: no descriptor
    // An endpoint that keeps failing rests between its requests, twice as long each time. Short of
    // every schedule's first delay, so that no retry is noticeably late.
    std::chrono::milliseconds rest_first{250};
    std::chrono::milliseconds rest_max{4'000};
    // Of nothing but failures, where the profile says so; then it is switched off. 0: never.
    std::chrono::milliseconds disable_after = limits::endpoint_disable_after;
};

// Due-times are kept in steady time, so that a wall clock that jumps brings no storm of retries and
// loses none; rows keep wall time.
struct Now {
    TimePoint wall;
    SteadyTime steady;
};

// No threads, sockets, clocks or store: the dispatcher performs the actions, simulation and tests
// drive the same code. Each endpoint has a lane; lanes take turns, so a silent receiver costs its
// own requests under way and nothing else.
//
//   ring ---> ready ---> in flight ---> recording ---> done
//     |         ^                           |
//     |         +--------- waiting <--------+  (retry; beyond waiting_max only its row remembers)
//     +-> row --+  (no room: loaded back when the lane has room and it is due)
class ShardCore {
  public:
    struct Lane;
    enum class State : std::uint8_t { ready, in_flight, recording, waiting };
    enum class AfterRecord : std::uint8_t { done, wait, row };

    // What was sent: it belongs to the answer.
    struct SentBody {
        std::uint64_t hash = 0;
        BodyVariant variant = BodyVariant::only;
    };
    // One delivery in memory. Its address holds until it is recorded as done.
    struct Job {
        Delivery delivery;                           // handed on with its last log entry
        const DeliveryId* id = nullptr;              // the key under which it is held
        std::shared_ptr<const engine::Event> event;  // until the first attempt; then read again
        Lane* lane = nullptr;
        SteadyTime due{};
        SteadyTime sent{};
        SentBody body;  // of the request under way: set by who performs Send
        State state = State::ready;
        bool is_probe = false;  // signed to show whether the new secret is in use
        AfterRecord after = AfterRecord::done;
        bool has_row = false;
    };

    struct Send {
        Job* job;
        std::shared_ptr<const Endpoint> endpoint;
    };
    struct Load {
        EndpointId endpoint;
        TimePoint until;
        std::size_t limit;
    };
    struct Forget {
        std::string url;
    };
    using Action = std::variant<Send, LogEntry, Load, Forget>;
    using Actions = std::vector<Action>;

    explicit ShardCore(const ShardLimits& limits);
    ~ShardCore();
    ShardCore(const ShardCore&) = delete;
    ShardCore& operator=(const ShardCore&) = delete;

    // --- events; those that owe actions append them to `out`
    void set_endpoints(std::shared_ptr<const EndpointSnapshot> snapshot, Now now, Actions& out);
    // A delivery without a row, from the ring. One of the moment (is_live) waits for its turn in a
    // box of its own, is sent at most once and leaves no trace.
    void add(Delivery delivery, std::shared_ptr<const engine::Event> event, Now now, Actions& out);
    // Rows of `endpoint` wait and the first is due then: from a start, a redelivery, a pending row.
    void rows_wait(const EndpointId& endpoint, TimePoint due, Now now);
    // The answer to Load.
    void loaded(const EndpointId& endpoint, DeliverySource::DueRows rows, Now now);
    void load_failed(const EndpointId& endpoint, Now now);
    // What the store knows of an endpoint's failures, at the start.
    void remember(const EndpointId& endpoint, const EndpointHealth& health, Now now);
    // The answer to Send.
    void answered(Job& job, Outcome outcome, Now now, Actions& out);
    // Send could not even begin: an error worth waiting for costs no attempt, any other ends it.
    void not_sent(Job& job, const Error& error, Now now, Actions& out);
    // A log entry is durable.
    void recorded(const DeliveryId& delivery, Now now, Actions& out);
    // The relay waits for deliveries to get rows: all slow queues become rows, or else the longest.
    void relieve(Now now, Actions& out);
    void stop() noexcept { stopping_ = true; }

    // What is due and allowed by now.
    void poll(Now now, Actions& out);

    // --- state
    std::optional<SteadyTime> next_due() const noexcept;  // of poll(), when nothing else happens
    bool idle() const noexcept { return in_flight_ == 0 && unrecorded_ == 0; }
    std::size_t in_flight() const noexcept { return in_flight_; }
    std::size_t held() const noexcept { return jobs_.size(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    std::uint64_t delivered() const noexcept { return delivered_; }
    std::uint64_t failed_attempts() const noexcept { return failed_attempts_; }

  private:
    using Jobs = std::unordered_map<DeliveryId, Job>;

    // Null: it is in memory already.
    Job* hold(Lane& lane, Delivery&& delivery, std::shared_ptr<const engine::Event> event);
    Lane& lane_of(const EndpointId& endpoint);
    void adopt(Lane& lane, const std::shared_ptr<const Endpoint>& endpoint);
    bool may_send(const Lane& lane) const noexcept;
    std::size_t cap_of(const Lane& lane) const noexcept;
    AttemptFacts facts_of(const Job& job, BodyVariant body, TimePoint now) const noexcept;
    void learn(Lane& lane, const Job& job, const Outcome& outcome, bool delivered, Now now);
    void judge_health(Lane& lane, const Decision& decision, Now now, LogEntry& entry);
    void rest_until(Lane& lane, SteadyTime until);
    void wake_rested(SteadyTime now);
    bool has_room_for_rows(const Lane& lane) const noexcept;
    bool is_slow(const Lane& lane, SteadyTime now) const noexcept;
    bool is_full(const Lane& lane, SteadyTime now) const noexcept;
    void enqueue(Job& job);
    void offer(Lane& lane);
    bool doubtful_budget_is_spent() const noexcept;
    Lane* next_turn();
    void began(Lane& lane) noexcept;
    void ended(Lane& lane) noexcept;
    void set_trusted(Lane& lane, bool trusted);
    void notice_silence(SteadyTime now);
    void spill_down_to(Lane& lane, std::size_t keep, SteadyTime now, Actions& out);
    void wait(Job& job, SteadyTime due);
    void rows_due(Lane& lane, std::optional<SteadyTime> due);
    void add_live(Lane& lane, Delivery delivery, std::shared_ptr<const engine::Event> event);
    Job* next_job(Lane& lane);
    LogEntry& log(Job& job, DeliveryStatus status, AfterRecord after, Actions& out);
    void spill(Job& job, SteadyTime now, Actions& out);
    void cancel(Job& job, Actions& out);
    void close_lane(Lane& lane, Actions& out);
    void forget(Job& job);
    void erase(Job& job);
    void settle_after(Job& job, Now now, Actions& out);

    ShardLimits limits_;
    std::shared_ptr<const EndpointSnapshot> snapshot_;
    std::unordered_map<EndpointId, std::unique_ptr<Lane>> lanes_;
    Jobs jobs_;
    std::vector<Jobs::node_type> spare_jobs_;  // empty ones, for the next: no allocation then
    // Lanes that may send, each once: those that answer, and those that may hold only so much.
    std::deque<Lane*> turns_, doubtful_turns_;
    bool doubtful_next_ = false;                        // the two take turns as well
    std::set<std::pair<SteadyTime, Lane*>> listening_;  // when to ask whether it still answers
    std::set<std::pair<SteadyTime, Job*>> waiting_;
    std::set<std::pair<SteadyTime, Lane*>> rows_waiting_;
    std::set<std::pair<SteadyTime, Lane*>> resting_;  // may not send before
    std::size_t in_flight_ = 0;
    std::size_t doubtful_in_flight_ = 0;
    std::size_t unrecorded_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t failed_attempts_ = 0;
    bool stopping_ = false;
};

}  // namespace assay::notify
