// Break-even, dead zones and the dearest cost, held against a search through every cent.
// SPDX-License-Identifier: MIT
#include "engine/analysis/break_even.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "tests/engine/analysis/sale_fixtures.hpp"

namespace assay::engine {
namespace {

using testing::clothing_table;
using ::testing::ElementsAre;
using testing::flat_below_threshold_table;
using ::testing::IsEmpty;
using testing::sale_terms;
using testing::sale_variants;

class BreakEven : public ::testing::Test {
  protected:
    // Each zone as its first price gives it.
    std::vector<DeadZone> zones_of(const SaleTerms& terms) {
        sale_segments(terms, fees_, segments_);
        zones_.clear();
        for (const SaleSegment& segment : segments_) {
            const auto from = static_cast<MinorUnits>(std::ceil(segment.from));
            const auto zone = dead_zone_at(terms, segments_, from, lines_);
            if (zone && zone->from == from) zones_.push_back(*zone);
        }
        return zones_;
    }
    std::optional<MinorUnits> price_of(const SaleTerms& terms) {
        zones_of(terms);
        return break_even_price(terms, segments_, lines_);
    }
    bool in_zone(MinorUnits price) const {
        return std::any_of(zones_.begin(), zones_.end(), [&](const DeadZone& zone) {
            return price >= zone.from && price < zone.until;
        });
    }
    std::vector<FeeSegment> fees_;
    std::vector<SaleSegment> segments_;
    std::vector<FeeLine> lines_;
    std::vector<DeadZone> zones_;
};

TEST_F(BreakEven, FollowsTheSchemasExample) {
    SaleTerms terms = sale_terms("ebay_us", 1'500);
    terms.ship_out = 620;
    EXPECT_EQ(price_of(terms), 2'500);
    EXPECT_EQ(max_unit_cost(terms, 4'232, {300'000, 300}, lines_), 2'304);
}

TEST_F(BreakEven, FindsThePublishedDeadZones) {
    EXPECT_THAT(zones_of(sale_terms(clothing_table(), 0)),
                ElementsAre(DeadZone{1501, 1583}, DeadZone{2001, 2169}));
    EXPECT_THAT(zones_of(sale_terms(flat_below_threshold_table(), 0)),
                ElementsAre(DeadZone{1500, 1505}));
    EXPECT_THAT(zones_of(sale_terms("ebay_us", 0)), ElementsAre(DeadZone{1001, 1011}));
}

TEST_F(BreakEven, FindsADeadZoneFromItsFirstPriceToItsLast) {
    const SaleTerms terms = sale_terms(clothing_table(), 0);
    sale_segments(terms, fees_, segments_);
    for (const MinorUnits inside : {2'001, 2'100, 2'168})
        EXPECT_EQ(dead_zone_at(terms, segments_, inside, lines_), (DeadZone{2'001, 2'169}));
    for (const MinorUnits outside : {0, 1'500, 1'583, 2'000, 2'169, 900'000})
        EXPECT_EQ(dead_zone_at(terms, segments_, outside, lines_), std::nullopt);
}

TEST_F(BreakEven, OfFeesThatFallWithThePriceHasNoDeadZone) {
    FeeTable table = testing::table_on("ebay_us", "2026-06-01");
    table.fixed.clear();
    table.standard = find_schedule(table, "Athletic Shoes");
    EXPECT_THAT(zones_of(sale_terms(table, 0)), IsEmpty());
}

TEST_F(BreakEven, PaysFromThereOnOutsideDeadZonesAndNotJustBelow) {
    for (const SaleTerms& terms : sale_variants()) {
        const auto price = price_of(terms);
        ASSERT_TRUE(price);
        for (MinorUnits at = *price; at < *price + 6'000; ++at) {
            ASSERT_TRUE(in_zone(at) || sale_profit(terms, at, lines_) >= 0)
                << "break-even " << *price << ", lost at " << at;
        }
        ASSERT_GE(sale_profit(terms, *price, lines_), 0);
        if (*price > 0) {
            ASSERT_TRUE(sale_profit(terms, *price - 1, lines_) < 0 || in_zone(*price - 1) ||
                        sale_profit(terms, *price - 2, lines_) < 0);
        }
    }
}

TEST_F(BreakEven, DeadZonesLeaveLessThanTheirLowerEdge) {
    for (const SaleTerms& terms : sale_variants()) {
        for (const DeadZone& zone : zones_of(terms)) {
            const MinorUnits edge = sale_profit(terms, zone.from - 1, lines_);
            ASSERT_LT(zone.from, zone.until);
            // Several rounded lines can reach the edge a cent or two before they stay there.
            for (MinorUnits at = zone.from; at < zone.until; ++at)
                ASSERT_LT(sale_profit(terms, at, lines_), edge + (at + 4 > zone.until)) << at;
            ASSERT_GE(sale_profit(terms, zone.until, lines_), edge);
        }
    }
}

TEST_F(BreakEven, AboveALosingStretchStartsWhereItEnds) {
    // Costs 18.20: 20.00 nets 18.00 and loses, 20.01 nets less still, 21.93 pays.
    EXPECT_EQ(price_of(sale_terms(clothing_table(), 1'820)), 2'193);
    // Costs 17.90: 19.89 pays, 20.01 to 21.56 lose, but they are a dead zone, listed apart.
    EXPECT_EQ(price_of(sale_terms(clothing_table(), 1'790)), 1'989);
    EXPECT_LT(sale_profit(sale_terms(clothing_table(), 1'790), 2'001, lines_), 0);
}

TEST_F(BreakEven, OfNothingIsNothing) {
    EXPECT_EQ(price_of(sale_terms(clothing_table(), 0)), 0);
}

TEST_F(BreakEven, IsAbsentWhereTheChannelTakesEverything) {
    SaleTerms terms = sale_terms("ebay_us", 1'000);
    terms.ads_rate = 980'000;
    EXPECT_EQ(price_of(terms), std::nullopt);
}

TEST_F(BreakEven, MaxUnitCostMeetsBothMinimaAndOneCentMoreDoesNot) {
    for (SaleTerms terms : sale_variants()) {
        for (const BuyMinima minima : {BuyMinima{300'000, 300}, BuyMinima{0, 0},
                                       BuyMinima{2'000'000, 50}, BuyMinima{100'000, 2'000}}) {
            const MinorUnits price = 6'543;
            const auto cost = max_unit_cost(terms, price, minima, lines_);
            const auto suffices = [&](MinorUnits unit_cost) {
                terms.unit_cost = unit_cost;
                const MinorUnits profit = sale_profit(terms, price, lines_);
                return profit >= minima.profit &&
                       static_cast<double>(profit) * 1e6 >=
                           static_cast<double>(landed_cost(terms) * minima.roi);
            };
            ASSERT_TRUE(cost);
            EXPECT_TRUE(suffices(*cost));
            EXPECT_FALSE(suffices(*cost + 1));
        }
    }
}

TEST_F(BreakEven, MaxUnitCostIsAbsentWhereNotEvenAGiftPays) {
    EXPECT_EQ(max_unit_cost(sale_terms("ebay_us", 0), 200, {300'000, 300}, lines_), std::nullopt);
}

TEST_F(BreakEven, MaxUnitCostUnderNegativeMinimaIsSearchedFor) {
    SaleTerms terms = sale_terms("ebay_de", 0);
    terms.regime = VatRegime::margin;
    terms.vat_rate = 190'000;
    const auto cost = max_unit_cost(terms, 1'000, {0, -5'000}, lines_);
    ASSERT_TRUE(cost);
    EXPECT_EQ(cost, max_unit_cost(terms, 1'000, {0, 0}, lines_));
}

}  // namespace
}  // namespace assay::engine
