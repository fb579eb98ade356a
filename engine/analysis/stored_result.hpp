// Reads a result line back into the values that it was written from, to its rounding.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/demand.hpp"
#include "engine/analysis/duplicates.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/verdict.hpp"
#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// Texts are views into the line that was read.
struct StoredProfit {
    std::string_view channel;
    MinorUnits expected = 0;
};
struct StoredResult {
    TimePoint as_of;
    std::optional<Condition> condition;
    Identity identity;  // its conflicts alone
    Duplicates duplicates;
    Price price;
    Demand demand;

    Decision decision = Decision::insufficient_data;
    std::vector<std::string_view> reasons;
    std::string_view best_channel, fee_version;
    std::vector<StoredProfit> profits;  // of the channels that have one

    std::optional<MinorUnits> profit_expected() const noexcept;  // of the best channel
    bool has_reason(std::string_view code) const noexcept;
};

// Errors: invalid_input with the part that is missing or is not what results hold. `horizon_days`:
// the product's own, else the default; `quantity`: the product's.
Result<StoredResult> read_stored_result(const boost::json::value& line, const Defaults& defaults,
                                        std::int64_t horizon_days, std::int64_t quantity);

}  // namespace assay::engine
