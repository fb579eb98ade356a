// Committed events become deliveries: match endpoints, then a shard's ring or a pending row.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/event/event.hpp"
#include "engine/store/database.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/endpoint/registry.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify {

// --- pure decisions

// The data of an event as the endpoint's body shows it under this wire type; asked only for
// endpoints that have a filter.
using FilterData = std::function<Result<std::string>(
    const engine::Event& event, const Endpoint& endpoint, std::string_view wire_type)>;

// The deliveries that an event owes, in a fixed order. Pure: the same event, endpoints and data
// give the same ids. An endpoint is owed nothing from before it was made (Endpoint::events_after),
// and nothing that its filter holds back. Without data the filter is passed: the body cannot be
// made either, and its delivery says so.
std::vector<Delivery> deliveries_of(const engine::Event& event, const EndpointSnapshot& endpoints,
                                    const FilterData& data = {});

// Whether an active endpoint of the tenant has subscribed to what its profile makes of this type.
bool is_wanted(const EndpointSnapshot& endpoints, const TenantId& tenant, std::string_view type);

// An event can be meant for one endpoint alone (a test): its dedupe key says so, and then it goes
// there under one name, whether the endpoint subscribed to it or not, and past its filter.
std::string addressed_dedupe_key(const EndpointId& endpoint, const EventId& event);
std::optional<EndpointId> addressee_of(const engine::Event& event);
// An operational event is about one endpoint, and does not go to that one: what it would say there
// is that nothing gets there.
bool is_about(const engine::Event& event, const EndpointId& endpoint);

// Up to which event everything owed has its row, so that a restart need not look at it again. Pure
// state; not thread-safe.
class CursorTracker {
  public:
    explicit CursorTracker(EventSeq start) : safe_(start), last_(start) {}

    // `seq` increases from call to call (numbers may be left out); `owed` deliveries still need
    // their first row.
    void add(EventSeq seq, std::size_t owed);
    void settled(EventSeq seq);  // one of them has it
    EventSeq safe() const noexcept { return safe_; }
    std::size_t owed() const noexcept { return owed_; }

  private:
    struct Open {
        EventSeq seq{};
        std::size_t owed = 0;
    };
    void advance();

    std::deque<Open> open_;  // from the first event that still owes, by seq
    EventSeq safe_, last_;
    std::size_t owed_ = 0;
};

// --- the thread

struct RelayOptions {
    std::size_t window = 16'384;  // deliveries without a row, in memory; then reading pauses
    std::size_t events_at_once = 256;
    std::chrono::milliseconds ring_patience{
        20};  // for a full ring, before a pending row is written
    std::chrono::milliseconds pressure_after{100};  // a full window that hardly moves
    std::chrono::milliseconds store_retry{200};     // when the store cannot be read
    std::size_t live_max = 1'024;   // events of the moment on their way; then the oldest goes
    std::size_t ended_max = 1'024;  // batches whose end is remembered, so that nothing follows it
};

// Reads the committed log behind its cursor and hands deliveries to the shards. It never blocks on
// a shard for longer than ring_patience, and holds no read transaction while it waits. Thread
// safety: all calls from any thread; the callbacks of Parts come on the relay's own.
class Relay {
  public:
    struct Parts {
        engine::Database& database;
        const EndpointRegistry& endpoints;
        std::function<int(const Endpoint&)> shard_of;
        FilterData filter_data;
        // False: that ring is full, and the arguments are untouched.
        std::function<bool(int shard, Delivery&, std::shared_ptr<const engine::Event>&)> push;
        std::function<void(int shard, Delivery)> put_pending;
        std::function<void()> relieve;
        // Something is left to do by and by (a refused write): called again until it says false.
        std::function<bool()> housekeep;
    };
    Relay(Parts parts, const RelayOptions& options);
    ~Relay();  // stop()
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    // Takes up behind `cursor`; events up to `rebuild_until` may have delivery rows already, and
    // what has one is left to it.
    // `sequences`: the last number of each endpoint up to the cursor. Deliveries are numbered on
    // in the order of the log, so that after a crash each gets the number it had.
    void start(EventSeq cursor, EventSeq rebuild_until, notify_store::Sequences sequences = {});
    void stop();

    void committed(EventSeq last) noexcept;
    // An event of the moment. Nothing waits for it: a full ring, and it is gone.
    void happens(engine::Event event);
    void space() noexcept;
    void wake() noexcept;  // housekeeping is due
    void settled(const std::vector<EventSeq>& events);
    EventSeq safe_cursor() const;
    EventSeq relayed() const;
    EventSeq logged() const;
    // Events passed over since the start because their rows fail their checksums.
    std::uint64_t damaged() const;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
