// Counting sales by comparables and by rank: what counts, and what says nothing.
// SPDX-License-Identifier: MIT
#include "engine/analysis/demand_counts.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::engine {
namespace {

class DemandCounts : public ::testing::Test {
  protected:
    void rank(double days_ago, std::int64_t rank) {
        history.push_back(
            {as_of - std::chrono::milliseconds(std::llround(days_ago * 86'400'000)), rank});
    }
    auto drops() const { return count_rank_drops(history, defaults, as_of); }
    auto escore() const { return escore_of(history, defaults, as_of); }

    const TimePoint as_of = *parse_time("2026-05-25T23:00:00Z");
    Defaults defaults;
    std::vector<RankPoint> history;
};

TEST_F(DemandCounts, ARankThatFallsByMoreThanATenthIsASale) {
    rank(4, 200'000);
    rank(3, 180'000);  // exactly a tenth: may be somebody else's sale
    rank(2, 161'000);
    rank(1, 250'000);  // rising: nothing was sold
    EXPECT_EQ(drops()->sold, 1);
    EXPECT_NEAR(drops()->days, 4, 1e-9);
    rank(0.5, 100'000);
    EXPECT_EQ(drops()->sold, 2);
}

TEST_F(DemandCounts, ReadingsMayStandInAnyOrderAndOldOnesDoNotCount) {
    rank(0.5, 100'000);
    rank(2, 200'000);
    rank(200, 900'000);
    rank(-1, 1'000);  // after the moment that we look from
    EXPECT_EQ(drops()->sold, 1);
    EXPECT_NEAR(drops()->days, 2, 1e-9);
}

TEST_F(DemandCounts, OneReadingOrAnAfternoonSaysNothing) {
    EXPECT_EQ(drops(), std::nullopt);
    rank(0.5, 200'000);
    EXPECT_EQ(drops(), std::nullopt);
    rank(0.2, 100'000);
    EXPECT_EQ(drops(), std::nullopt);
}

TEST_F(DemandCounts, AnEscoreCountsTheDaysWithASale) {
    EXPECT_EQ(escore(), std::nullopt);
    for (int day = 9; day >= 0; --day)
        rank(day, 500'000);
    EXPECT_EQ(escore(), 0);
    history[4].rank = 400'000;  // fell, and rose again the day after
    EXPECT_EQ(escore(), 1);
    history[7].rank = 99'999;  // so popular that something sells every day
    EXPECT_EQ(escore(), 2);
    history.erase(history.begin() + 8);  // no reading: the rank is taken to have stood
    EXPECT_EQ(escore(), 3);
}

TEST_F(DemandCounts, AboveAHundredAndFiftyDaysIsOneFigure) {
    for (int day = 179; day >= 0; --day)
        rank(day, 5'000);
    EXPECT_EQ(escore(), 151);
}

TEST_F(DemandCounts, ComparablesCountWhereTheyAreSalesOfThisKind) {
    std::vector<Comparable> list(7);
    for (Comparable& one : list) {
        one.price = 100;
        one.sold_at = as_of - std::chrono::days(5);
        one.condition = Condition::good;
    }
    std::optional<TimePoint> since;
    const auto count = [&] {
        return count_comparables(list, Condition::very_good, defaults, as_of, since);
    };
    EXPECT_EQ(count()->sold, 7);
    EXPECT_EQ(count()->days, 90);
    since = as_of - std::chrono::days(40);
    EXPECT_EQ(count()->days, 40) << "days before the book began are not days without a sale";
    since = as_of - std::chrono::days(400);
    EXPECT_EQ(count()->days, 90);
    since = as_of;
    EXPECT_EQ(count()->days, 1);
    list[0].kind = ComparableKind::active;
    list[1].sold_at.reset();
    list[2].match = 0.4;
    list[3].condition = Condition::new_;
    list[4].sold_at = as_of - std::chrono::days(91);
    list[5].sold_at = as_of + std::chrono::days(1);
    EXPECT_EQ(count()->sold, 1);
    list.pop_back();
    EXPECT_EQ(count(), std::nullopt);
}

TEST(SameKind, NewAndUsedAreTwoMarketsAndTheUnknownIsEither) {
    EXPECT_TRUE(is_same_kind(Condition::new_, Condition::new_other));
    EXPECT_TRUE(is_same_kind(Condition::good, Condition::refurb_seller));
    EXPECT_FALSE(is_same_kind(Condition::new_, Condition::like_new));
    EXPECT_TRUE(is_same_kind(Condition::unknown, Condition::new_));
}

}  // namespace
}  // namespace assay::engine
