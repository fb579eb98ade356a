// All endpoints as one immutable snapshot, swapped whole when one of them changes.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "notify/endpoint/endpoint.hpp"

namespace assay::notify {

struct EndpointSnapshot {
    std::uint64_t version = 0;
    std::map<EndpointId, std::shared_ptr<const Endpoint>> by_id;
    std::map<TenantId, std::vector<std::shared_ptr<const Endpoint>>>
        by_tenant;                                   // active ones, by id
    const ProfileBook* profiles = &built_in_book();  // that they name; outlives this
};

// Thread safety: all calls from any thread. A snapshot never changes; `version` grows with every
// change. A change copies maps of pointers: 10,000 endpoints cost it about a millisecond, and
// changes are rare. Readers only copy one pointer under the lock.
class EndpointRegistry {
  public:
    explicit EndpointRegistry(const ProfileBook& profiles = built_in_book());
    std::shared_ptr<const EndpointSnapshot> snapshot() const;
    const ProfileBook& profiles() const noexcept { return profiles_; }
    void replace(std::vector<Endpoint> all);
    void put(Endpoint endpoint);
    void erase(const EndpointId& id);
    // These do not bring back one that was erased meanwhile.
    void switch_off(const EndpointId& id);
    void switch_to_thin(const EndpointId& id);
    void forget_old_secret(const EndpointId& id);

  private:
    template <class Change>
    void change(const EndpointId& id, Change change);

    const ProfileBook& profiles_;
    mutable std::mutex mutex_;
    std::shared_ptr<const EndpointSnapshot> current_;
};

}  // namespace assay::notify
