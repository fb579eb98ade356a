// The lognormal price: probabilities and partial expectations over stretches of it, closed form.
// SPDX-License-Identifier: MIT
#pragma once

#include <cassert>
#include <cmath>
#include <limits>

namespace assay::engine {

inline double normal_cdf(double z) noexcept {
    return 0.5 * std::erfc(-z * 0.70710678118654752440);
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
