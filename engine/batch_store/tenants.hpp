// Tenants: who owns batches, what they may use of the server, and how long what is theirs is kept.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine::batch_store {

// How long things are kept, in whole days after a batch has ended or a row was written.
struct Retention {
    int results = 30;  // and inputs
    int events = 30;
    int deliveries = 30;
    int dead_letters = 90;
    friend bool operator==(const Retention&, const Retention&) = default;
};
// A tenant's own wishes; what is absent is the server's.
struct OwnRetention {
    std::optional<int> results, events, deliveries, dead_letters;
    Retention over(const Retention& server) const noexcept;
    friend bool operator==(const OwnRetention&, const OwnRetention&) = default;
};

struct Tenant {
    TenantId id;
    std::string name, email;
    std::optional<std::string> store_id;
    std::optional<std::int64_t> plan_limit;  // products a month; none: no limit
    std::int64_t bonus_requests = 0;         // what remains of it; used when the plan is
    std::vector<std::string> allowed_ips;    // addresses and CIDRs; none: from everywhere
    OwnRetention retention;
    std::optional<TimePoint> created_at;   // none: it was there from the start
    std::optional<TimePoint> disabled_at;  // its keys open nothing
    friend bool operator==(const Tenant&, const Tenant&) = default;
};

// Sound values: bounds, and no text that a list separated by spaces could not hold. Errors:
// invalid_argument, naming the member.
Result<void> validate(const Tenant& tenant);

// Errors: conflict, when the id is taken or there are limits::tenants_max; invalid_argument.
Result<void> insert_tenant(Tx& tx, const Tenant& tenant);
// Everything but id and created_at. Read it in the same job, so that no bonus is given twice.
// Errors: not_found, invalid_argument.
Result<void> update_tenant(Tx& tx, const Tenant& tenant);
Result<std::optional<Tenant>> find_tenant(Connection& db, const TenantId& id);
Result<std::vector<Tenant>> all_tenants(Connection& db);  // newest first

struct Quota {
    std::optional<std::int64_t> plan_limit;  // products a month; none: no limit
    std::int64_t bonus_requests = 0;         // what remains of the bonus
    std::int64_t used = 0;                   // this calendar month, UTC, of plan and bonus
    std::int64_t bonus_used = 0;             // of `used`
    TimePoint reset_at{};

    // Plan and bonus of this month; limit() - used is what is left, unless the plan was lowered.
    std::optional<std::int64_t> limit() const noexcept;
    std::optional<std::int64_t> remaining() const noexcept;
};
Result<Quota> read_quota(Connection& db, const TenantId& tenant, TimePoint now);
// How many of `products` the bonus pays; the plan comes first. Pure. Errors: quota_exceeded.
Result<std::int64_t> bonus_share(const Quota& quota, std::int64_t products);

}  // namespace assay::engine::batch_store
