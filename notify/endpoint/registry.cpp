// Snapshots: each change copies the maps (of pointers), and readers keep what they hold.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/registry.hpp"

#include <algorithm>

namespace assay::notify {
namespace {

using EndpointPointer = std::shared_ptr<const Endpoint>;

bool id_before(const EndpointPointer& endpoint, const EndpointId& id) noexcept {
    return endpoint->id < id;
}

void remove(EndpointSnapshot& snapshot, const EndpointId& id) {
    const auto found = snapshot.by_id.find(id);
    if (found == snapshot.by_id.end()) return;
    const auto list = snapshot.by_tenant.find(found->second->tenant);
    if (list != snapshot.by_tenant.end()) {
        std::erase_if(list->second, [&](const EndpointPointer& one) { return one->id == id; });
        if (list->second.empty()) snapshot.by_tenant.erase(list);
    }
    snapshot.by_id.erase(found);
}

void insert(EndpointSnapshot& snapshot, EndpointPointer endpoint) {
    remove(snapshot, endpoint->id);
    if (endpoint->active) {
        auto& list = snapshot.by_tenant[endpoint->tenant];
        list.insert(std::lower_bound(list.begin(), list.end(), endpoint->id, id_before), endpoint);
    }
    snapshot.by_id.emplace(endpoint->id, std::move(endpoint));
}

}  // namespace

EndpointRegistry::EndpointRegistry(const ProfileBook& profiles) : profiles_(profiles) {
    auto empty = std::make_shared<EndpointSnapshot>();
    empty->profiles = &profiles_;
    current_ = std::move(empty);
}

std::shared_ptr<const EndpointSnapshot> EndpointRegistry::snapshot() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

void EndpointRegistry::replace(std::vector<Endpoint> all) {
    auto next = std::make_shared<EndpointSnapshot>();
    next->profiles = &profiles_;
    for (Endpoint& endpoint : all)
        insert(*next, std::make_shared<const Endpoint>(std::move(endpoint)));
    const std::lock_guard lock(mutex_);
    next->version = current_->version + 1;
    current_ = std::move(next);
}

void EndpointRegistry::put(Endpoint endpoint) {
    auto shared = std::make_shared<const Endpoint>(std::move(endpoint));
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<EndpointSnapshot>(*current_);
    insert(*next, std::move(shared));
    ++next->version;
    current_ = std::move(next);
}

void EndpointRegistry::switch_off(const EndpointId& id) {
    change(id, [](Endpoint& endpoint) { endpoint.active = false; });
}

void EndpointRegistry::switch_to_thin(const EndpointId& id) {
    change(id, [](Endpoint& endpoint) { endpoint.overrides.payload = PayloadRule::thin; });
}

void EndpointRegistry::forget_old_secret(const EndpointId& id) {
    change(id, [](Endpoint& endpoint) {
        endpoint.old_secret.reset();
        endpoint.old_secret_until.reset();
    });
}

template <class Change>
void EndpointRegistry::change(const EndpointId& id, Change change) {
    const std::lock_guard lock(mutex_);
    const auto known = current_->by_id.find(id);
    if (known == current_->by_id.end()) return;
    auto changed = std::make_shared<Endpoint>(*known->second);
    change(*changed);
    auto next = std::make_shared<EndpointSnapshot>(*current_);
    insert(*next, std::move(changed));
    ++next->version;
    current_ = std::move(next);
}

void EndpointRegistry::erase(const EndpointId& id) {
    const std::lock_guard lock(mutex_);
    if (!current_->by_id.contains(id)) return;
    auto next = std::make_shared<EndpointSnapshot>(*current_);
    remove(*next, id);
    ++next->version;
    current_ = std::move(next);
}

}  // namespace assay::notify
