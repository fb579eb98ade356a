// The facts of a batch that its events carry, and their JSON form in the event log.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// Everything a batch event can say without its products. A plain value.
struct BatchFacts {
    BatchId batch;
    std::optional<std::string> collection_id;
    std::string status;  // completed | failed | cancelled; in_progress in batch.started
    std::int64_t total = 0;
    std::int64_t successful = 0;
    std::int64_t failed = 0;  // without the cancelled
    std::int64_t cancelled = 0;
    std::optional<TimePoint> started_at;
    std::optional<TimePoint> completed_at;
    std::vector<std::pair<std::string, std::int64_t>>
        by_verdict;  // in a fixed order, zeros left out

    friend bool operator==(const BatchFacts&, const BatchFacts&) = default;
};

// Keys: batch_id, collection_id, status, total_count, completed_count (failures included),
// successful_count, failed_count, cancelled_count, success_rate, started_at, completed_at,
// duration_ms, by_verdict.
std::string to_json(const BatchFacts& facts);
// Errors: corrupt, when a stored text is not what to_json writes.
Result<BatchFacts> parse_batch_facts(std::string_view json);

// 100 x successful / total, half up to two decimals, never 100 with a failure nor 0 with a success
// (2 of 3: 66.67; 99,999 of 100,000: 99.99). `total` > 0; 0 otherwise.
double success_rate(std::int64_t successful, std::int64_t total) noexcept;

}  // namespace assay::engine
