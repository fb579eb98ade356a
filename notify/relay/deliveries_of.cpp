// Which endpoints an event is owed to, and how far the cursor may go: the pure half of the relay.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cassert>

#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "notify/profile/profile.hpp"
#include "notify/relay/relay.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view address_prefix = "to:";

DeliveryId delivery_id(const EventId& event, const EndpointId& endpoint,
                       std::string_view wire_type) {
    std::string key = event.text();
    key += '\0';
    key += endpoint.text();
    key += '\0';
    key += wire_type;
    const Hash128 hash = hash128(key);
    return DeliveryId("dlv_" + uuid_from_hash(hash.high, hash.low));
}

Delivery delivery_to(const engine::Event& event, const Endpoint& endpoint, const Profile& profile,
                     std::string_view wire_type) {
    Delivery delivery;
    delivery.id = delivery_id(event.id, endpoint.id, wire_type);
    delivery.event = event.seq;
    delivery.endpoint = endpoint.id;
    delivery.tenant = event.tenant;
    delivery.wire_type = wire_type;
    delivery.message_id = message_id_of(event.id, profile, event.type, wire_type);
    delivery.due = event.created_at;
    delivery.event_id = event.id;
    delivery.event_type = event.type;
    delivery.created_at = event.created_at;
    return delivery;
}

bool passes_filter(const engine::Event& event, const Endpoint& endpoint, std::string_view wire_type,
                   const FilterData& data) {
    if (endpoint.filter.empty() || !data) return true;
    const Result<std::string> shown = data(event, endpoint, wire_type);
    return !shown || endpoint.filter.matches(*shown);
}

}  // namespace

std::string addressed_dedupe_key(const EndpointId& endpoint, const EventId& event) {
    return std::string(address_prefix) + endpoint.text() + ":" + event.text();
}

std::optional<EndpointId> addressee_of(const engine::Event& event) {
    const std::string_view key = event.dedupe_key;
    if (!key.starts_with(address_prefix)) return std::nullopt;
    const std::string_view rest = key.substr(address_prefix.size());
    const std::size_t end = rest.find(':');
    // The key must name this very event: nobody else's key can make an event private.
    if (end == std::string_view::npos || rest.substr(end + 1) != event.id.text()) {
        return std::nullopt;
    }
    return EndpointId(std::string(rest.substr(0, end)));
}

bool is_wanted(const EndpointSnapshot& endpoints, const TenantId& tenant, std::string_view type) {
    const auto candidates = endpoints.by_tenant.find(tenant);
    if (candidates == endpoints.by_tenant.end()) return false;
    return std::any_of(
        candidates->second.begin(), candidates->second.end(), [&](const auto& endpoint) {
            if (!endpoint->active) return false;
            const Profile* const profile = endpoints.profiles->find(endpoint->profile);
            return profile != nullptr &&
                   std::any_of(profile->events.begin(), profile->events.end(),
                               [&](const CatalogueEntry& entry) {
                                   return std::find(entry.of.begin(), entry.of.end(), type) !=
                                              entry.of.end() &&
                                          subscribes(endpoint->events, entry.type);
                               });
        });
}

bool is_about(const engine::Event& event, const EndpointId& endpoint) {
    return event.dedupe_key.starts_with("about:") &&
           event.dedupe_key.starts_with(about_endpoint(endpoint, event.type));
}

std::vector<Delivery> deliveries_of(const engine::Event& event, const EndpointSnapshot& endpoints,
                                    const FilterData& data) {
    std::vector<Delivery> owed;
    const auto candidates = endpoints.by_tenant.find(event.tenant);
    if (candidates == endpoints.by_tenant.end()) return owed;
    const std::optional<EndpointId> addressee = addressee_of(event);
    for (const std::shared_ptr<const Endpoint>& endpoint : candidates->second) {
        if (!endpoint->active || event.seq <= endpoint->events_after) continue;
        if (addressee && endpoint->id != *addressee) continue;
        if (is_about(event, endpoint->id)) continue;
        const Profile* const profile = endpoints.profiles->find(endpoint->profile);
        if (profile == nullptr) continue;
        const std::vector<std::string_view> types = wire_types(*profile, event.type);
        if (addressee && !types.empty()) {
            const auto wanted = std::find_if(types.begin(), types.end(), [&](auto type) {
                return subscribes(endpoint->events, type);
            });
            owed.push_back(delivery_to(event, *endpoint, *profile,
                                       wanted == types.end() ? types.front() : *wanted));
            continue;
        }
        for (const std::string_view type : types) {
            if (!subscribes(endpoint->events, type)) continue;
            if (!passes_filter(event, *endpoint, type, data)) continue;
            owed.push_back(delivery_to(event, *endpoint, *profile, type));
        }
    }
    return owed;
}

void CursorTracker::add(EventSeq seq, std::size_t owed) {
    assert(last_ < seq);
    last_ = seq;
    owed_ += owed;
    if (owed > 0) {
        open_.push_back({seq, owed});
    } else if (open_.empty()) {
        safe_ = seq;
    }
}

void CursorTracker::settled(EventSeq seq) {
    const auto found =
        std::lower_bound(open_.begin(), open_.end(), seq,
                         [](const Open& open, EventSeq wanted) { return open.seq < wanted; });
    assert(found != open_.end() && found->seq == seq && found->owed > 0);
    if (found == open_.end() || found->seq != seq || found->owed == 0) return;
    --found->owed;
    --owed_;
    advance();
}

void CursorTracker::advance() {
    while (!open_.empty() && open_.front().owed == 0) {
        safe_ = open_.front().seq;
        open_.pop_front();
    }
    // Everything between two events that owe, and behind the last one, owed nothing.
    safe_ = open_.empty() ? last_ : std::max(safe_, EventSeq{to_integer(open_.front().seq) - 1});
}

}  // namespace assay::notify
