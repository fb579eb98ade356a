// The lognormal price: probabilities and partial expectations over stretches of it, closed form.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace assay::engine {

inline double normal_cdf(double z) noexcept {
    return 0.5 * std::erfc(-z * 0.70710678118654752440);
}

// Inverse of the normal distribution (Acklam's rational start, one Halley step: full precision).
inline double normal_quantile(double p) noexcept {
    assert(p > 0 && p < 1);
    constexpr std::array a{-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                           1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr std::array b{-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                           6.680131188771972e+01, -1.328068155288572e+01};
    constexpr std::array c{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                           -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr std::array d{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                           3.754408661907416e+00};
    const auto tail = [&](double q) {
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    };
    double x = 0;
    if (p < 0.02425) {
        x = tail(std::sqrt(-2 * std::log(p)));
    } else if (p > 1 - 0.02425) {
        x = -tail(std::sqrt(-2 * std::log(1 - p)));
    } else {
        const double q = p - 0.5, r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    const double error = normal_cdf(x) - p;
    const double step = error * std::sqrt(2 * std::numbers::pi) * std::exp(0.5 * x * x);
    return x - step / (1 + 0.5 * x * step);
}

// A positive amount whose logarithm is normal. A spread of zero is a certain amount.
class Lognormal {
  public:
    Lognormal(double log_mean, double log_sd) noexcept
        : log_mean_(log_mean), log_sd_(log_sd), mean_(std::exp(log_mean + 0.5 * log_sd * log_sd)) {
        assert(log_sd >= 0 && std::isfinite(log_mean));
    }

    double mean() const noexcept { return mean_; }

    // What lies below an amount: its probability, and its share of the mean, E[X; X < amount].
    struct Below {
        double probability = 0, mean = 0;
    };
    Below below(double amount) const noexcept {
        if (amount <= 0) return {0, 0};
        if (amount == std::numeric_limits<double>::infinity()) return {1, mean_};
        const double distance = std::log(amount) - log_mean_;
        if (log_sd_ == 0) return distance > 0 ? Below{1, mean_} : Below{0, 0};
        const double z = distance / log_sd_;
        return {normal_cdf(z), mean_ * normal_cdf(z - log_sd_)};
    }

    double probability_below(double amount) const noexcept {
        if (amount <= 0) return 0;
        if (log_sd_ == 0) return std::log(amount) > log_mean_ ? 1 : 0;
        return normal_cdf((std::log(amount) - log_mean_) / log_sd_);
    }

  private:
    double log_mean_, log_sd_, mean_;
};

}  // namespace assay::engine
