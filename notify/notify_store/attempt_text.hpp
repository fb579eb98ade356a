// Attempt records as the JSON that delivery rows keep (private to notify_store).
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "notify/delivery/delivery.hpp"

namespace assay::notify::notify_store {

std::string attempt_to_json(const AttemptRecord& record);
// Errors: corrupt.
Result<AttemptRecord> attempt_from_json(const DeliveryId& delivery, std::string_view text);

}  // namespace assay::notify::notify_store
