// What a submission is held against before it is accepted (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "engine/batch_store/batch_store.hpp"

namespace assay::engine::batch_store::detail {

// Takes `products` units of this month, and appends the events that are due by it. A batch that
// crosses both thresholds, or the last unit too, brings each of their events, in that order.
// Errors: quota_exceeded; then nothing is taken.
Result<void> charge_quota(Tx& tx, const TenantId& tenant, std::int64_t products, TimePoint now,
                          Random& random);

// Keeps the seal's key. Errors: key_reused, conflict (the same body was accepted with it).
Result<void> store_idempotency_key(Tx& tx, const TenantId& tenant, const Seal& seal);

}  // namespace assay::engine::batch_store::detail
