// Evidence: what was assumed is said, what did not run leaves nothing.
// SPDX-License-Identifier: MIT
#include "engine/analysis/collect_evidence.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "engine/analysis/channel_choice.hpp"
#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using testing::official_tables;

class EvidenceTest : public ::testing::Test {
  protected:
    const Evidence* find(std::string_view stage, std::string_view rule) {
        collect_evidence(product, analysis, official_tables(), list);
        const auto entries = list.entries();
        const auto found = std::find_if(entries.begin(), entries.end(), [&](const Evidence& e) {
            return e.stage == stage && e.rule == rule;
        });
        return found == entries.end() ? nullptr : &*found;
    }
    void price_and_profit() {
        analysis.price = testing::price_of("USD", 4'232, 0.2);
        choose_channels(product, Condition::unknown, analysis.price, official_tables(),
                        testing::day("2026-06-01"), analysis.profit);
        estimate_profit(product, analysis.price, analysis.demand, official_tables(), scratch,
                        analysis.profit);
    }
    Product product;
    Analysis analysis;
    ProfitScratch scratch;
    EvidenceList list;
};

TEST_F(EvidenceTest, OfNothingIsNothing) {
    collect_evidence(product, analysis, official_tables(), list);
    EXPECT_TRUE(list.entries().empty());
}

TEST_F(EvidenceTest, NamesWhatHappenedToTheInput) {
    product.notes.push_back({"lossy_numeric", "/identifiers/upc", "given as a number"});
    const Evidence* entry = find("intake", "lossy_numeric");
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->detail, "/identifiers/upc: given as a number");
}

TEST_F(EvidenceTest, NamesTheFeeTableAndItsSource) {
    price_and_profit();
    const Evidence* entry = find("fees", "2025-02-14");
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->source, "ebay_us");
    EXPECT_FALSE(entry->detail.empty());
}

TEST_F(EvidenceTest, NamesWhatWasAssumed) {
    product.weight_grams = 180;
    product.unit_cost = 1'000;
    price_and_profit();
    ASSERT_NE(find("profit", "postage_by_weight"), nullptr);
    EXPECT_EQ(find("profit", "postage_by_weight")->detail, "180 g");
    ASSERT_NE(find("profit", "return_rate"), nullptr);
    EXPECT_EQ(find("profit", "return_rate")->detail, "0.08");
    EXPECT_NE(find("profit", "sale"), nullptr);
    EXPECT_EQ(find("profit", "vat_margin"), nullptr);
}

TEST_F(EvidenceTest, SaysNothingOfWhatWasGiven) {
    product.costs.ship_out = 500;
    product.risk.return_rate = 50'000;
    analysis.demand.basis = DemandBasis::sold_count;
    analysis.demand.shape = 8;
    analysis.demand.rate = 120.5;
    price_and_profit();
    EXPECT_EQ(find("profit", "postage_by_weight"), nullptr);
    EXPECT_EQ(find("profit", "return_rate"), nullptr);
    EXPECT_EQ(find("profit", "sale"), nullptr);
    ASSERT_NE(find("demand", "gamma_poisson"), nullptr);
    EXPECT_EQ(find("demand", "gamma_poisson")->detail, "a=8 b=120.5 g=1");
}

TEST_F(EvidenceTest, NamesTheVatRegimeThatWasApplied) {
    product.tax = Tax{VatRegime::margin, 190'000, true};
    price_and_profit();
    ASSERT_NE(find("profit", "vat_standard"), nullptr);
    EXPECT_FALSE(find("profit", "vat_standard")->detail.empty());
}

TEST_F(EvidenceTest, SaysWhoseVatRateItIs) {
    product.tax = Tax{VatRegime::standard, std::nullopt, false};
    price_and_profit();
    EXPECT_EQ(find("profit", "vat_standard")->detail,
              "0.19, the default: no rate is known for the channel's country");
    product.overrides.channels = {"ebay_de"};
    analysis.price = testing::price_of("EUR", 4'232, 0.2);
    choose_channels(product, Condition::unknown, analysis.price, official_tables(),
                    testing::day("2026-06-01"), analysis.profit);
    estimate_profit(product, analysis.price, analysis.demand, official_tables(), scratch,
                    analysis.profit);
    EXPECT_EQ(find("profit", "vat_standard")->detail, "0.19, the rate of the channel's country");
}

TEST_F(EvidenceTest, SaysThatNoSurchargeIsKnownAtARate) {
    product.unit_cost = 1'000;
    product.tax = Tax{VatRegime::equivalence, 190'000, true};
    price_and_profit();
    EXPECT_EQ(find("profit", "vat_equivalence")->detail,
              "0.19, no surcharge is known at that rate: none is added");
    product.tax->rate = 210'000;
    price_and_profit();
    EXPECT_EQ(find("profit", "vat_equivalence")->detail, "0.21");
}

TEST_F(EvidenceTest, SaysThatASaleIsOneAtTheUsersOwnPrice) {
    price_and_profit();
    EXPECT_EQ(find("profit", "list_price"), nullptr);
    product.target_price = 3'000;
    price_and_profit();
    EXPECT_NE(find("profit", "list_price"), nullptr);
}

TEST(EvidenceList, KeepsItsEntriesMemory) {
    EvidenceList list;
    list.add("a", "b", "c").detail = std::string(100, 'x');
    const char* memory = list.entries()[0].detail.data();
    list.clear();
    EXPECT_TRUE(list.entries().empty());
    EXPECT_TRUE(list.add("a", "b", "c").detail.empty());
    EXPECT_EQ(list.entries()[0].detail.data(), memory);
}

}  // namespace
}  // namespace assay::engine
