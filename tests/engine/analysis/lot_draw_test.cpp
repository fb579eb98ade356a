// The draw: exact means, agreement with brute force, and no seam between small and big lots.
// SPDX-License-Identifier: MIT
#include "engine/analysis/lot_draw.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <random>

#include "tests/engine/analysis/lot_fixtures.hpp"

namespace assay::engine {
namespace {

using testing::official_tables;
using testing::worked_lines;

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Many lines unlike each other.
std::vector<LotLine> varied_lines(std::size_t count) {
    std::vector<LotLine> lines;
    std::mt19937_64 random(11);
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < count; ++i) {
        LotLine line;
        line.index = i;
        line.basis = i % 3 == 0 ? LotBasis::comparables : LotBasis::recovery;
        line.log_median = 7.5 + 0.9 * normal(random);
        line.log_sd = i % 3 == 0 ? 0.15 + 0.01 * static_cast<double>(i % 20) : 0.6;
        line.fee_rate = 0.11;
        line.fixed = 45 + (i % 4 == 0 ? 1049 : 549);
        line.quantity = static_cast<std::uint32_t>(1 + i % 3);
        line.currency = {'E', 'U', 'R'};
        lines.push_back(line);
    }
    return lines;
}

// Plain Monte Carlo, the oracle.
std::vector<double> brute_force(const std::vector<LotLine>& lines, std::size_t draws) {
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    std::vector<double> nets(draws);
    for (double& net : nets) {
        const double common = normal(random);
        for (const LotLine& line : lines) {
            const double value =
                std::exp(line.log_median +
                         line.log_sd * (std::sqrt(0.3) * common + std::sqrt(0.7) * normal(random)));
            net += static_cast<double>(line.quantity) *
                   std::max(0.0, value * (1 - line.fee_rate) - line.fixed);
        }
    }
    std::sort(nets.begin(), nets.end());
    return nets;
}

void expect_same_distribution(const std::vector<LotLine>& lines, std::size_t draws,
                              double tolerance) {
    const std::vector<double> ours = draw_lot_nets(lines, 0.3);
    const std::vector<double> theirs = brute_force(lines, draws);
    for (const double p : {0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95}) {
        const double expected = quantile(theirs, p);
        EXPECT_NEAR(quantile(ours, p), expected, tolerance * expected)
            << lines.size() << " lines at " << p;
    }
}

TEST(LotDraw, AgreesWithBruteForceForTheWorkedExample) {
    expect_same_distribution(worked_lines(), 100'000, 0.015);
}

TEST(LotDraw, AgreesWithBruteForceForOneLine) {
    expect_same_distribution({worked_lines()[2]}, 100'000, 0.015);
}

TEST(LotDraw, AgreesWithBruteForceWhereTheRestIsTakenTogether) {
    expect_same_distribution(varied_lines(1'500), 4'000, 0.03);
}

TEST(LotDraw, HasNoSeamBetweenSmallAndBigLots) {
    std::vector<LotLine> lines = varied_lines(64);  // as many as are drawn one by one
    const double all_drawn = quantile(draw_lot_nets(lines, 0.3), 0.2);
    LotLine small = lines[1];
    small.log_median = std::log(700.0);  // hardly worth its postage
    lines.push_back(small);
    EXPECT_NEAR(quantile(draw_lot_nets(lines, 0.3), 0.2), all_drawn, 0.01 * all_drawn);
}

TEST(LotDraw, KeepsTheExactMean) {
    for (const std::size_t count : {1UL, 15UL, 300UL, 2'000UL}) {
        const std::vector<LotLine> lines = varied_lines(count);
        double expected = 0;
        for (const LotLine& line : lines)
            expected += static_cast<double>(line.quantity) * expected_unit_net(line);
        EXPECT_NEAR(mean(draw_lot_nets(lines, 0.3)), expected, 0.006 * expected) << count;
    }
}

TEST(LotDraw, IsCertainWhereTheLinesAre) {
    LotLine line = worked_lines()[0];
    line.log_sd = 0;
    const std::vector<double> nets = draw_lot_nets(std::span(&line, 1), 0.3);
    EXPECT_NEAR(nets.front(), nets.back(), 1e-6);
    EXPECT_NEAR(nets.front(), expected_unit_net(line), 1e-6);
}

TEST(LotDraw, OfUnitsNotWorthSellingIsNothing) {
    LotLine line = worked_lines()[0];
    line.fixed = 1e9;
    EXPECT_EQ(draw_lot_nets(std::span(&line, 1), 0.3).back(), 0);
    EXPECT_NEAR(expected_unit_net(line), 0, 1e-6);
    EXPECT_TRUE(draw_lot_nets({}, 0.3).empty());
}

TEST(Quantile, InterpolatesBetweenValues) {
    const std::vector<double> values{1, 2, 3, 4};
    EXPECT_EQ(quantile(values, 0.0), 1);
    EXPECT_EQ(quantile(values, 0.5), 2.5);
    EXPECT_EQ(quantile(values, 1.0), 4);
    EXPECT_EQ(share_reaching(values, 3), 0.5);
    EXPECT_EQ(share_reaching(values, 4.5), 0);
    EXPECT_EQ(share_reaching({}, 1), 0);
}

}  // namespace
}  // namespace assay::engine
