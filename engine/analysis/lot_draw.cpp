// How a lot's net is drawn, and why so.
// SPDX-License-Identifier: MIT
#include "engine/analysis/lot_draw.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <tuple>

#include "engine/analysis/lognormal.hpp"
#include "engine/base/hash.hpp"

// The value of a unit of line i is median_i * exp(sd_i * (sqrt(rho) Z + sqrt(1 - rho) e_i)); all
// units of a line share e_i, all lines share Z. The net has no closed form (a sum of floored,
// dependent lognormals), and a lot of fifteen lines is far from normal: a few lines carry it. So
// the lines that matter most are drawn one by one on a fixed Latin hypercube: every factor takes
// each of N equally likely quantiles exactly once, in an order shuffled by a seed made of the
// lines. That makes each line's own distribution exact and leaves noise only in how they combine
// (about half a percent on p10 to p90). The many small lines of a big lot are independent given Z
// and act together as one normal amount whose mean and variance, given Z, have closed forms: cheap
// at 100,000 lines, and with the big ones drawn apart the rest is many and small, as the normal
// needs.
namespace assay::engine {
namespace {

// A batch's webhook waits for this, so it is sized to cost a few milliseconds at most. Few lines
// average out less noise, and cost less per draw.
constexpr std::size_t drawn_lines_max = 64;
constexpr std::size_t draws_for(std::size_t lines) noexcept {
    return lines <= 8 ? 16'384 : lines <= 32 ? 8'192 : 4'096;
}

// The normal distribution from a table, linear between its points: off by 5e-7 at most, and ten
// times as fast as erfc, which a big lot asks for millions of times.
class NormalTable {
  public:
    NormalTable() {
        for (std::size_t i = 0; i < at_.size(); ++i)
            at_[i] = normal_cdf(-bound + static_cast<double>(i) / per_unit);
    }
    double operator()(double z) const noexcept {
        const double place = (z + bound) * per_unit;
        if (!(place > 0)) return 0;
        if (place >= static_cast<double>(at_.size() - 1)) return 1;
        const auto i = static_cast<std::size_t>(place);
        const double part = place - static_cast<double>(i);
        return at_[i] + part * (at_[i + 1] - at_[i]);
    }

  private:
    static constexpr double bound = 8, per_unit = 256;
    std::array<double, 4097> at_{};
};

// SplitMix64 (Steele et al. 2014), inline: a shuffle asks for millions of numbers.
class Shuffler {
  public:
    explicit Shuffler(std::uint64_t seed) : state_(seed) {}
    void shuffle(std::vector<double>& values) noexcept {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[below(static_cast<std::uint32_t>(i))]);
    }

  private:
    std::size_t below(std::uint32_t bound) noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        z ^= z >> 31;
        return static_cast<std::size_t>(((z >> 32) * bound) >> 32);
    }
    std::uint64_t state_;
};

struct Candidate {
    LotLine line;
    double expected = 0;
};

// By weight, then by content, never by position: row order must not change the answer.
bool comes_first(const Candidate& a, const Candidate& b) noexcept {
    if (a.expected != b.expected) return a.expected > b.expected;
    const auto key = [](const Candidate& c) {
        return std::tuple(c.line.log_median, c.line.log_sd, c.line.fee_rate, c.line.fixed,
                          c.line.quantity);
    };
    return key(a) < key(b);
}

std::uint64_t seed_of(std::span<const Candidate> drawn) noexcept {
    std::uint64_t seed = drawn.size();
    for (const Candidate& candidate : drawn) {
        const std::array<double, 5> content{candidate.line.log_median, candidate.line.log_sd,
                                            candidate.line.fee_rate, candidate.line.fixed,
                                            static_cast<double>(candidate.line.quantity)};
        seed = hash64({reinterpret_cast<const char*>(content.data()), sizeof(content)}, seed);
    }
    return seed;
}

// Mean and variance of many small lines together, as smooth functions of the common factor: exact
// at Chebyshev nodes, the polynomial through them between.
class Rest {
  public:
    explicit Rest(double correlation)
        : shared_(std::sqrt(correlation)), own_(std::sqrt(1 - correlation)) {
        for (std::size_t i = 0; i < node_count; ++i) {
            const double angle = std::numbers::pi * (2 * static_cast<double>(i) + 1) /
                                 (2 * static_cast<double>(node_count));
            nodes_[i] = reach * std::cos(angle);
            weights_[i] = (i % 2 == 0 ? 1 : -1) * std::sin(angle);
        }
    }

    void add(const LotLine& line) noexcept {
        const double kept = 1 - line.fee_rate;
        const double quantity = static_cast<double>(line.quantity);
        const double own = std::max(line.log_sd * own_, 1e-9);
        // Worth selling above exp(floor); without fixed costs, always.
        const double floor = line.fixed > 0 ? std::log(line.fixed / kept) : -700;
        const double mean_factor = std::exp(0.5 * own * own);
        for (std::size_t i = 0; i < node_count; ++i) {
            const double log_median = line.log_median + line.log_sd * shared_ * nodes_[i];
            const double z = (log_median - floor) / own;
            const double value = kept * std::exp(log_median) * mean_factor;
            const double p0 = cdf_(z), p1 = cdf_(z + own), p2 = cdf_(z + 2 * own);
            const double mean = std::max(0.0, value * p1 - line.fixed * p0);
            const double square = value * value * mean_factor * mean_factor * p2 -
                                  2 * line.fixed * value * p1 + line.fixed * line.fixed * p0;
            mean_[i] += quantity * mean;
            variance_[i] += quantity * quantity * std::max(0.0, square - mean * mean);
        }
    }

    struct Moments {
        double mean = 0, sd = 0;
    };
    Moments at(double factor) const noexcept {
        double mean = 0, variance = 0, weight = 0;
        for (std::size_t i = 0; i < node_count; ++i) {
            const double distance = factor - nodes_[i];
            if (std::fabs(distance) < 1e-12) return {mean_[i], std::sqrt(variance_[i])};
            const double w = weights_[i] / distance;
            mean += w * mean_[i];
            variance += w * variance_[i];
            weight += w;
        }
        return {mean / weight, std::sqrt(std::max(0.0, variance / weight))};
    }

  private:
    static constexpr std::size_t node_count = 9;
    static constexpr double reach = 4.3;  // beyond the outermost quantile of any draw
    double shared_, own_;
    std::array<double, node_count> nodes_{}, weights_{}, mean_{}, variance_{};
    NormalTable cdf_;
};

std::vector<Candidate> gather(std::span<const LotLine> lines) {
    std::vector<Candidate> candidates;
    candidates.reserve(lines.size());
    for (const LotLine& line : lines) {
        if (line.basis == LotBasis::none || line.quantity == 0) continue;
        candidates.push_back({line, static_cast<double>(line.quantity) * expected_unit_net(line)});
    }
    const std::size_t drawn = std::min(candidates.size(), drawn_lines_max);
    const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(drawn);
    std::nth_element(candidates.begin(), middle, candidates.end(), comes_first);
    std::sort(candidates.begin(), middle, comes_first);
    // The rest is only summed, but floating sums depend on their order.
    std::sort(middle, candidates.end(), comes_first);
    return candidates;
}

}  // namespace

double expected_unit_value(const LotLine& line) noexcept {
    return std::exp(line.log_median + 0.5 * line.log_sd * line.log_sd);
}

double expected_unit_net(const LotLine& line) noexcept {
    const Lognormal value(line.log_median, line.log_sd);
    const double kept = 1 - line.fee_rate;
    if (kept <= 0) return 0;
    const Lognormal::Below unsold = value.below(line.fixed / kept);
    return kept * (value.mean() - unsold.mean) - line.fixed * (1 - unsold.probability);
}

std::vector<double> draw_lot_nets(std::span<const LotLine> lines, double correlation) {
    assert(correlation >= 0 && correlation <= 1);
    const std::vector<Candidate> candidates = gather(lines);
    if (candidates.empty()) return {};
    const auto drawn = std::span(candidates).first(std::min(candidates.size(), drawn_lines_max));
    const auto rest = std::span(candidates).subspan(drawn.size());
    const std::size_t draws = draws_for(drawn.size());
    std::vector<double> factor(draws);
    for (std::size_t i = 0; i < draws / 2; ++i) {
        const double half =
            normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(draws));
        factor[i] = half;
        factor[draws - 1 - i] = -half;
    }

    Shuffler shuffler(seed_of(drawn));
    std::vector<double> nets(draws), own(factor), common(draws), scatter(draws);
    const double shared = std::sqrt(correlation), alone = std::sqrt(1 - correlation);
    double tabled_sd = -1;  // lines of one sd share the two tables: an exponential per line, not N
    for (const Candidate& candidate : drawn) {
        const LotLine& line = candidate.line;
        if (line.log_sd != tabled_sd) {
            tabled_sd = line.log_sd;
            // The factors lie symmetrically: each exponential serves both sides.
            for (std::size_t i = 0; i < draws / 2; ++i) {
                common[i] = std::exp(tabled_sd * shared * factor[i]);
                scatter[i] = std::exp(tabled_sd * alone * factor[i]);
                common[draws - 1 - i] = 1 / common[i];
                scatter[draws - 1 - i] = 1 / scatter[i];
            }
        }
        shuffler.shuffle(scatter);
        const double kept = std::exp(line.log_median) * (1 - line.fee_rate);
        const double quantity = static_cast<double>(line.quantity);
        for (std::size_t i = 0; i < draws; ++i)
            nets[i] += quantity * std::max(0.0, kept * common[i] * scatter[i] - line.fixed);
    }
    if (!rest.empty()) {
        Rest small(correlation);
        for (const Candidate& candidate : rest)
            small.add(candidate.line);
        shuffler.shuffle(own);
        for (std::size_t i = 0; i < draws; ++i) {
            const Rest::Moments moments = small.at(factor[i]);
            nets[i] += std::max(0.0, moments.mean + moments.sd * own[i]);
        }
    }
    std::sort(nets.begin(), nets.end());
    return nets;
}

double quantile(std::span<const double> ascending, double probability) noexcept {
    assert(!ascending.empty());
    const double last = static_cast<double>(ascending.size() - 1);
    const double place =
        std::clamp(probability * static_cast<double>(ascending.size()) - 0.5, 0.0, last);
    const auto i = static_cast<std::size_t>(place);
    if (i + 1 >= ascending.size()) return ascending.back();
    return ascending[i] + (place - static_cast<double>(i)) * (ascending[i + 1] - ascending[i]);
}

double share_reaching(std::span<const double> ascending, double level) noexcept {
    if (ascending.empty()) return 0;
    const auto first = std::lower_bound(ascending.begin(), ascending.end(), level);
    return static_cast<double>(ascending.end() - first) / static_cast<double>(ascending.size());
}

}  // namespace assay::engine
