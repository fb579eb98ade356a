// Kendall's test, Theil-Sen's slope, and the medians of the windows.
// SPDX-License-Identifier: MIT
#include "engine/analysis/price_trend.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/analysis/lognormal.hpp"

namespace assay::engine {
namespace {

// t (t - 1) (2 t + 5) of each run of equal values, for the variance of S.
double tie_term(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    double sum = 0;
    for (std::size_t begin = 0; begin < values.size();) {
        std::size_t end = begin + 1;
        while (end < values.size() && values[end] == values[begin])
            ++end;
        const double ties = static_cast<double>(end - begin);
        sum += ties * (ties - 1) * (2 * ties + 5);
        begin = end;
    }
    return sum;
}

int sign(double value) noexcept {
    return value > 0 ? 1 : value < 0 ? -1 : 0;
}

double median_of(std::vector<double>& values) {
    assert(!values.empty());
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

void rate_stability(std::span<const DatedValue> dated, double location, const Defaults& defaults,
                    std::vector<double>& buffer, Price& out) {
    const double band = std::log1p(defaults.stability_band);
    const auto windows =
        static_cast<int>(std::ceil(defaults.age_days_max / defaults.stability_window_days));
    for (int window = 0; window < windows; ++window) {
        const double from = -(window + 1) * defaults.stability_window_days;
        buffer.clear();
        for (const DatedValue& one : dated) {
            if (one.day > from && one.day <= from + defaults.stability_window_days)
                buffer.push_back(one.value);
        }
        if (static_cast<std::int64_t>(buffer.size()) < defaults.stability_count_min) continue;
        ++out.windows;
        if (std::abs(median_of(buffer) - location) > band) ++out.windows_unsteady;
    }
}

}  // namespace

KendallTest kendall_test(std::span<const DatedValue> dated, std::vector<double>& buffer) {
    KendallTest test;
    const double n = static_cast<double>(dated.size());
    if (dated.size() < 2) return test;
    for (std::size_t i = 0; i < dated.size(); ++i) {
        for (std::size_t j = i + 1; j < dated.size(); ++j)
            test.s += sign(dated[j].day - dated[i].day) * sign(dated[j].value - dated[i].value);
    }
    const auto ties = [&](double DatedValue::*member) {
        buffer.clear();
        for (const DatedValue& one : dated)
            buffer.push_back(one.*member);
        return tie_term(buffer);
    };
    const double variance =
        (n * (n - 1) * (2 * n + 5) - ties(&DatedValue::day) - ties(&DatedValue::value)) / 18;
    if (variance <= 0 || test.s == 0) return test;
    const double z = (std::abs(test.s) - 1) / std::sqrt(variance);
    test.p = std::min(1.0, 2 * normal_cdf(-z));
    return test;
}

double theil_sen_slope(std::span<const DatedValue> dated, std::vector<double>& slopes) {
    slopes.clear();
    for (std::size_t i = 0; i < dated.size(); ++i) {
        for (std::size_t j = i + 1; j < dated.size(); ++j) {
            const double days = dated[j].day - dated[i].day;
            if (days != 0) slopes.push_back((dated[j].value - dated[i].value) / days);
        }
    }
    return slopes.empty() ? 0 : median_of(slopes);
}

void rate_movement(std::vector<DatedValue>& dated, double location, const Defaults& defaults,
                   std::vector<double>& buffer, Price& out) {
    rate_stability(dated, location, defaults, buffer, out);
    if (static_cast<std::int64_t>(dated.size()) < defaults.trend_count_min) return;
    out.trend = Trend::flat;
    // Pairs grow with the square: of a long list the newest ones tell where the price goes.
    const auto most = static_cast<std::size_t>(defaults.pairwise_count_max);
    if (dated.size() > most) {
        std::sort(dated.begin(), dated.end(), [](const DatedValue& a, const DatedValue& b) {
            return a.day != b.day ? a.day > b.day : a.value < b.value;
        });
        dated.resize(most);
    }
    const KendallTest test = kendall_test(dated, buffer);
    out.trend_p = test.p;
    if (test.p >= defaults.trend_p_max) return;
    const double slope = theil_sen_slope(dated, buffer);
    if (slope == 0) return;
    out.trend = slope > 0 ? Trend::rising : Trend::falling;
    out.trend_30_days = std::expm1(30 * slope);
}

}  // namespace assay::engine
