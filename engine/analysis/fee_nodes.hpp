// Pieces of fee files that channels and rate cards share. Private to engine/analysis.
// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/channel.hpp"
#include "engine/analysis/data_file.hpp"
#include "engine/analysis/fee_limits.hpp"

namespace assay::engine {

inline constexpr auto open_step = std::numeric_limits<MinorUnits>::max();

// Calls take(step, up_to) for each item of `steps` and holds them to their order: bounds ascend,
// and the last one, and only that, is open.
template <class Take>
void read_steps(const DataNode& steps, std::string_view bound, std::size_t maximum,
                const Take& take) {
    const std::size_t count = steps.size();
    if (steps.present() && count == 0) steps.fault("is empty");
    if (count > maximum) return steps.fault("has more than " + std::to_string(maximum) + " steps");
    MinorUnits previous = -1;
    std::size_t index = 0;
    steps.for_each_item([&](const DataNode& step) {
        const bool last = ++index == count;
        if (last && step.find(bound).present()) step.fault("the last step must be open");
        const MinorUnits up_to =
            last ? open_step : step.at(bound).integer(0, fee_limits::amount_max);
        if (up_to <= previous) step.fault("steps must ascend");
        previous = up_to;
        take(step, up_to);
    });
}

// YYYY-MM-DD; faults otherwise.
std::chrono::sys_days read_date(const DataNode& node, std::string& text);
Postage read_postage(const DataNode& node);

}  // namespace assay::engine
