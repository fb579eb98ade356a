// The interfaces a shard needs from outside: what sends, what remembers, what reads back.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/event/event.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/retry/endpoint_health.hpp"

namespace assay::notify {

// Sends one request and answers once. Belongs to one shard's thread: send() is called there and the
// answer comes there, never from inside send(). Never throws; whatever happens becomes an Outcome
// within the request's timeout. Destroyed with requests under way, it answers them no more.
class Transport {
  public:
    using Answer = std::function<void(Outcome)>;

    virtual ~Transport() = default;
    // `request` is read before it returns; its body and destination are shared until the answer.
    virtual void send(const SignedRequest& request, Answer answer) = 0;
    // Connections of this origin must not be used again (endpoint edited or deleted).
    virtual void forget(std::string_view origin) = 0;
};

// What the tenant is to hear: an event for the log, in the transaction of the outcome it speaks of.
struct OperationalEvent {
    std::string type;
    std::string data;  // JSON object
    std::string dedupe_key;
    friend bool operator==(const OperationalEvent&, const OperationalEvent&) = default;
};

// What a delivery's row must say from now on, and what else its outcome changed.
struct LogEntry {
    Delivery delivery;                    // as it is after the attempt
    std::optional<AttemptRecord> record;  // none: it only waits, or was cancelled
    DeliveryStatus status = DeliveryStatus::pending;
    bool disable_endpoint = false;         // gone (410), or failing for too long
    bool switch_to_thin = false;           // the endpoint gets thin bodies from now on
    bool ends_grace = false;               // the endpoint's old secret is done with
    std::optional<EndpointHealth> health;  // where the outcome changed it
    std::vector<OperationalEvent> events;
    bool first_row = false;  // no row of this delivery exists yet
};

// Where attempts and their consequences go: the delivery log. Called on shard threads and by the
// relay; must not block. Nothing is lost: what cannot be written now is kept and written later, and
// the shard is told when it is durable (Dispatcher::recorded). A shard has only so many entries
// unrecorded; then it stops sending, so what is kept stays bounded.
class AttemptSink {
  public:
    virtual ~AttemptSink() = default;
    virtual void log(int shard, LogEntry entry) = 0;
};

// What a shard reads back from the store. Belongs to one shard's thread; reads are short and never
// held across a socket write.
class DeliverySource {
  public:
    struct Body {
        std::shared_ptr<const std::string> bytes;
        std::uint64_t hash = 0;  // body_mark()
        BodyVariant variant = BodyVariant::only;
    };
    struct DueRows {
        std::vector<Delivery> rows;     // due first
        std::optional<TimePoint> next;  // when the first row that is not among them is due
    };

    virtual ~DeliverySource() = default;
    // The bytes to sign and send. `event` may be null: then it is read. Errors: corrupt,
    // payload_too_large, not_found; unavailable or io_error while the store is away.
    virtual Result<Body> body(const Delivery& delivery, const Endpoint& endpoint,
                              const engine::Event* event) = 0;
    // Pending rows of one endpoint that are due by `until`, at most `limit`.
    virtual Result<DueRows> due(const EndpointId& endpoint, TimePoint until, std::size_t limit) = 0;
};

}  // namespace assay::notify
