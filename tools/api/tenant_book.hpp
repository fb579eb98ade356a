// The tenants as every request needs them: in memory, their allowed addresses ready to compare.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/batch_store/tenants.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"
#include "notify/endpoint/address.hpp"

namespace assay::tools {

using engine::batch_store::Tenant;

// Who runs the server: the tenant that is there from the start.
inline const TenantId& operator_tenant() {
    static const TenantId id("default");
    return id;
}

// Whether `address` is one of `allowed` (parsed from allowed_ips). An empty list allows all. Pure.
bool is_allowed(std::string_view address, const std::vector<notify::Cidr>& allowed) noexcept;
// Errors: invalid_argument, naming allowed_ips and the entry.
Result<std::vector<notify::Cidr>> parse_allowed(const std::vector<std::string>& texts);

// Thread safety: all calls from any thread but the writer's; those that write block until durable.
class TenantBook {
  public:
    TenantBook(engine::Database& database, engine::Writer& writer);
    Result<void> load();

    // Whether a key of this tenant opens doors to a client at this address. Errors: forbidden (the
    // account is disabled or unknown, or its allowed_ips do not have the address).
    Result<void> admit(const TenantId& tenant, std::string_view address) const;

    // As stored, so with the bonus that remains. Errors: not_found.
    Result<Tenant> find(const TenantId& id) const;
    Result<std::vector<Tenant>> list() const;  // newest first
    // Errors: conflict, invalid_argument.
    Result<Tenant> create(Tenant tenant);
    // `change` sees the tenant as it is stored at that moment; what it leaves is stored. Errors:
    // not_found, invalid_argument, those of `change`.
    Result<Tenant> change(const TenantId& id, const std::function<Result<void>(Tenant&)>& change);

  private:
    struct Entry {
        bool disabled = false;
        std::vector<notify::Cidr> allowed;
    };
    void keep(const Tenant& tenant, std::vector<notify::Cidr> allowed);

    engine::Database& database_;
    engine::Writer& writer_;
    mutable std::shared_mutex mutex_;
    std::map<TenantId, Entry> entries_;
    std::mutex changing_;  // one change at a time, so that memory follows the store in its order
};

}  // namespace assay::tools
