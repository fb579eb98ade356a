// Performs what the shard cores decide.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/dispatcher.hpp"

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/base/hash.hpp"
#include "engine/base/signals_blocked.hpp"
#include "notify/dispatch/request.hpp"
#include "notify/ring/ring.hpp"

namespace assay::notify {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

constexpr std::size_t popped_at_once = 64;
// Then answers and commits that came meanwhile have their turn.
constexpr int rounds_at_once = 16;

}  // namespace

class Dispatcher::Shard {
  public:
    Shard(int number, const Parts& parts, const DispatcherOptions& options);
    Result<void> start();
    void stop(milliseconds drain);
    bool try_push(Delivery& delivery, std::shared_ptr<const engine::Event>& event);
    // Runs `what(core)` on the shard's thread, and soon whatever became due through it.
    template <class What>
    void post(What what) {
        asio::post(io_, [this, what = std::move(what)]() mutable {
            what(*this);
            step_soon();
        });
    }

    void take_endpoints();
    Now now() const { return {parts_.clock.now(), parts_.clock.steady_now()}; }
    // The same for all answers of one turn of the loop.
    Now turn() {
        if (!turn_) turn_ = now();
        return *turn_;
    }
    ShardCore core;
    ShardCore::Actions out;  // what events owe, until step() performs it
    RequestBuilder requests;

    std::atomic<std::size_t> in_flight{0}, waiting{0};
    std::atomic<std::uint64_t> delivered{0}, failed_attempts{0};

  private:
    struct Slotted {
        Delivery delivery;
        std::shared_ptr<const engine::Event> event;
    };

    // A request whose signatures are made with those of the others of its round.
    struct Begun {
        ShardCore::Job* job;
        RequestBuilder::Begun request;
    };

    void drain_ring();
    void step();
    void step_soon();
    // `at`: the round's time, read once.
    void perform(ShardCore::Send& send, Now at);
    void send_begun();
    void perform(LogEntry& entry, Now) { parts_.sink.log(number_, std::move(entry)); }
    void perform(ShardCore::Load& load, Now at);
    void perform(ShardCore::Forget& forget, Now at);
    void arm();
    void publish() noexcept;

    const int number_;
    const Parts& parts_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    Timer timer_;
    std::optional<SteadyTime> armed_;
    std::vector<Begun> begun_;
    ShardCore::Actions doing_;  // empty between the rounds of step()
    std::unique_ptr<Transport> transport_;
    std::unique_ptr<DeliverySource> source_;
    std::shared_ptr<const EndpointSnapshot> endpoints_;  // the core's
    // Work goes down one ring; free slots come back through the other.
    std::vector<Slotted> slots_;
    Ring ring_;
    Ring free_;
    Ring::Producer push_;
    Ring::Consumer pop_;
    Ring::Producer give_back_;
    Ring::Consumer take_free_;
    std::atomic<bool> woken_{false};    // a drain is posted
    std::atomic<bool> refused_{false};  // a push was; the relay wants to hear of space
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable drained_;
    bool stopping_ = false;     // on the shard's thread
    bool step_posted_ = false;  // the same
    std::optional<Now> turn_;   // until step()
    bool idle_ = false;         // guarded by mutex_
};

Dispatcher::Shard::Shard(int number, const Parts& parts, const DispatcherOptions& options)
    : core(options.limits),
      requests(parts.endpoints.profiles()),
      number_(number),
      parts_(parts),
      work_(io_.get_executor()),
      timer_(io_),
      slots_(options.ring_slots),
      ring_(options.ring_slots),
      free_(options.ring_slots),
      push_(ring_.producer()),
      pop_(ring_.consumer()),
      give_back_(free_.producer()),
      take_free_(free_.consumer()) {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        [[maybe_unused]] const bool given = give_back_.try_push(Slot{i});
        assert(given);
    }
}

Result<void> Dispatcher::Shard::start() {
    Result<std::unique_ptr<Transport>> transport = parts_.transport(io_);
    if (!transport) return std::move(transport).error();
    transport_ = *std::move(transport);
    source_ = parts_.source();
    take_endpoints();
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { io_.run(); });
    return {};
}

void Dispatcher::Shard::stop(milliseconds drain) {
    if (!thread_.joinable()) return;
    post([](Shard& shard) {
        shard.core.stop();
        shard.stopping_ = true;
    });
    {
        std::unique_lock lock(mutex_);
        drained_.wait_for(lock, drain, [this] { return idle_; });
    }
    // What is still under way is dropped unanswered: it has no row, so a restart sends it again.
    asio::post(io_, [this] {
        timer_.cancel();
        transport_.reset();
        work_.reset();
        io_.stop();
    });
    thread_.join();
    // Handlers that were queued behind the end hold nothing but references to this shard.
}

bool Dispatcher::Shard::try_push(Delivery& delivery, std::shared_ptr<const engine::Event>& event) {
    std::optional<Slot> slot = take_free_.try_pop();
    if (!slot) {
        // Asked once more after saying so: a slot may have come back in between.
        refused_.store(true, std::memory_order_seq_cst);
        slot = take_free_.try_pop();
        if (!slot) return false;
        refused_.store(false, std::memory_order_relaxed);
    }
    Slotted& place = slots_[static_cast<std::size_t>(*slot)];
    place.delivery = std::move(delivery);
    place.event = std::move(event);
    [[maybe_unused]] const bool pushed = push_.try_push(*slot);
    assert(pushed);  // the ring has as many places as there are slots
    if (!woken_.exchange(true, std::memory_order_acq_rel)) {
        asio::post(io_, [this] {
            drain_ring();
            step_soon();
        });
    }
    return true;
}

void Dispatcher::Shard::drain_ring() {
    // Cleared first: what is pushed from here on posts again or is popped below.
    woken_.exchange(false, std::memory_order_acq_rel);
    std::array<Slot, popped_at_once> slots{};
    const Now at = now();
    while (const std::size_t count = pop_.try_pop_many(slots.data(), slots.size())) {
        take_endpoints();  // what was popped may be for an endpoint that was made just now
        for (std::size_t i = 0; i < count; ++i) {
            Slotted& place = slots_[static_cast<std::size_t>(slots[i])];
            core.add(std::move(place.delivery), std::move(place.event), at, out);
            place = {};
            [[maybe_unused]] const bool given = give_back_.try_push(slots[i]);
            assert(given);
        }
    }
    if (refused_.exchange(false, std::memory_order_seq_cst) && parts_.on_space) parts_.on_space();
}

void Dispatcher::Shard::take_endpoints() {
    std::shared_ptr<const EndpointSnapshot> snapshot = parts_.endpoints.snapshot();
    if (snapshot == endpoints_) return;
    endpoints_ = std::move(snapshot);
    requests.keep_only(*endpoints_);
    core.set_endpoints(endpoints_, now(), out);
}

void Dispatcher::Shard::step() {
    turn_.reset();
    bool at_rest = false;
    for (int round = 0; round < rounds_at_once; ++round) {
        const Now at = now();
        core.poll(at, out);
        at_rest = out.empty();
        if (at_rest) break;
        doing_.swap(out);
        for (ShardCore::Action& action : doing_) {
            std::visit([&](auto& what) { perform(what, at); }, action);
        }
        doing_.clear();
        send_begun();
    }
    if (!at_rest) step_soon();
    arm();
    publish();
    if (stopping_ && core.idle()) {
        const std::lock_guard lock(mutex_);
        idle_ = true;
        drained_.notify_all();
    }
}

// Once for all that this turn of the loop brings, answers above all: what they let go out next is
// then signed together.
void Dispatcher::Shard::step_soon() {
    if (step_posted_) return;
    step_posted_ = true;
    asio::post(io_, [this] {
        step_posted_ = false;
        step();
    });
}

// Begins the request; send_begun() sends it, at the latest at the end of the round.
void Dispatcher::Shard::perform(ShardCore::Send& send, Now at) {
    ShardCore::Job& job = *send.job;
    const Delivery& delivery = job.delivery;
    Result<DeliverySource::Body> body = source_->body(delivery, *send.endpoint, job.event.get());
    if (!body) return core.not_sent(job, body.error(), at, out);
    if (is_other_body(body->variant == BodyVariant::thin ? delivery.thin_hash : delivery.body_hash,
                      body->hash)) {
        // Same id, other bytes: a receiver that has seen the id could not know. Refused for good.
        return core.not_sent(
            job,
            fail(ErrorCode::corrupt, "the body is no longer the one that was sent under this id"),
            at, out);
    }
    const int number = delivery.earlier_attempts + delivery.attempts + 1;
    if (!requests.has_room()) send_begun();
    Result<RequestBuilder::Begun> request = requests.begin(
        delivery, send.endpoint, std::move(body->bytes), number, at.wall, job.is_probe);
    if (!request) return core.not_sent(job, request.error(), at, out);
    job.body = {body->hash, body->variant};
    begun_.push_back({&job, *std::move(request)});
}

void Dispatcher::Shard::send_begun() {
    if (begun_.empty()) return;
    requests.sign();
    for (Begun& begun : begun_) {
        // Two pointers: what std::function holds without an allocation.
        transport_->send(requests.finish(begun.request), [this, job = begun.job](Outcome outcome) {
            core.answered(*job, std::move(outcome), turn(), out);
            step_soon();
        });
    }
    begun_.clear();
    requests.let_go();
}

// Read here and now, on the shard's own thread: a delivery that is not in memory at this moment has
// its latest state in the store, so no row can be older than what this shard knows.
void Dispatcher::Shard::perform(ShardCore::Load& load, Now at) {
    Result<DeliverySource::DueRows> rows = source_->due(load.endpoint, load.until, load.limit);
    if (rows) {
        core.loaded(load.endpoint, *std::move(rows), at);
    } else {
        core.load_failed(load.endpoint, at);
    }
}

void Dispatcher::Shard::perform(ShardCore::Forget& forget, Now /*at*/) {
    const Result<std::string> origin = origin_of(forget.url);
    if (origin && transport_) transport_->forget(*origin);
}

// One timer for the earliest due-time; set again only when that one changes.
void Dispatcher::Shard::arm() {
    const std::optional<SteadyTime> due = core.next_due();
    if (due == armed_) return;
    armed_ = due;
    if (!due) {
        timer_.cancel();
        return;
    }
    const auto wait = *due - parts_.clock.steady_now();
    timer_.expires_after(std::max(wait, SteadyTime::duration::zero()));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        armed_.reset();
        step();
    });
}

void Dispatcher::Shard::publish() noexcept {
    // Figures for people: no order with anything else is needed.
    in_flight.store(core.in_flight(), std::memory_order_relaxed);
    waiting.store(core.held() - core.in_flight(), std::memory_order_relaxed);
    delivered.store(core.delivered(), std::memory_order_relaxed);
    failed_attempts.store(core.failed_attempts(), std::memory_order_relaxed);
}

// --- the shards together

Result<void> validate(const DispatcherOptions& options) {
    if (options.shards < 1 || options.shards > 16) {
        return fail(ErrorCode::invalid_argument, "shards must be 1 to 16", "shards");
    }
    if (options.ring_slots < 2 || (options.ring_slots & (options.ring_slots - 1)) != 0) {
        return fail(ErrorCode::invalid_argument, "ring slots must be a power of two", "ring_slots");
    }
    return {};
}

Dispatcher::Dispatcher(Parts parts, const DispatcherOptions& options)
    : parts_(std::move(parts)), options_(options) {
    assert(validate(options_).has_value());
    for (int i = 0; i < options_.shards; ++i) {
        shards_.push_back(std::make_unique<Shard>(i, parts_, options_));
    }
}

Dispatcher::~Dispatcher() {
    stop(milliseconds(0));
}

Result<void> Dispatcher::start() {
    for (const auto& shard : shards_) {
        if (Result<void> started = shard->start(); !started) return started;
    }
    return {};
}

void Dispatcher::stop(milliseconds drain) {
    const SteadyTime end = parts_.clock.steady_now() + drain;
    for (const auto& shard : shards_) {
        const auto left = std::chrono::duration_cast<milliseconds>(end - parts_.clock.steady_now());
        shard->stop(std::max(left, milliseconds(0)));
    }
}

int Dispatcher::shard_of(std::string_view url) const noexcept {
    if (options_.shards == 1) return 0;
    const Result<std::string> origin = origin_of(url);
    const std::uint64_t hash = hash64(origin ? std::string_view(*origin) : url);
    return static_cast<int>(hash % static_cast<std::uint64_t>(options_.shards));
}

bool Dispatcher::try_push(int shard, Delivery& delivery,
                          std::shared_ptr<const engine::Event>& event) {
    return shards_[static_cast<std::size_t>(shard)]->try_push(delivery, event);
}

void Dispatcher::endpoints_changed() {
    for (const auto& shard : shards_) {
        shard->post([](Shard& self) { self.take_endpoints(); });
    }
}

void Dispatcher::rows_wait(int shard, const EndpointId& endpoint, TimePoint due) {
    shards_[static_cast<std::size_t>(shard)]->post(
        [endpoint, due](Shard& self) { self.core.rows_wait(endpoint, due, self.now()); });
}

void Dispatcher::recorded(int shard, std::vector<DeliveryId> deliveries) {
    shards_[static_cast<std::size_t>(shard)]->post(
        [deliveries = std::move(deliveries)](Shard& self) {
            const Now at = self.now();
            for (const DeliveryId& id : deliveries)
                self.core.recorded(id, at, self.out);
        });
}

void Dispatcher::remember(int shard, const EndpointId& endpoint, const EndpointHealth& health) {
    shards_[static_cast<std::size_t>(shard)]->post(
        [endpoint, health](Shard& self) { self.core.remember(endpoint, health, self.now()); });
}

void Dispatcher::relieve() {
    for (const auto& shard : shards_) {
        shard->post([](Shard& self) { self.core.relieve(self.now(), self.out); });
    }
}

Dispatcher::Status Dispatcher::status() const {
    Status sum;
    for (const auto& shard : shards_) {
        sum.in_flight += shard->in_flight.load(std::memory_order_relaxed);
        sum.waiting += shard->waiting.load(std::memory_order_relaxed);
        sum.delivered += shard->delivered.load(std::memory_order_relaxed);
        sum.failed_attempts += shard->failed_attempts.load(std::memory_order_relaxed);
    }
    return sum;
}

}  // namespace assay::notify
