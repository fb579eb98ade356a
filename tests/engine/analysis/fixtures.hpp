// What the tests of the analyzers share: the tables of the program, and simple ones of their own.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

#include "engine/analysis/analysis.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"

namespace assay::testing {

inline constexpr MinorUnits open_end = std::numeric_limits<MinorUnits>::max();

inline const engine::Tables& official_tables() {
    static const auto tables = engine::load_tables();
    if (!tables.has_value()) std::abort();
    return **tables;
}

inline TimePoint day(std::string_view date) {
    return *parse_time(date);
}

inline const engine::FeeTable& table_on(std::string_view channel, std::string_view date) {
    const engine::Channel* found = official_tables().find_channel(channel);
    if (found == nullptr) std::abort();
    const auto* table = found->in_force(std::chrono::floor<std::chrono::days>(day(date)));
    if (table == nullptr) std::abort();
    return *table;
}

// One schedule and nothing else.
inline engine::FeeTable flat_table(engine::FeeSchedule schedule) {
    engine::FeeTable table;
    table.channel = "test";
    table.version = "2025-01-01";
    table.percentage_code = "final_value";
    table.standard = std::move(schedule);
    return table;
}

// A lognormal price around `median` minor units.
inline engine::Price price_of(std::string_view currency, double median, double log_sd,
                              int confidence = 70) {
    engine::Price price;
    price.basis = engine::PriceBasis::sold_comps;
    price.currency = *Currency::parse(currency);
    price.log_mean = std::log(median);
    price.log_sd = log_sd;
    const auto at = [&](double z) {
        return static_cast<MinorUnits>(std::llround(median * std::exp(z * log_sd)));
    };
    price.p10 = at(-1.2815515655446004);
    price.p50 = at(0);
    price.p90 = at(1.2815515655446004);
    price.n = price.n_used = 20;
    price.n_effective = 15;
    price.shrink_weight = 1;
    price.confidence = confidence;
    price.level = "high";
    return price;
}

}  // namespace assay::testing
