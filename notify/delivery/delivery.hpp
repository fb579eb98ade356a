// The values of a delivery on its road: Delivery, SignedRequest, Outcome, AttemptRecord.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "notify/sign/scheme.hpp"

namespace assay::notify {

// One message to one endpoint: an event under the name its profile gives it.
struct Delivery {
    // A pure function of event, endpoint and wire type, so that a restart finds the same one.
    DeliveryId id;
    EventSeq event{};
    EndpointId endpoint;
    TenantId tenant;
    std::string wire_type;   // analysis.completed
    std::string message_id;  // what receivers deduplicate by
    int attempts = 0;        // requests made so far, in this series
    TimePoint due{};         // of the next request
    EventId event_id;        // of the event's row
    std::string event_type;  // canonical
    TimePoint created_at{};  // the event's
    // body_mark() of the body that was sent last; 0: none yet.
    std::uint64_t body_hash = 0;
    // Requests made beside this series: those before a redelivery began a new one, and those that
    // do not count (answered by a probe of a new secret, or by a switch to the thin body).
    int earlier_attempts = 0;
    std::uint64_t thin_hash = 0;  // as body_hash, of the thin variant
    // The endpoint's own count of what it is owed, from 1 without a gap; 0: made before there was
    // one. The same for all attempts.
    std::int64_t sequence = 0;
    friend bool operator==(const Delivery&, const Delivery&) = default;
};

// What a delivery remembers of its body: 56 bits of its XXH3-64, and 8 of the settings' revision
// (Endpoint::body_revision) under which it was written.
std::uint64_t body_mark(std::uint64_t hash, std::int64_t revision) noexcept;
// Whether the bytes changed though the settings did not: not to be sent under the same id.
bool is_other_body(std::uint64_t sent, std::uint64_t now) noexcept;

// The beginning of the dedupe key of an operational event: it names the endpoint that the event is
// about, which is the one that does not get it.
std::string about_endpoint(const EndpointId& endpoint, std::string_view event_type);

enum class DeliveryStatus : std::uint8_t { pending, delivered, failed, cancelled };
std::string_view to_string(DeliveryStatus status) noexcept;
std::optional<DeliveryStatus> parse_delivery_status(std::string_view text) noexcept;

// How a message travels. discord: over HTTP too, in Discord's own form.
enum class Channel : std::uint8_t { http, discord, email };
std::string_view to_string(Channel channel) noexcept;
std::optional<Channel> parse_channel(std::string_view text) noexcept;

// Where requests go, and what is the same in all of them: made once for an endpoint and its
// settings, so that a transport prepares it once. Never changed once it is shared.
struct Destination {
    std::string url;
    HeaderLines headers;
    std::chrono::milliseconds timeout{};  // one deadline for the whole attempt
    std::string partition;                // connections and TLS sessions never cross it: the tenant
    std::vector<std::string> allowed_addresses;  // CIDRs, checked; empty: whatever may be dialled
    Channel channel = Channel::http;
};

// Everything that goes onto the wire; the body is shared between attempts and endpoints.
struct SignedRequest {
    std::shared_ptr<const Destination> to;
    HeaderLines headers;  // behind those of the destination
    std::shared_ptr<const std::string> body;
    std::string message_id;  // of mails: the same for all attempts
};

enum class OutcomeKind : std::uint8_t {
    response,            // an HTTP status came; `status` says which
    response_too_large,  // a status came, the rest was over its limits and cut
    dns,
    blocked,
    connect,
    tls,
    timeout,
    reset,
    protocol,
    invalid_request,  // we refused to write it (a header check failed): permanent
    aborted,          // ended by us (stopping, no descriptor left): not counted, and made again
};
std::string_view to_string(OutcomeKind kind) noexcept;
std::optional<OutcomeKind> parse_outcome_kind(std::string_view text) noexcept;
// Whether an HTTP status came back, whatever it says.
constexpr bool has_status(OutcomeKind kind) noexcept {
    return kind == OutcomeKind::response || kind == OutcomeKind::response_too_large;
}

// Where an attempt ended: what it did last.
enum class AttemptPhase : std::uint8_t {
    none,     // nothing reached the network
    dns,      // looking the name up
    connect,  // opening the connection
    tls,      // the handshake
    write,    // sending the request
    wait,     // the request was sent, no byte of an answer has come
    read,     // reading the answer
    done,
};
std::string_view to_string(AttemptPhase phase) noexcept;
std::optional<AttemptPhase> parse_attempt_phase(std::string_view text) noexcept;

// Milliseconds from the attempt's start to the end of each phase; -1: not reached.
struct PhaseTimings {
    std::int32_t resolved = -1, connected = -1, secured = -1;
    std::int32_t written = -1, first_byte = -1, done = -1;
    friend bool operator==(const PhaseTimings&, const PhaseTimings&) = default;
};

struct Outcome {
    OutcomeKind kind = OutcomeKind::aborted;
    AttemptPhase phase = AttemptPhase::none;
    int status = 0;             // HTTP status, 0 without one
    std::string response_text;  // at most limits::response_text_bytes_kept
    std::string detail;         // of an error, for people
    std::optional<std::chrono::seconds> retry_after;
    bool permanent = false;  // its protocol says that the same again is refused again (SMTP's 5xx)
    std::string remote_address;  // "203.0.113.7:443"
    bool connection_reused = false;
    PhaseTimings timings;
    TimePoint started{}, ended{};
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// One line of the delivery log.
struct AttemptRecord {
    DeliveryId delivery;
    int number = 1;
    Outcome outcome;
    bool success = false;           // by the endpoint's rule
    bool rotation_probe = false;    // it was to show whether the new secret is in use
    std::string why_next;           // what was decided and why
    std::optional<TimePoint> next;  // the next attempt
    friend bool operator==(const AttemptRecord&, const AttemptRecord&) = default;
};

}  // namespace assay::notify
