// Percentiles of what was measured: nearest rank, nothing made up between two values.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace assay::tools {

struct Percentiles {
    std::size_t count = 0;
    double p50 = 0, p99 = 0, p99_9 = 0, max = 0;
    friend bool operator==(const Percentiles&, const Percentiles&) = default;
};
// All zero where there are no values. Pure.
Percentiles percentiles_of(std::vector<double> values);

}  // namespace assay::tools
