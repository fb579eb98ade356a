// What is known of demand by category: priors, seasons, and sales by rank.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/data_file.hpp"
#include "engine/analysis/phrase_index.hpp"

namespace assay::engine {

// units a week = exp(intercept - slope ln rank), as it was fitted for one category somewhere.
struct RankModel {
    std::string name;                  // books_us
    std::string fitted;                // a date
    std::vector<std::string> markets;  // lower case: channels and marketplaces it holds for
    double intercept = 0, slope = 0;
    bool all_conditions = false;  // used copies sell under the same rank

    double units_per_day(std::int64_t rank) const noexcept;
    bool holds_for(std::string_view market) const noexcept;
};

struct DemandRules {
    struct Prior {
        std::string name;
        double shape = 0, rate = 0;  // of sales a day
    };
    struct Season {
        std::string name;
        std::array<double, 12> months{};  // against the mean of the year
    };
    std::vector<Prior> priors;
    std::vector<Season> seasons;
    std::vector<RankModel> rank_models;
    PhraseIndex prior_index, season_index, rank_index;  // by position

    // nullptr: the category has none of its own.
    const Prior* prior_of(std::string_view category) const;
    const Season* season_of(std::string_view category) const;
    const RankModel* rank_model_of(std::string_view rank_category, std::string_view category,
                                   std::string_view channel, std::string_view marketplace) const;
};

// From data/analysis/demand.json. Faults stay in the node's file.
DemandRules read_demand_rules(const DataNode& root);

}  // namespace assay::engine
