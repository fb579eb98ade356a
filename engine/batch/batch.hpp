// What a user asks for beside the products: the options of a batch, its states and its counts.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/money.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

enum class BatchStatus : std::uint8_t {
    receiving,
    queued,
    in_progress,
    completed,
    failed,
    cancelling,
    cancelled,
};
std::string_view to_string(BatchStatus status) noexcept;
std::optional<BatchStatus> parse_batch_status(std::string_view text) noexcept;
constexpr bool is_settled(BatchStatus status) noexcept {
    return status == BatchStatus::completed || status == BatchStatus::failed ||
           status == BatchStatus::cancelled;
}

enum class MoneyUnit : std::uint8_t { minor, major };  // how bare JSON numbers are read
enum class OnInvalid : std::uint8_t {
    fail_item,
    reject
};  // one bad product: fail it, or refuse all

// What the buyer pays beside the bid, and what must come out of it (lot mode).
struct LotTerms {
    std::optional<MinorUnits> freight;
    std::optional<PartsPerMillion> premium;  // buyer's premium on the bid
    std::optional<MinorUnits> bid;           // a bid to judge
    PartsPerMillion target_roi = 250'000;
    double probability = 0.80;
    friend bool operator==(const LotTerms&, const LotTerms&) = default;
};

struct BatchOptions {
    std::optional<std::string> collection_id;
    std::string metadata = "{}";         // a JSON object, kept and echoed
    std::vector<std::string> analyzers;  // empty: all
    LotTerms lot;
    std::optional<TimePoint> as_of;  // default: when the batch was created
    MoneyUnit money_unit = MoneyUnit::minor;
    OnInvalid on_invalid = OnInvalid::fail_item;
    bool bootstrap = false;  // the interval of a price: resampled instead of order statistics
    friend bool operator==(const BatchOptions&, const BatchOptions&) = default;
};

// The JSON form that is stored with a batch.
std::string to_json(const BatchOptions& options);
// Reads stored options, and the members of a submission beside `products`. Unknown members are
// refused. Errors: invalid_argument with the member as field.
Result<BatchOptions> parse_batch_options(std::string_view json_object);

// Always sums to total.
struct ProductCounts {
    std::int64_t total = 0, pending = 0, processing = 0, completed = 0, failed = 0, cancelled = 0;
    std::int64_t settled() const noexcept { return completed + failed + cancelled; }
    friend bool operator==(const ProductCounts&, const ProductCounts&) = default;
};

}  // namespace assay::engine
