// Sorts once and picks by nearest rank.
// SPDX-License-Identifier: MIT
#include "tools/load/percentiles.hpp"

#include <algorithm>
#include <cmath>

namespace assay::tools {

Percentiles percentiles_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        const double rank = std::ceil(share * static_cast<double>(values.size()));
        return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
    };
    return {values.size(), at(.5), at(.99), at(.999), values.back()};
}

}  // namespace assay::tools
