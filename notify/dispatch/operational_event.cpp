// Writes the data of operational events.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/operational_event.hpp"

#include <cassert>

#include "engine/base/json_writer.hpp"

namespace assay::notify {
namespace {

void write_since(JsonWriter& out, const EndpointHealth& health) {
    out.key("since");
    health.failing_since ? out.string(to_rfc3339(*health.failing_since)) : out.null();
}

std::string since_text(const EndpointHealth& health) {
    return std::to_string(health.failing_since ? to_unix_milliseconds(*health.failing_since) : 0);
}

// What endpoint.disabled and endpoint.recovered tell alike; the key is for the caller to end.
OperationalEvent event_about(const EndpointId& endpoint, std::string_view type,
                             const EndpointHealth& health, std::string_view reason) {
    OperationalEvent event;
    event.type = type;
    JsonWriter out(event.data);
    out.begin_object().member("endpoint_id", endpoint.text()).member("reason", reason);
    write_since(out, health);
    out.member("failed_count", health.failed_count)
        .member("exhausted_count", health.exhausted_count)
        .end_object();
    event.dedupe_key = about_endpoint(endpoint, type) + since_text(health);
    return event;
}

}  // namespace

bool is_operational(std::string_view event_type) noexcept {
    return event_type.starts_with("endpoint.") || event_type.starts_with("delivery.");
}

OperationalEvent exhausted_event(const LogEntry& entry, const EndpointHealth& health) {
    assert(entry.record && entry.status == DeliveryStatus::failed);
    const Delivery& delivery = entry.delivery;
    OperationalEvent event;
    event.type = "delivery.exhausted";
    JsonWriter out(event.data);
    out.begin_object()
        .member("endpoint_id", delivery.endpoint.text())
        .member("delivery_id", delivery.id.text())
        .member("event_id", delivery.event_id.text())
        .member("type", delivery.wire_type)
        .member("reason", entry.record->why_next);
    write_since(out, health);
    out.member("attempt_count", entry.record->number).end_object();
    // Once for each series: a redelivery that fails again is news.
    event.dedupe_key = about_endpoint(delivery.endpoint, event.type) + delivery.id.text() + ":" +
                       std::to_string(entry.record->number);
    return event;
}

OperationalEvent disabled_event(const EndpointId& endpoint, const EndpointHealth& health,
                                std::string_view reason) {
    return event_about(endpoint, "endpoint.disabled", health, reason);
}

OperationalEvent recovered_event(const EndpointId& endpoint, const EndpointHealth& before,
                                 std::string_view reason, const DeliveryId& delivery) {
    OperationalEvent event = event_about(endpoint, "endpoint.recovered", before, reason);
    event.dedupe_key += ":" + delivery.text();
    return event;
}

}  // namespace assay::notify
