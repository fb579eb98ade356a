// Risks: each kind with what gives it away, and what the product says against it.
// SPDX-License-Identifier: MIT
#include "engine/analysis/risk.hpp"

#include <gmock/gmock.h>

#include "engine/analysis/channel_choice.hpp"
#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using testing::day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::official_tables;
using testing::price_of;

class RiskTest : public ::testing::Test {
  protected:
    std::vector<std::string_view> codes() {
        choose_channels(product, Condition::good, price, official_tables(), day("2026-06-01"),
                        profit);
        estimate_profit(product, price, Demand{}, official_tables(), profit_scratch, profit);
        assess_risks(product, identity, attributes, price, profit, official_tables(), scratch,
                     risks);
        std::vector<std::string_view> list;
        for (const Risk& risk : risks.found)
            list.push_back(risk.code);
        return list;
    }
    const Risk& only() { return (codes(), risks.found.at(0)); }

    Product product;
    Identity identity;
    Attributes attributes;
    Price price = price_of("USD", 4'000, 0.2);
    Profit profit;
    ProfitScratch profit_scratch;
    RiskScratch scratch;
    Risks risks;
};

TEST_F(RiskTest, OfAnOrdinaryProductThereIsNone) {
    product.title = "Mario Kart Wii with wheel, candlelight edition";
    product.brand = "Nintendo";
    EXPECT_THAT(codes(), IsEmpty());  // sold on eBay, where no brand is gated
}

TEST_F(RiskTest, WordsOfTheTitleGiveHazardousGoodsAway) {
    product.title = "Aerosol Paint Thinner 400ml";
    EXPECT_EQ(only(),
              (Risk{"hazmat", "hazmat_review", Severity::warning, RiskGate::review, "aerosol"}));
    product.risk.hazmat = false;
    EXPECT_THAT(codes(), IsEmpty());
    product.title = "Wrench";
    product.risk.hazmat = true;
    EXPECT_EQ(only().matched, "given");
}

TEST_F(RiskTest, KnowsLithiumMeltableAdultAndMedicalGoods) {
    product.title = "Power Bank 20000mAh Lithium-Ionen";
    EXPECT_THAT(codes(), ElementsAre("lithium"));
    EXPECT_EQ(risks.found[0].gate, RiskGate::none);
    product.title = "Soy Candle and Chocolate gift set";
    EXPECT_THAT(codes(), ElementsAre("meltable"));
    product.title = "Gift";
    product.category = "Sexual Wellness";
    EXPECT_THAT(codes(), ElementsAre("adult"));
    product.category = {};
    product.title = "Insulin syringes, box of 100";
    EXPECT_THAT(codes(), ElementsAre("medical"));
}

TEST_F(RiskTest, GatedBrandsAndCategoriesMatterOnAmazon) {
    product.title = "Castle";
    product.brand = "LEGO";
    product.category = "Watches";
    EXPECT_THAT(codes(), IsEmpty());
    product.overrides.channels = {"amazon_us"};
    EXPECT_THAT(codes(), ElementsAre("gated_brand", "gated_category"));
    product.brand = "Oakley";
    product.category = {};
    EXPECT_THAT(codes(), ElementsAre("ip_complaint_brand"));
    product.risk.gated = true;
    EXPECT_THAT(codes(), ElementsAre("ip_complaint_brand", "gated"));
    EXPECT_EQ(risks.found[1].reason, "gated_review");
}

TEST_F(RiskTest, BrandsOftenCopiedNeedProof) {
    product.title = "Louis Vuitton Neverfull MM";
    EXPECT_EQ(only().reason, "counterfeit_prone_review");
    product.risk.authenticated = true;
    EXPECT_EQ(only().gate, RiskGate::none);
    product.risk.authenticated = false;
    EXPECT_THAT(codes(), ElementsAre("counterfeit_prone", "counterfeit_unproven"));
    EXPECT_EQ(risks.found[1].gate, RiskGate::avoid);
}

TEST_F(RiskTest, WhatNoPriceMakesGoodComesFirst) {
    product.title = "Phone with lithium battery";
    product.risk.restricted = {"EU"};
    product.device.blacklist = true;
    product.device.activation_lock = true;
    EXPECT_THAT(codes(),
                ElementsAre("restricted", "imei_blacklisted", "activation_locked", "lithium"));
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(risks.found[i].severity, Severity::critical);
        EXPECT_EQ(risks.found[i].gate, RiskGate::avoid);
    }
}

TEST_F(RiskTest, FiguresBeyondTheirLimits) {
    product.pack_size = 4;
    attributes.title_facts.emplace().lot_quantity = 6;
    product.dimensions_mm = {300, 458, 100};
    product.market.amazon_in_buybox = true;
    product.risk.quantity_variance = 50'000;
    price.log_sd = 0.5;
    price.left_out[static_cast<std::size_t>(LeftOut::bundle)] = 1;
    identity.conflicts.push_back("identifier_conflict");
    EXPECT_THAT(codes(), ElementsAre("identifier_conflict", "multipack_mismatch", "oversize",
                                     "price_volatile", "amazon_in_buy_box", "bundle_in_comps",
                                     "quantity_variance"));
}

TEST_F(RiskTest, FiguresWithinTheirLimitsAreNone) {
    product.pack_size = 4;
    attributes.title_facts.emplace().lot_quantity = 4;
    product.dimensions_mm = {203, 457, 356};
    product.weight_grams = 9'072;
    product.market.amazon_in_buybox = false;
    product.risk.quantity_variance = 20'000;
    EXPECT_THAT(codes(), IsEmpty());
}

TEST_F(RiskTest, DeclaredRetailFarBelowTheKnownPriceIsMisdeclared) {
    price.retail = RetailCheck::low;
    EXPECT_EQ(only(),
              (Risk{"retail_outlier", "retail_outlier", Severity::warning, RiskGate::none, {}}));
    price.retail = RetailCheck::absurd;
    EXPECT_EQ(only().gate, RiskGate::review);
}

}  // namespace
}  // namespace assay::engine
