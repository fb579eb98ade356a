// JSON Schemas that a tenant's published events are held against, one a type.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine::batch_store {

struct EventSchema {
    std::string type;    // order.completed
    std::string schema;  // JSON, as it was given
    TimePoint updated_at{};
    friend bool operator==(const EventSchema&, const EventSchema&) = default;
};

// The schema of its type from here on. Errors: conflict (the tenant has limits::event_schemas_max
// of other types).
Result<void> put_event_schema(Tx& tx, const TenantId& tenant, const EventSchema& schema);
Result<std::optional<EventSchema>> find_event_schema(Connection& db, const TenantId& tenant,
                                                     std::string_view type);
Result<std::vector<EventSchema>> all_event_schemas(Connection& db,
                                                   const TenantId& tenant);  // by type
// False: there was none.
Result<bool> erase_event_schema(Tx& tx, const TenantId& tenant, std::string_view type);

}  // namespace assay::engine::batch_store
