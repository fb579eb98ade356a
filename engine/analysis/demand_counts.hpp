// What can be counted of a product's sales: by its seller, by comparables, by rank.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/analysis/demand.hpp"

namespace assay::engine {

struct SalesCount {
    double sold = 0, days = 0;
};

// New goods and used ones sell at different speeds: only sales of the same kind count. A condition
// that nobody names is taken for either.
bool is_same_kind(Condition a, Condition b) noexcept;

// Sales among the comparables that may be counted: dated, of the same kind, of this currency or
// not, within age_days_max. The whole window counts, also where the list begins later: a short list
// then says too little rather than too much. Unless it is known since when every sale stands in it
// (`complete_since`, of a book of sold prices): then the days before it are not days without one.
// nullopt: none.
std::optional<SalesCount> count_comparables(std::span<const Comparable> comparables,
                                            Condition condition, const Defaults& defaults,
                                            TimePoint as_of,
                                            std::optional<TimePoint> complete_since);

// Falls of the rank by more than rank_drop between two readings, of the last rank_history_days: at
// least so many sales. nullopt: fewer than two readings.
std::optional<SalesCount> count_rank_drops(std::span<const RankPoint> history,
                                           const Defaults& defaults, TimePoint as_of);

// Days of the last rank_history_days with a sale: the rank was below rank_active_max, or fell by
// more than rank_drop since the day before. 151 stands for more than 150. nullopt: no reading.
std::optional<std::int64_t> escore_of(std::span<const RankPoint> history, const Defaults& defaults,
                                      TimePoint as_of);

}  // namespace assay::engine
