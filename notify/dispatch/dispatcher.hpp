// The shards as threads: ring -> shard core -> sign -> Transport -> Outcome -> AttemptSink.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "notify/dispatch/shard_core.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/registry.hpp"

namespace boost::asio {
class io_context;
}

namespace assay::notify {

struct DispatcherOptions {
    int shards = 1;                               // 1..16
    std::size_t ring_slots = limits::ring_slots;  // a power of two
    ShardLimits limits;
};
Result<void> validate(const DispatcherOptions& options);

// Each shard is one thread with its io_context, transport, signers, due-times and part of the
// endpoints (by the hash of their origin), so nothing of it is locked. Work comes through a ring of
// slots and a wake-up. Thread safety: try_push() from one thread (the relay's); everything else
// from any thread but the shards' own, and recorded() from any at all.
class Dispatcher {
  public:
    struct Parts {
        const EndpointRegistry& endpoints;
        AttemptSink& sink;
        const Clock& clock;
        // Called once per shard, before start() returns; what they make lives on its thread.
        std::function<Result<std::unique_ptr<Transport>>(boost::asio::io_context&)> transport;
        std::function<std::unique_ptr<DeliverySource>()> source;
        // The ring has room again after a try_push() was refused. On the shard's thread.
        std::function<void()> on_space;
    };
    Dispatcher(Parts parts, const DispatcherOptions& options);
    ~Dispatcher();  // stop(0)
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    Result<void> start();
    // No new attempts; waits for those under way, and until their outcomes are durable, up to
    // `drain`; then ends the threads. Idempotent.
    void stop(std::chrono::milliseconds drain);

    // Which shard calls this URL. Pure.
    int shard_of(std::string_view url) const noexcept;
    // False: the ring is full. Never blocks; does not touch the arguments then.
    bool try_push(int shard, Delivery& delivery, std::shared_ptr<const engine::Event>& event);

    void endpoints_changed();
    void rows_wait(int shard, const EndpointId& endpoint, TimePoint due);
    // What the store knows of an endpoint's failures, before anything is sent to it.
    void remember(int shard, const EndpointId& endpoint, const EndpointHealth& health);
    void recorded(int shard, std::vector<DeliveryId> deliveries);
    // Queues are to become rows: the relay waits for them.
    void relieve();

    struct Status {
        std::size_t in_flight = 0, waiting = 0;
        std::uint64_t delivered = 0, failed_attempts = 0;
    };
    Status status() const;  // a moment old

  private:
    class Shard;
    Parts parts_;
    DispatcherOptions options_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace assay::notify
