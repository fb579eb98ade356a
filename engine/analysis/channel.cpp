// What analyzers ask of a channel: the table of a date, postage, whether a name means it.
// SPDX-License-Identifier: MIT
#include "engine/analysis/channel.hpp"

#include <algorithm>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

bool same_name(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return to_lower(x) == to_lower(y);
           });
}

}  // namespace

MinorUnits Postage::amount_for(std::optional<std::int64_t> grams) const noexcept {
    if (!grams) return unknown_weight;
    for (const PostageStep& step : steps) {
        if (*grams <= step.up_to_grams) return step.amount;
    }
    return steps.empty() ? 0 : steps.back().amount;
}

const FeeTable* Channel::in_force(std::chrono::sys_days date) const noexcept {
    const auto later = std::upper_bound(
        tables.begin(), tables.end(), date,
        [](std::chrono::sys_days d, const FeeTable& t) { return d < t.effective; });
    return later == tables.begin() ? nullptr : &*std::prev(later);
}

bool Channel::answers_to(std::string_view text) const noexcept {
    return same_name(text, name) || text == marketplace || same_name(text, platform) ||
           std::any_of(aliases.begin(), aliases.end(),
                       [&](const std::string& alias) { return same_name(text, alias); });
}

}  // namespace assay::engine
