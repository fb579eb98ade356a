// Counts sales, from whatever shows them.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand_counts.hpp"

#include <algorithm>
#include <chrono>

namespace assay::engine {
namespace {

constexpr double milliseconds_per_day = 86'400'000.0;
constexpr std::int64_t escore_max = 151;

double days_between(TimePoint from, TimePoint to) noexcept {
    return static_cast<double>((to - from).count()) / milliseconds_per_day;
}

enum class Kind : std::uint8_t { unknown, fresh, used };
Kind kind_of(Condition condition) noexcept {
    switch (condition) {
        case Condition::unknown:
            return Kind::unknown;
        case Condition::new_:
        case Condition::new_other:
            return Kind::fresh;
        default:
            return Kind::used;
    }
}

bool fell(std::int64_t before, std::int64_t after, const Defaults& defaults) noexcept {
    return static_cast<double>(after) < static_cast<double>(before) * (1 - defaults.rank_drop);
}

// The readings between `from` and the moment that the analysis looks from, oldest first; a history
// that is not in order is read in the order of its times.
std::vector<RankPoint> readings(std::span<const RankPoint> history, const Defaults& defaults,
                                TimePoint as_of) {
    const TimePoint from = as_of - std::chrono::days(defaults.rank_history_days);
    std::vector<RankPoint> points;
    for (const RankPoint& point : history) {
        if (point.rank > 0 && point.time <= as_of && point.time >= from) points.push_back(point);
    }
    std::stable_sort(points.begin(), points.end(),
                     [](const RankPoint& a, const RankPoint& b) { return a.time < b.time; });
    return points;
}

}  // namespace

bool is_same_kind(Condition a, Condition b) noexcept {
    const Kind first = kind_of(a), second = kind_of(b);
    return first == Kind::unknown || second == Kind::unknown || first == second;
}

std::optional<SalesCount> count_comparables(std::span<const Comparable> comparables,
                                            Condition condition, const Defaults& defaults,
                                            TimePoint as_of,
                                            std::optional<TimePoint> complete_since) {
    SalesCount count{0, defaults.age_days_max};
    // A day at least: what begins with its only sale shows no rate.
    if (complete_since)
        count.days = std::clamp(days_between(*complete_since, as_of), 1.0, defaults.age_days_max);
    for (const Comparable& comparable : comparables) {
        if (comparable.kind != ComparableKind::sold || !comparable.sold_at) continue;
        if (comparable.match < defaults.match_min) continue;
        if (!is_same_kind(condition, comparable.condition)) continue;
        const double age = days_between(*comparable.sold_at, as_of);
        if (age >= 0 && age <= defaults.age_days_max) count.sold += 1;
    }
    if (count.sold == 0) return std::nullopt;
    return count;
}

std::optional<SalesCount> count_rank_drops(std::span<const RankPoint> history,
                                           const Defaults& defaults, TimePoint as_of) {
    const std::vector<RankPoint> points = readings(history, defaults, as_of);
    if (points.size() < 2) return std::nullopt;
    SalesCount count{0, days_between(points.front().time, as_of)};
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (fell(points[i - 1].rank, points[i].rank, defaults)) count.sold += 1;
    }
    if (count.days < 1) return std::nullopt;  // an afternoon says nothing
    return count;
}

std::optional<std::int64_t> escore_of(std::span<const RankPoint> history, const Defaults& defaults,
                                      TimePoint as_of) {
    const std::vector<RankPoint> points = readings(history, defaults, as_of);
    if (points.empty()) return std::nullopt;
    // The last reading of a day is that day's; between two of them the rank is taken to have stood.
    const auto last_day = std::chrono::floor<std::chrono::days>(as_of);
    std::int64_t score = 0, before = 0;
    std::size_t next = 0;
    for (auto day = std::chrono::floor<std::chrono::days>(points.front().time); day <= last_day;
         day += std::chrono::days(1)) {
        std::int64_t rank = before;
        while (next < points.size() &&
               std::chrono::floor<std::chrono::days>(points[next].time) == day)
            rank = points[next++].rank;
        const bool sold =
            rank < defaults.rank_active_max || (before > 0 && fell(before, rank, defaults));
        if (sold) ++score;
        before = rank;
    }
    return std::min(score, escore_max);
}

}  // namespace assay::engine
