// Verdicts: every gate in its order, with its reason, and what is said when an input is absent.
// SPDX-License-Identifier: MIT
#include "engine/analysis/verdict.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/channel_choice.hpp"
#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using testing::day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::official_tables;
using testing::price_of;

class VerdictTest : public ::testing::Test {
  protected:
    void SetUp() override {
        product.unit_cost = 1'500;
        product.costs.ship_out = 620;
        product.overrides.channels = {"ebay"};
        demand.basis = DemandBasis::sold_count;
        demand.p_sold_horizon = demand.sold_share = 0.9;
        demand.days_expected = 20;
        demand.days_median = 14;
        price = price_of("USD", 4'232, 0.15);
    }
    const Verdict& run() {
        choose_channels(product, Condition::unknown, price, official_tables(), day("2026-06-01"),
                        profit);
        estimate_profit(product, price, demand, official_tables(), scratch, profit);
        assess_risks(product, identity, {}, price, profit, official_tables(), risk_scratch, risks);
        judge(product, duplicates, price, demand, profit, risks, official_tables(), verdict);
        return verdict;
    }
    Product product;
    Identity identity;
    Duplicates duplicates;
    Price price;
    Demand demand;
    Profit profit;
    ProfitScratch scratch;
    RiskScratch risk_scratch;
    Risks risks;
    Verdict verdict;
};

TEST_F(VerdictTest, BuysWhatPassesEveryGate) {
    EXPECT_EQ(run().decision, Decision::buy);
    EXPECT_THAT(verdict.reasons, ElementsAre("profit_ok", "roi_ok", "demand_ok", "downside_ok",
                                             "price_confidence_ok", "price_ci_narrow"));
    EXPECT_THAT(verdict.missing, ElementsAre());
    EXPECT_GT(verdict.score, 70);
    EXPECT_LE(verdict.score, 100);
}

TEST_F(VerdictTest, AsksForALookAtASecondCopyButNotAtTheFirst) {
    duplicates.role = DuplicateRole::canonical;
    EXPECT_EQ(run().decision, Decision::buy);
    duplicates.role = DuplicateRole::member;
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("duplicate_in_batch"));
    product.unit_cost = 2'600;
    EXPECT_EQ(run().decision, Decision::pass) << "what is not worth buying needs no look";
}

TEST_F(VerdictTest, PassesOnLowReturn) {
    product.unit_cost = 2'600;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("roi_low"));
}

TEST_F(VerdictTest, PassesOnLittleProfit) {
    product.overrides.min_profit = 1'400;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("profit_low"));
}

TEST_F(VerdictTest, PassesOnSlowSales) {
    demand.p_sold_horizon = demand.sold_share = 0.49;
    product.unit_cost = 700;
    product.overrides.min_profit = 0;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("demand_low"));
}

TEST_F(VerdictTest, PassesOnAListPriceThatLosesMoney) {
    product.target_price = 2'000;  // of 20.00 without fees and postage 10.68 are left
    demand.p_sold_horizon = demand.sold_share = 0.99;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("list_price_below_break_even"));
    EXPECT_THAT(verdict.reasons, Contains("profit_low"));
    EXPECT_THAT(verdict.reasons, Contains("roi_low"));
    EXPECT_THAT(verdict.reasons, Contains("downside_loss"));
    product.target_price = 4'000;
    EXPECT_EQ(run().decision, Decision::buy);
    EXPECT_THAT(verdict.reasons, Not(Contains("list_price_below_break_even")));
}

TEST_F(VerdictTest, AsksForALookAtAListPriceAboveTheMarketOfUnknownDemand) {
    product.target_price = price.p90 + 1;
    EXPECT_EQ(run().decision, Decision::buy) << "demand says that it sells";
    demand = Demand{};
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("list_price_above_market"));
    product.target_price = price.p90;
    EXPECT_EQ(run().decision, Decision::buy);
}

TEST_F(VerdictTest, PassesOnMorePiecesThanTheMarketTakes) {
    product.quantity = 500;
    demand.p_sold_horizon = 0.97;  // that one sells
    demand.sold_share = 0.02;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("demand_low"));
    EXPECT_THAT(verdict.reasons, Contains("profit_low"));
    EXPECT_EQ(verdict.checks[2].name, "sold_share");
    EXPECT_EQ(verdict.checks[2].value, 0.02);
}

TEST_F(VerdictTest, PassesOnALossAtTheLowEnd) {
    price = price_of("USD", 4'232, 0.38);
    product.unit_cost = 2'300;
    product.risk.return_rate = 0;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("downside_loss"));
}

TEST_F(VerdictTest, ReviewsWhatIsProfitableByAnUnsurePrice) {
    price.confidence = 39;
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("price_confidence_low"));
}

TEST_F(VerdictTest, ReviewsAWideSpread) {
    price = price_of("USD", 4'232, 0.45);
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("price_spread_wide"));
}

TEST_F(VerdictTest, ReviewsWhatIsTooGoodToBeTrue) {
    product.unit_cost = 500;
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("roi_too_good"));
}

TEST_F(VerdictTest, ReviewsHazardousGoodsAndConflictingIdentifiers) {
    product.risk.hazmat = true;
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("hazmat_review"));
    product.risk.hazmat.reset();
    identity.conflicts.push_back("identifier_conflict");
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("identifier_conflict"));
}

TEST_F(VerdictTest, ReviewsWhatTheWordsOfATitleGiveAway) {
    product.title = "Flammable aerosol, 12 cans";
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("hazmat_review"));
    product.title = "Louis Vuitton Speedy 30";
    EXPECT_EQ(run().decision, Decision::review);
    EXPECT_THAT(verdict.reasons, Contains("counterfeit_prone_review"));
    product.risk.authenticated = false;
    EXPECT_EQ(run().decision, Decision::avoid);
    EXPECT_THAT(verdict.reasons, Contains("counterfeit_unproven"));
    product.risk.authenticated = true;
    EXPECT_EQ(run().decision, Decision::buy);
}

TEST_F(VerdictTest, NamesWhatAChannelNeededToBePriced) {
    product.overrides.channels = {"amazon_us_fba"};
    EXPECT_EQ(run().decision, Decision::insufficient_data);
    EXPECT_THAT(verdict.reasons, ElementsAre("channel_unknown"));
    EXPECT_THAT(verdict.missing, ElementsAre("weight_g", "dims_mm"));
}

TEST_F(VerdictTest, AvoidsWhatIsBlockedHoweverGoodItLooks) {
    product.device.blacklist = true;
    product.device.activation_lock = true;
    EXPECT_EQ(run().decision, Decision::avoid);
    EXPECT_THAT(verdict.reasons, Contains("imei_blacklisted"));
    EXPECT_THAT(verdict.reasons, Contains("activation_locked"));
    EXPECT_THAT(verdict.reasons, Contains("roi_ok"));  // every gate leaves its reason
    EXPECT_EQ(verdict.score, 0);
    product.device = {};
    product.risk.restricted = {"eu"};
    EXPECT_EQ(run().decision, Decision::avoid);
    EXPECT_THAT(verdict.reasons, Contains("restricted"));
}

TEST_F(VerdictTest, SkipsTheGateWhoseInputIsAbsent) {
    demand = Demand{};
    EXPECT_EQ(run().decision, Decision::buy);
    EXPECT_THAT(verdict.reasons, Contains("demand_unknown"));
    EXPECT_THAT(verdict.missing, ElementsAre("sold_count"));
    product.unit_cost = 0;
    run();
    EXPECT_THAT(verdict.reasons, Contains("roi_unknown"));
}

TEST_F(VerdictTest, WithoutACostHasInsufficientData) {
    product.unit_cost.reset();
    EXPECT_EQ(run().decision, Decision::insufficient_data);
    EXPECT_THAT(verdict.reasons, ElementsAre("cost_unknown"));
    EXPECT_THAT(verdict.missing, ElementsAre("unit_cost"));
    EXPECT_EQ(verdict.score, 0);
}

TEST_F(VerdictTest, WithoutAPriceHasInsufficientData) {
    price = Price{};
    price.missing = {"comparables", "msrp"};
    EXPECT_EQ(run().decision, Decision::insufficient_data);
    EXPECT_THAT(verdict.reasons, ElementsAre("price_unknown"));
    EXPECT_THAT(verdict.missing, ElementsAre("comparables", "msrp"));
}

TEST_F(VerdictTest, WithoutAChannelHasInsufficientData) {
    price.currency = *Currency::parse("GBP");
    EXPECT_EQ(run().decision, Decision::insufficient_data);
    EXPECT_THAT(verdict.reasons, ElementsAre("channel_unknown"));
    EXPECT_THAT(verdict.missing, Contains("channel"));
}

TEST_F(VerdictTest, TakesTheUsersOwnMinima) {
    product.overrides.min_roi = 1'500'000;
    EXPECT_EQ(run().decision, Decision::pass);
    EXPECT_THAT(verdict.reasons, Contains("roi_low"));
    EXPECT_THAT(verdict.reasons, Not(Contains("roi_ok")));
}

TEST(Decisions, HaveNames) {
    EXPECT_EQ(to_string(Decision::buy), "buy");
    EXPECT_EQ(to_string(Decision::review), "review");
    EXPECT_EQ(to_string(Decision::pass), "pass");
    EXPECT_EQ(to_string(Decision::avoid), "avoid");
    EXPECT_EQ(to_string(Decision::insufficient_data), "insufficient_data");
}

TEST_F(VerdictTest, LeavesWhatEachGateComparedAsEvidence) {
    product.overrides.min_roi = 2'500'000;
    run();
    EvidenceList list;
    explain_verdict(verdict, price.currency, list);
    ASSERT_EQ(list.entries().size(), 1U);
    const Evidence& entry = list.entries()[0];
    EXPECT_EQ(entry.stage, "verdict");
    EXPECT_EQ(entry.rule, "gates");
    const ChannelProfit& channel = profit.channels[profit.best];
    std::string profit_text;
    append_thousandths(profit_text, static_cast<double>(*channel.profit_expected) / 100);
    EXPECT_THAT(entry.detail, HasSubstr("profit_expected " + profit_text + " >= 3;"));
    EXPECT_THAT(entry.detail, HasSubstr(" < 2.5 (own)"));
    EXPECT_THAT(entry.detail, HasSubstr("p_sold 0.9 >= 0.5"));
    EXPECT_THAT(entry.detail, HasSubstr(" >= -3"));
    EXPECT_THAT(entry.detail, HasSubstr("log_sd 0.15 <= 0.4"));
}

TEST_F(VerdictTest, LeavesNothingOfAGateWithoutItsInput) {
    demand = {};
    run();
    EvidenceList list;
    explain_verdict(verdict, price.currency, list);
    ASSERT_EQ(list.entries().size(), 1U);
    EXPECT_THAT(list.entries()[0].detail, Not(HasSubstr("p_sold")));

    price = {};
    profit.clear();
    run();
    list.clear();
    explain_verdict(verdict, price.currency, list);
    EXPECT_TRUE(list.entries().empty());
}

}  // namespace
}  // namespace assay::engine
