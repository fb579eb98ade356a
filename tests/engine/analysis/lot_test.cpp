// Lots: the worked example, what orders and sizes must not change, and what is said about trust.
// SPDX-License-Identifier: MIT
#include "engine/analysis/lot.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "tests/engine/analysis/lot_fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using testing::day;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lot_line;
using ::testing::Not;
using testing::official_tables;
using testing::price_of;
using ::testing::SizeIs;
using testing::worked_lines;
using testing::worked_terms;

constexpr double three_percent = 0.03;

void expect_near(MinorUnits actual, double major) {
    EXPECT_NEAR(static_cast<double>(actual) / 100, major, major * three_percent);
}

LotSummary value(const std::vector<LotLine>& lines, const LotTerms& terms = worked_terms()) {
    return value_lot(lines, terms, official_tables());
}

TEST(Lot, GivesTheWorkedExample) {
    LotTerms terms = worked_terms();
    const LotSummary lot = value(worked_lines(), terms);
    ASSERT_TRUE(lot.available);
    EXPECT_EQ(lot.lines, 15);
    EXPECT_EQ(lot.lines_valued, 15);
    EXPECT_EQ(lot.units, 24);
    EXPECT_EQ(lot.retail, 300'675);
    expect_near(lot.net_p10, 293);
    expect_near(lot.net_p50, 586);
    expect_near(lot.net_p90, 1065);
    expect_near(lot.net_mean, 643);
    ASSERT_TRUE(lot.max_bid);
    expect_near(*lot.max_bid, 230);
    EXPECT_NEAR(*lot.max_bid_of_retail, 0.077, 0.002);
    terms.bid = 25'000;
    EXPECT_NEAR(value(worked_lines(), terms).outlook.at(0).p_profit, 0.87, 0.015);
    terms.bid = 40'000;
    EXPECT_NEAR(value(worked_lines(), terms).outlook.at(0).p_profit, 0.65, 0.015);
}

TEST(Lot, JudgesTheUsersBidAndTwoRoundOnesAroundTheMaximum) {
    LotTerms terms = worked_terms();
    terms.bid = 30'000;
    const LotSummary lot = value(worked_lines(), terms);
    ASSERT_THAT(lot.outlook, SizeIs(3));
    EXPECT_EQ(lot.outlook[0].bid, 30'000);
    EXPECT_LT(lot.outlook[1].bid, *lot.max_bid);
    EXPECT_GT(lot.outlook[2].bid, *lot.max_bid);
    for (const BidOutlook& outlook : lot.outlook) {
        EXPECT_EQ(outlook.bid % 100, 0);
        EXPECT_LE(outlook.p_target, outlook.p_profit);
    }
    EXPECT_GE(lot.outlook[1].p_target, 0.80);
    EXPECT_LT(lot.outlook[2].p_target, 0.80);
}

TEST(Lot, MaximumBidReachesItsTargetAndOneUnitMoreDoesNot) {
    LotTerms terms = worked_terms();
    const LotSummary lot = value(worked_lines(), terms);
    terms.bid = *lot.max_bid;
    EXPECT_GE(value(worked_lines(), terms).outlook.at(0).p_target, 0.80);
    terms.bid = *lot.max_bid + 100;
    EXPECT_LT(value(worked_lines(), terms).outlook.at(0).p_target, 0.80);
}

TEST(Lot, DoesNotDependOnTheOrderOfItsLines) {
    std::vector<LotLine> lines = worked_lines();
    for (std::uint64_t i = 15; i < 700; ++i) {
        lines.push_back(lot_line(testing::worked_example[i % 15], i));
        lines.back().log_median += 1e-4 * static_cast<double>(i);
    }
    const LotSummary given = value(lines);
    std::mt19937 shuffle(7);
    std::shuffle(lines.begin(), lines.end(), shuffle);
    const LotSummary other = value(lines);
    EXPECT_EQ(given.net_p10, other.net_p10);
    EXPECT_EQ(given.net_p50, other.net_p50);
    EXPECT_EQ(given.net_p90, other.net_p90);
    EXPECT_EQ(given.max_bid, other.max_bid);
}

TEST(Lot, GivesTheSameBytesEveryTime) {
    std::string once, twice;
    append_lot_json(once, value(worked_lines()));
    append_lot_json(twice, value(worked_lines()));
    EXPECT_EQ(once, twice);
}

TEST(Lot, NamesWhatCarriesAndWhatDrags) {
    const LotSummary lot = value(worked_lines());
    ASSERT_THAT(lot.carriers, SizeIs(5));
    EXPECT_TRUE(std::is_sorted(
        lot.carriers.begin(), lot.carriers.end(),
        [](const LotShare& a, const LotShare& b) { return a.expected_net > b.expected_net; }));
    ASSERT_THAT(lot.draggers, Not(IsEmpty()));
    EXPECT_EQ(lot.draggers.front().index, 9U);  // two cookware sets, whose postage eats them
    EXPECT_EQ(lot.draggers.front().retail, 17'998);
    for (const LotShare& carrier : lot.carriers) {
        for (const LotShare& dragger : lot.draggers)
            EXPECT_NE(carrier.index, dragger.index);
    }
}

// Three lines are fewer than are named of each kind: what brings less than its retail promises
// still drags.
TEST(Lot, ALineThatFallsShortDragsInASmallLotToo) {
    const testing::ManifestLine lines[] = {{"Electronics", 1, 19'999, 300},
                                           {"Electronics", 1, 19'999, 38'000},  // postage 49.00
                                           {"Electronics", 1, 25'000, 300}};
    std::vector<LotLine> lot_lines;
    for (const testing::ManifestLine& line : lines)
        lot_lines.push_back(testing::lot_line(line, lot_lines.size()));
    const LotSummary lot = value(lot_lines);
    ASSERT_THAT(lot.draggers, SizeIs(1));
    EXPECT_EQ(lot.draggers[0].index, 1U);
    ASSERT_THAT(lot.carriers, SizeIs(2));
    EXPECT_EQ(lot.carriers[0].index, 2U) << "the dearer one first";
    const LotSummary alone = value({lot_lines[0]});
    EXPECT_THAT(alone.carriers, SizeIs(1));
    EXPECT_THAT(alone.draggers, IsEmpty());
}

TEST(Lot, SaysThatLineVerdictsLeaveItsFreightOut) {
    const auto says = [](const LotSummary& lot) {
        return std::any_of(lot.caveats.begin(), lot.caveats.end(), [](const std::string& caveat) {
            return caveat.find("verdicts of single lines leave both out") != std::string::npos;
        });
    };
    EXPECT_TRUE(says(value(worked_lines())));
    EXPECT_FALSE(says(value_lot(worked_lines(), LotTerms{}, official_tables())));
}

TEST(Lot, PrefersSoldPricesToRetailTimesRecovery) {
    Product product;
    product.quantity = 2;
    product.msrp = 10'000;
    product.weight_grams = 500;
    const Price price = price_of("EUR", 4'000, 0.2);
    const LotLine line = make_lot_line(product, 3, {}, price, official_tables(), day("2026-06-01"));
    EXPECT_EQ(line.basis, LotBasis::comparables);
    EXPECT_EQ(line.log_median, price.log_mean);
    EXPECT_EQ(line.log_sd, 0.2);
    EXPECT_DOUBLE_EQ(line.fee_rate, 0.11);
    EXPECT_DOUBLE_EQ(line.fixed, 45 + 549);
    EXPECT_EQ(line.index, 3U);
    const LotSummary sure = value({line});
    const LotSummary guessed = value({lot_line({"Toys", 2, 10'000, 500}, 0)});
    EXPECT_GT(sure.trust, guessed.trust);
    EXPECT_EQ(sure.lines_by_comparables, 1);
}

TEST(Lot, ListsLinesThatCannotBeValued) {
    std::vector<LotLine> lines = worked_lines();
    LotLine nothing;
    nothing.index = 15;
    nothing.quantity = 2;
    lines.push_back(nothing);
    const LotSummary lot = value(lines);
    EXPECT_EQ(lot.lines, 16);
    EXPECT_EQ(lot.lines_valued, 15);
    EXPECT_THAT(lot.caveats, Contains(HasSubstr("line 16")));
    EXPECT_LT(lot.trust, value(worked_lines()).trust + 1);
}

TEST(Lot, LeavesOtherCurrenciesOut) {
    std::vector<LotLine> lines = worked_lines();
    Product product;
    product.msrp = 100'000;
    lines.push_back(make_lot_line(product, 15, {}, price_of("USD", 50'000, 0.2), official_tables(),
                                  day("2026-06-01")));
    const LotSummary lot = value(lines);
    EXPECT_EQ(lot.currency.code(), "EUR");
    EXPECT_EQ(lot.net_p50, value(worked_lines()).net_p50);
    EXPECT_EQ(lot.retail, 300'675);
    EXPECT_THAT(lot.caveats, Contains(HasSubstr("another currency")));
}

TEST(Lot, WithoutAValuedLineSaysWhy) {
    LotLine pounds;
    pounds.quantity = 3;
    pounds.currency = {'G', 'B', 'P'};
    const LotSummary lot = value({pounds});
    EXPECT_FALSE(lot.available);
    EXPECT_EQ(lot.units, 3);
    EXPECT_THAT(lot.caveats, Contains(HasSubstr("No channel")));
    EXPECT_FALSE(value({}).available);
    EXPECT_THAT(value({}).caveats, SizeIs(1));
}

TEST(Lot, HasNoMaximumBidWhereFreightEatsIt) {
    LotTerms terms = worked_terms();
    terms.freight = 1'000'000;
    const LotSummary lot = value(worked_lines(), terms);
    EXPECT_TRUE(lot.available);
    EXPECT_FALSE(lot.max_bid);
    EXPECT_THAT(lot.outlook, IsEmpty());
}

TEST(Lot, SaysThatFreightAndPremiumWereNotGiven) {
    const LotSummary lot = value(worked_lines(), LotTerms{});
    EXPECT_THAT(lot.caveats, Contains(HasSubstr("freight")));
    EXPECT_THAT(lot.caveats, Contains(HasSubstr("premium")));
    EXPECT_GT(*lot.max_bid, *value(worked_lines()).max_bid);
}

TEST(Lot, MaximumBidFallsAsTheTargetRises) {
    LotTerms terms = worked_terms();
    MinorUnits previous = 1'000'000;
    for (const double probability : {0.5, 0.7, 0.8, 0.9, 0.95}) {
        terms.probability = probability;
        const LotSummary lot = value(worked_lines(), terms);
        EXPECT_LT(*lot.max_bid, previous);
        previous = *lot.max_bid;
    }
}

TEST(Lot, OfAnEmptyBoxIsNotValuedByRetail) {
    Product product;
    product.msrp = 10'000;
    product.currency = *Currency::parse("EUR");
    Attributes attributes;
    attributes.box_only = true;
    const LotLine line =
        make_lot_line(product, 0, attributes, Price{}, official_tables(), day("2026-06-01"));
    EXPECT_EQ(line.basis, LotBasis::none);
}

void put_on_pallet(LotLine& line, std::string_view name) {
    line.pallet.fill('\0');
    std::copy(name.begin(), name.end(), line.pallet.begin());
}

TEST(Lot, SetsPalletsSideBySideAsIfEachWereBoughtAlone) {
    std::vector<LotLine> lines = worked_lines();
    for (std::size_t i = 0; i < lines.size(); ++i)
        put_on_pallet(lines[i], i < 5 ? "P-2" : "P-1");
    const LotSummary lot = value(lines);
    ASSERT_THAT(lot.pallets, SizeIs(2));
    const PalletOutlook &first = lot.pallets[0], &second = lot.pallets[1];
    EXPECT_EQ(first.name, "P-1");
    EXPECT_EQ(second.name, "P-2");
    EXPECT_GE(first.net_mean, second.net_mean);
    EXPECT_EQ(first.lines + second.lines, lot.lines);
    EXPECT_EQ(first.units + second.units, lot.units);
    EXPECT_EQ(first.retail + second.retail, lot.retail);
    EXPECT_NEAR(static_cast<double>(first.net_mean + second.net_mean),
                static_cast<double>(lot.net_mean), 1.0);
    EXPECT_LE(first.freight + second.freight, lot.freight);
    EXPECT_GE(first.freight + second.freight, lot.freight - 2);

    LotTerms alone = worked_terms();
    alone.freight = first.freight;
    const LotSummary bought_alone = value({lines.begin() + 5, lines.end()}, alone);
    EXPECT_EQ(bought_alone.max_bid, first.max_bid);
    EXPECT_EQ(bought_alone.net_p50, first.net_p50);
}

TEST(Lot, HasNothingToCompareOnOnePallet) {
    std::vector<LotLine> lines = worked_lines();
    EXPECT_THAT(value(lines).pallets, IsEmpty());
    put_on_pallet(lines[0], "P-1");
    EXPECT_THAT(value(lines).pallets, IsEmpty());
    put_on_pallet(lines[1], "P-2");
    const LotSummary lot = value(lines);
    ASSERT_THAT(lot.pallets, SizeIs(3));
    EXPECT_EQ(lot.pallets[0].name, "") << "the lines that name none stand beside the two";
}

TEST(Lot, ComparesTheBestPalletsAndCountsTheRest) {
    std::vector<LotLine> lines;
    for (std::uint64_t i = 0; i < limits::pallets_shown_max + 3; ++i) {
        lines.push_back(
            lot_line({"Electronics", 1, 10'000 + 100 * static_cast<std::int64_t>(i), 500}, i));
        put_on_pallet(lines.back(), std::to_string(i));
    }
    const LotSummary lot = value(lines);
    EXPECT_THAT(lot.pallets, SizeIs(limits::pallets_shown_max));
    EXPECT_EQ(lot.pallets_left_out, 3);
    EXPECT_EQ(lot.pallets[0].name, std::to_string(limits::pallets_shown_max + 2));
}

TEST(LotLine, KeepsThePalletsNameCutBetweenCharacters) {
    Product product;
    product.quantity = 1;
    const std::string name = std::string(limits::pallet_name_bytes_max - 2, 'x') + "\xc3\xa4";
    product.pallet_id = name;
    const LotLine line = make_lot_line(product, 0, {}, {}, official_tables(), day("2026-06-01"));
    EXPECT_EQ(std::string_view(line.pallet.data()),
              std::string(limits::pallet_name_bytes_max - 2, 'x'));
}

}  // namespace
}  // namespace assay::engine
