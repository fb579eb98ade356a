// What stands in a message's data, but for whole batches of products. Private to notify/profile.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/result.hpp"
#include "engine/event/batch_facts.hpp"
#include "notify/profile/envelope.hpp"

namespace assay::notify {

// The small facts of a batch. `data` is one of the batch_ kinds without products.
void write_batch_data(JsonWriter& json, EventData data, const engine::BatchFacts& facts,
                      bool mark_cancelled);

// One of the item_ or image_ kinds, out of the event's reference and the item's result line.
// Errors: corrupt, and what `item` fails with.
Result<void> write_item_data(JsonWriter& json, EventData data, const engine::Event& event,
                             const ItemSource& item);

// usage_percent and remaining, out of the data of quota.warning. Errors: corrupt.
Result<void> write_quota_usage(JsonWriter& json, const engine::Event& event);

// `key` and the text, or null.
void write_text(JsonWriter& json, std::string_view key, const std::optional<std::string>& text);
void write_time(JsonWriter& json, std::string_view key, const std::optional<TimePoint>& time);

}  // namespace assay::notify
