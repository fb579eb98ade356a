// The events that tell a tenant how its endpoints fare (private to the shard).
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "notify/dispatch/transport.hpp"

namespace assay::notify {

// Of these an exhausted delivery makes no further event, or two broken endpoints would tell each
// other of their messages for ever.
bool is_operational(std::string_view event_type) noexcept;

// Pure, dedupe keys included: the same outcome written twice is one event.
OperationalEvent exhausted_event(const LogEntry& entry, const EndpointHealth& health);
OperationalEvent disabled_event(const EndpointId& endpoint, const EndpointHealth& health,
                                std::string_view reason);
// `before`: what is over now; `delivery`: the one that succeeded.
OperationalEvent recovered_event(const EndpointId& endpoint, const EndpointHealth& before,
                                 std::string_view reason, const DeliveryId& delivery);

}  // namespace assay::notify
