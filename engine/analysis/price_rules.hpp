// What comparables are worth by their source, and prices by the category of goods.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/data_file.hpp"
#include "engine/analysis/phrase_index.hpp"
#include "engine/batch/condition.hpp"

namespace assay::engine {

struct PriceGroup {
    std::string name;                      // books
    std::optional<double> half_life_days;  // absent: the default's
    std::optional<double> spread;          // log sd of its goods; absent: the default's
    // Against new = 1: the ladder of all goods, stretched until it meets the group's own figure.
    std::array<double, condition_count> log_factors{};
};

struct PriceRules {
    struct Source {
        std::string name;
        double trust = 1;
    };
    std::vector<Source> sources;
    std::vector<PriceGroup> groups;  // the first is that of every other category
    PhraseIndex index;               // of the groups, by position

    const PriceGroup& group_of(std::string_view category) const;
    // How far a comparable of that source is believed; 1 where the source is not listed.
    double trust_in(std::string_view source) const noexcept;
};

// From data/analysis/prices.json. `factors`: the ladder of all goods. Faults stay in the node's
// file.
PriceRules read_price_rules(const DataNode& root,
                            const std::array<double, condition_count>& factors);

}  // namespace assay::engine
