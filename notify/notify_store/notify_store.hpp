// What notify keeps: endpoints and encrypted secrets, deliveries, attempts, the relay's cursor.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/store/database.hpp"
#include "engine/store/inspection.hpp"
#include "engine/store/writer.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/retry/endpoint_health.hpp"

namespace assay::notify {

// AES-256-GCM under the master key; associated data binds a secret to tenant, endpoint and column.
class SecretBox {
  public:
    // 32 bytes. Wiped on destruction.
    explicit SecretBox(std::array<unsigned char, 32> key);
    ~SecretBox();
    SecretBox(const SecretBox&) = delete;
    SecretBox& operator=(const SecretBox&) = delete;

    std::string seal(std::string_view plain, std::string_view associated, Random& random) const;
    // Errors: corrupt, when key, bytes or associated data differ.
    Result<std::string> open(std::string_view sealed, std::string_view associated) const;
    const std::string& key_id() const noexcept {
        return key_id_;
    }  // first bytes of the key's hash, hex

  private:
    std::array<unsigned char, 32> key_;
    std::string key_id_;
};

namespace notify_store {

std::span<const engine::Migration> migrations() noexcept;

// --- endpoints ---
Result<void> put_endpoint(engine::Tx& tx, const Endpoint& endpoint, const SecretBox& box,
                          Random& random);
Result<void> set_endpoint_active(engine::Tx& tx, const EndpointId& id, bool active);
// False: switched off or gone. What waits for it is to be cancelled.
Result<bool> endpoint_is_active(engine::Tx& tx, const EndpointId& id);
Result<bool> delete_endpoint(engine::Tx& tx, const TenantId& tenant, const EndpointId& id);
Result<std::vector<Endpoint>> all_endpoints(engine::Connection& db, const SecretBox& box);

// --- what deliveries change about endpoints ---
// Only those that are not well have a row.
Result<void> put_health(engine::Tx& tx, const EndpointId& id, const EndpointHealth& health);
struct HealthRow {
    EndpointId endpoint;
    EndpointHealth health;
};
Result<std::vector<HealthRow>> all_health(engine::Connection& db);
Result<std::optional<EndpointHealth>> find_health(engine::Connection& db, const EndpointId& id);
// overrides.payload is `thin` from now on. Nothing, if the endpoint is gone.
Result<void> switch_to_thin(engine::Tx& tx, const EndpointId& id);
Result<void> forget_old_secret(engine::Tx& tx, const EndpointId& id);
// With the endpoint: its health and its numbering.
Result<void> forget_endpoint_state(engine::Tx& tx, const EndpointId& id);

// --- each endpoint's numbering of what it is owed. The numbers are in the delivery rows; so that
// they outlive those, and a start need not look at all of them, the highest are noted now and then
// (not with each delivery: that would be a row more) ---
using Sequences = std::map<EndpointId, std::int64_t>;
// The last number of each endpoint among events up to `until` (the cursor, up to which all have
// rows).
Result<Sequences> sequences_until(engine::Connection& db, EventSeq until);
// Notes them; before rows are removed, too. `until`: the stored cursor.
Result<void> mark_sequences(engine::Tx& tx, EventSeq until);
// Nullopt: there is no such delivery; 0: it was made before there were numbers.
Result<std::optional<std::int64_t>> sequence_of(engine::Connection& db, const DeliveryId& id);

// --- when owners were last told by mail that deliveries fail ---
struct FailureMailRow {
    TenantId tenant;
    std::string kind;
    TimePoint sent{};
    std::int64_t held_back = 0;  // failures since then, untold
    friend bool operator==(const FailureMailRow&, const FailureMailRow&) = default;
};
// Beyond limits::failure_mail_states_max the oldest give way.
Result<void> put_failure_mail(engine::Tx& tx, const FailureMailRow& row);
// Oldest first.
Result<std::vector<FailureMailRow>> all_failure_mails(engine::Connection& db);

// --- deliveries: one row when the first outcome is known, the first attempt inside; attempt rows
// from the second ---
struct DeliveryRow {
    Delivery delivery;
    DeliveryStatus status = DeliveryStatus::pending;
    std::string event_id;
    std::string event_type;  // canonical
    std::uint64_t body_hash = 0;
    TimePoint created_at{};
    std::optional<TimePoint> delivered_at;
    std::vector<AttemptRecord> attempts;  // filled by find_delivery only
    int last_status_code = 0;
    std::string last_error;
};
// What an attempt changed: `delivery` is as it is after the attempt (attempts counted, due set).
// Writing the same record again changes nothing, so an unsure commit may be repeated.
Result<void> record_attempt(engine::Tx& tx, const Delivery& delivery, const AttemptRecord& record,
                            DeliveryStatus status);
// A delivery that could not enter its ring, or that is to be made again: it waits as a row.
Result<void> put_pending(engine::Tx& tx, const Delivery& delivery);
// Its endpoint is gone or switched off: kept for the log, never sent.
Result<void> put_cancelled(engine::Tx& tx, const Delivery& delivery);
// Pending rows of one endpoint, the earliest due first, no later than `until`; what is known to be
// in memory is left out by the caller. A row that fails its checksum is stepped over, so that it
// holds up nobody else; its number goes to `damaged`.
Result<std::vector<Delivery>> due_deliveries(engine::Connection& db, const EndpointId& endpoint,
                                             TimePoint until, std::int64_t limit,
                                             std::vector<std::int64_t>* damaged = nullptr);
// When the first pending row of `endpoint` behind `after` is due; nullopt: none waits.
Result<std::optional<TimePoint>> next_due(engine::Connection& db, const EndpointId& endpoint,
                                          TimePoint after);
// Endpoints with pending rows and when the first of each is due: what a start must know.
struct Waiting {
    EndpointId endpoint;
    TimePoint due{};
};
Result<std::vector<Waiting>> endpoints_waiting(engine::Connection& db);
struct DeliveryQuery {
    TenantId tenant;
    std::optional<EndpointId> endpoint;
    std::vector<DeliveryStatus> statuses;   // one of these; empty: any
    std::optional<std::string> type;        // the wire type
    std::optional<TimePoint> since, until;  // of their making; `until` is left out itself
    std::optional<DeliveryId> after;
    bool oldest_first = false;
    std::int64_t limit = 20;
};
// Newest first, or oldest. Errors: not_found (`after` names no delivery of the tenant), corrupt.
Result<std::vector<DeliveryRow>> list_deliveries(engine::Connection& db,
                                                 const DeliveryQuery& query);
// How many there are, behind `after`; `limit` does not count. Errors: as list_deliveries.
Result<std::int64_t> count_deliveries(engine::Connection& db, const DeliveryQuery& query);
Result<std::optional<DeliveryRow>> find_delivery(engine::Connection& db, const TenantId& tenant,
                                                 const DeliveryId& id);
// Deliveries from `from` on, in the order of their numbers, that were made before `before`: those
// that clean-up looks at. Ends at the first younger one.
struct OldDelivery {
    std::int64_t number = 0;
    TenantId tenant;
    EventSeq event{};
    DeliveryStatus status = DeliveryStatus::pending;
    TimePoint created_at{};
};
Result<std::vector<OldDelivery>> old_deliveries(engine::Connection& db, std::int64_t from,
                                                TimePoint before, std::int64_t limit);
// With their attempts; one that waits again by now is left.
Result<void> remove_deliveries(engine::Tx& tx, std::span<const std::int64_t> numbers);
// Whether a delivery of this event still waits, or has failed and may be sent again.
Result<bool> is_owed(engine::Connection& db, EventSeq event);
// endpoint_inactive. At most 10,000 rows a call, so that the writer is not held up for long: call
// again until it answers 0.
Result<std::int64_t> cancel_pending(engine::Tx& tx, const EndpointId& endpoint);

// --- the relay's cursor: every event up to it has rows for all its deliveries, or none were due
// ---
Result<EventSeq> cursor(engine::Connection& db);
// Never moves it back.
Result<void> set_cursor(engine::Tx& tx, EventSeq seq);

// --- the public URL that links in bodies begin with, and the events it holds for: when it changes,
// an event that was sent under the old one must still give the same bytes ---
struct LinkBase {
    EventSeq after{};  // it holds for events behind this one
    std::string base;
};
// In the order of `after`.
Result<std::vector<LinkBase>> link_bases(engine::Connection& db);
// From here on. Nothing is written when it is the latest already.
Result<void> put_link_base(engine::Tx& tx, EventSeq after, std::string_view base);

// Walks every delivery with its attempts and every endpoint, and tells those whose checksum fails.
// It needs no master key, so what is sealed is not opened. For `assay doctor`.
Result<engine::VerifyReport> verify_rows(engine::Connection& db);

}  // namespace notify_store
}  // namespace assay::notify
