// Edit distance with neighbouring swaps (optimal string alignment).
// SPDX-License-Identifier: MIT
#include "tools/settings/nearest_name.hpp"

#include <algorithm>
#include <vector>

#include "engine/base/ascii.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t name_bytes_max = 64;  // of what is compared: no name of ours is longer

std::size_t distance(std::string_view a, std::string_view b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::size_t> before(width), last(width), row(width);
    for (std::size_t j = 0; j < width; ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j < width; ++j) {
            const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view given, std::span<const std::string_view> known) {
    if (given.size() > name_bytes_max) return {};
    std::string_view best;
    std::size_t least = std::max<std::size_t>(1, given.size() / 3) + 1;
    for (const std::string_view name : known) {
        const std::size_t far = distance(given, name);
        if (far < least) {
            least = far;
            best = name;
        }
    }
    return best;
}

}  // namespace assay::tools
