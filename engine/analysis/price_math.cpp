// Medians, spread, Hodges-Lehmann and exact intervals over sorted points.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_math.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/analysis/price_points.hpp"

namespace assay::engine {
namespace {

// Weights are sums of rounded products: what differs by less than this is equal.
constexpr double weight_tolerance = 1e-12;
constexpr std::size_t selection_count_max = 24;

bool by_value(const PricePoint& a, const PricePoint& b) noexcept {
    return a.value < b.value;
}

double total_weight(std::span<const PricePoint> points) noexcept {
    double total = 0;
    for (const PricePoint& point : points)
        total += point.weight;
    return total;
}

// The weighted median of unsorted points: quickselect by weight. Reorders `points`.
// `below`: weight that lies under them; `half`: the weight at which the median lies.
double select_weighted_median(std::span<PricePoint> points, double below, double half) noexcept {
    const double tolerance = half * weight_tolerance;
    while (points.size() > 8) {
        // The median of three keeps a sorted input from being the worst one.
        double pivot = points[points.size() / 2].value;
        const double first = points.front().value, last = points.back().value;
        pivot = std::max(std::min(first, last), std::min(std::max(first, last), pivot));
        double left = 0, same = 0;
        const auto middle = std::partition(points.begin(), points.end(), [&](const PricePoint& p) {
            if (p.value >= pivot) return false;
            left += p.weight;
            return true;
        });
        const auto right = std::partition(middle, points.end(), [&](const PricePoint& p) {
            if (p.value > pivot) return false;
            same += p.weight;
            return true;
        });
        if (below + left > half + tolerance) {
            points = {points.begin(), middle};
        } else if (below + left + same >= half - tolerance) {
            // The crossing is at the pivot; exactly at one of its edges the neighbour counts too.
            if (below + left >= half - tolerance && middle != points.begin()) {
                return (std::max_element(points.begin(), middle, by_value)->value + pivot) / 2;
            }
            if (below + left + same <= half + tolerance && right != points.end()) {
                return (pivot + std::min_element(right, points.end(), by_value)->value) / 2;
            }
            return pivot;
        } else {
            // Kept for the case that the crossing lies between the pivot and what is above it.
            below += left + same;
            points = {right, points.end()};
        }
    }
    std::sort(points.begin(), points.end(), by_value);
    for (std::size_t i = 0; i < points.size(); ++i) {
        below += points[i].weight;
        if (below > half + tolerance) return points[i].value;
        if (below >= half - tolerance) {
            return i + 1 < points.size() ? (points[i].value + points[i + 1].value) / 2
                                         : points[i].value;
        }
    }
    return points.back().value;
}

// The pairs i <= j whose mean is at most a limit, and the least mean above it.
struct PairsUpTo {
    double weight = 0, next = std::numeric_limits<double>::infinity();
    std::size_t count = 0;
};

// The points of most weight, sorted by value again: what pairs are made of when there are too many.
std::span<const PricePoint> heaviest(std::span<const PricePoint> points, std::size_t count,
                                     std::vector<PricePoint>& buffer) {
    if (points.size() <= count) return points;
    buffer.assign(points.begin(), points.end());
    std::sort(buffer.begin(), buffer.end(), [](const PricePoint& a, const PricePoint& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.index < b.index;
    });
    buffer.resize(count);
    sort_points(buffer);
    return buffer;
}

double pair_mean(const PricePoint& a, const PricePoint& b) noexcept {
    return (a.value + b.value) / 2;
}

// One pass with two ends; prefix[i].weight is the weight of sorted[0, i].
PairsUpTo pairs_up_to(std::span<const PricePoint> sorted, std::span<const PricePoint> prefix,
                      double limit) noexcept {
    PairsUpTo found;
    std::size_t end = sorted.size();  // sorted[0, end) pair with i to at most the limit
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        while (end > 0 && pair_mean(sorted[i], sorted[end - 1]) > limit)
            --end;
        const std::size_t above = std::max(end, i);
        if (above < sorted.size()) {
            found.next = std::min(found.next, pair_mean(sorted[i], sorted[above]));
        }
        if (end <= i) continue;
        const double before = i == 0 ? 0 : prefix[i - 1].weight;
        found.weight += sorted[i].weight * (prefix[end - 1].weight - before);
        found.count += end - i;
    }
    return found;
}

// Halves the range of values until few pairs are left in it, and selects among those.
double bisect_pairs(std::span<const PricePoint> sorted, std::vector<PricePoint>& buffer) {
    const std::size_t count = sorted.size();
    buffer.assign(sorted.begin(), sorted.end());
    for (std::size_t i = 1; i < count; ++i)
        buffer[i].weight += buffer[i - 1].weight;
    const double half = pairs_up_to(sorted, buffer, sorted.back().value).weight / 2;
    const double tolerance = half * weight_tolerance;

    // Less than half lies up to `low`, at least half up to `high`.
    double low = std::nextafter(sorted.front().value, -std::numeric_limits<double>::infinity());
    double high = sorted.back().value;
    PairsUpTo below;
    PairsUpTo within = pairs_up_to(sorted, buffer, high);
    while (within.count - below.count > 2 * count) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;  // many equal means
        const PairsUpTo found = pairs_up_to(sorted, buffer, middle);
        if (found.weight >= half - tolerance) {
            high = middle;
            within = found;
        } else {
            low = middle;
            below = found;
        }
    }
    // The pairs of (low, high], and the first one above in case the half lies between them.
    buffer.clear();
    for (std::size_t i = 0; i < count; ++i) {
        const auto rest = sorted.subspan(i);
        const auto first = std::partition_point(rest.begin(), rest.end(), [&](const PricePoint& p) {
            return pair_mean(sorted[i], p) <= low;
        });
        for (auto other = first; other != rest.end(); ++other) {
            const double mean = pair_mean(sorted[i], *other);
            if (mean > high) break;
            buffer.push_back({mean, sorted[i].weight * other->weight, 0});
        }
    }
    if (std::isfinite(within.next)) buffer.push_back({within.next, 2 * half, 0});
    return select_weighted_median(buffer, below.weight, half);
}

}  // namespace

double median_of_sorted(std::span<const PricePoint> sorted) noexcept {
    assert(!sorted.empty());
    const std::size_t middle = sorted.size() / 2;
    if (sorted.size() % 2 == 1) return sorted[middle].value;
    return (sorted[middle - 1].value + sorted[middle].value) / 2;
}

double median_distance(std::span<const PricePoint> sorted, double center) noexcept {
    assert(!sorted.empty());
    const auto above =
        std::lower_bound(sorted.begin(), sorted.end(), center,
                         [](const PricePoint& point, double value) { return point.value < value; });
    std::size_t right = static_cast<std::size_t>(above - sorted.begin());
    std::size_t left = right;
    double previous = 0, distance = 0;
    for (std::size_t taken = 0; taken <= sorted.size() / 2; ++taken) {
        previous = distance;
        const bool take_left =
            left > 0 && (right == sorted.size() ||
                         center - sorted[left - 1].value <= sorted[right].value - center);
        distance = take_left ? center - sorted[--left].value : sorted[right++].value - center;
    }
    return sorted.size() % 2 == 1 ? distance : (previous + distance) / 2;
}

double mean_distance(std::span<const PricePoint> sorted, double center) noexcept {
    double sum = 0;
    for (const PricePoint& point : sorted)
        sum += std::abs(point.value - center);
    return sum / static_cast<double>(sorted.size());
}

double robust_spread(std::span<const PricePoint> sorted, double mad_floor) noexcept {
    const double center = median_of_sorted(sorted);
    const double mad = median_distance(sorted, center);
    const double spread = mad > 0 ? 1.4826 * mad : 1.2533 * mean_distance(sorted, center);
    return std::max(spread, 1.4826 * mad_floor);
}

double weighted_median(std::span<const PricePoint> sorted) noexcept {
    assert(!sorted.empty());
    const double half = total_weight(sorted) / 2;
    const double tolerance = half * weight_tolerance;
    double below = 0;
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
        below += sorted[i].weight;
        if (below > half + tolerance) return sorted[i].value;
        if (below >= half - tolerance) return (sorted[i].value + sorted[i + 1].value) / 2;
    }
    return sorted.back().value;
}

double weighted_hodges_lehmann(std::span<const PricePoint> sorted, std::vector<PricePoint>& pairs) {
    assert(!sorted.empty());
    pairs.clear();
    if (sorted.size() <= selection_count_max) {
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            for (std::size_t j = i; j < sorted.size(); ++j) {
                pairs.push_back({(sorted[i].value + sorted[j].value) / 2,
                                 sorted[i].weight * sorted[j].weight, 0});
            }
        }
        return select_weighted_median(pairs, 0, total_weight(pairs) / 2);
    }
    return bisect_pairs(sorted, pairs);
}

bool is_pairwise(std::size_t count, const Defaults& defaults) noexcept {
    return count >= static_cast<std::size_t>(defaults.pairwise_count_min);
}

double estimate_location(std::span<const PricePoint> sorted, bool pairwise,
                         const Defaults& defaults, PriceScratch& scratch) {
    if (!pairwise) return weighted_median(sorted);
    const auto most = static_cast<std::size_t>(defaults.pairwise_count_max);
    return weighted_hodges_lehmann(heaviest(sorted, most, scratch.heaviest), scratch.pairs);
}

OrderInterval order_interval(std::size_t count, double nominal) noexcept {
    OrderInterval best;
    double term = std::exp2(-static_cast<double>(count));  // C(n, 0) / 2^n
    double tail = 0;
    for (std::size_t rank = 1; 2 * rank <= count; ++rank) {
        tail += term;
        const double coverage = 1 - 2 * tail;
        if (coverage < nominal) break;
        best = {rank, coverage};
        term *= static_cast<double>(count - rank + 1) / static_cast<double>(rank);
    }
    return best;
}

double effective_count(std::span<const PricePoint> points) noexcept {
    double sum = 0, squares = 0;
    for (const PricePoint& point : points) {
        sum += point.weight;
        squares += point.weight * point.weight;
    }
    return squares > 0 ? sum * sum / squares : 0;
}

}  // namespace assay::engine
