// One sale: VAT vectors, and segments that agree with the exact figures.
// SPDX-License-Identifier: MIT
#include "engine/analysis/sale.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "tests/engine/analysis/sale_fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::Contains;
using ::testing::Field;
using testing::sale_terms;
using testing::sale_variants;

SaleTerms taxed(VatRegime regime) {
    SaleTerms terms = sale_terms("ebay_de", 8'000);
    terms.regime = regime;
    terms.vat_rate = 190'000;
    return terms;
}

TEST(SaleVat, FollowsTheVectorOfBuyingAt80AndSellingAt120) {
    EXPECT_EQ(sale_vat(taxed(VatRegime::margin), 12'000), 639);
    EXPECT_EQ(sale_vat(taxed(VatRegime::standard), 12'000), 1'916);
    EXPECT_EQ(sale_vat(taxed(VatRegime::small_business), 12'000), 0);
    EXPECT_EQ(sale_vat(taxed(VatRegime::none), 12'000), 0);
}

TEST(SaleVat, OfAMarginIsNeverNegative) {
    EXPECT_EQ(sale_vat(taxed(VatRegime::margin), 7'000), 0);
    EXPECT_EQ(sale_vat(taxed(VatRegime::margin), 8'000), 0);
    EXPECT_EQ(sale_vat(taxed(VatRegime::margin), 8'006), 1);
}

TEST(LandedCost, GetsInputVatBackOnlyInTheStandardRegime) {
    SaleTerms terms = taxed(VatRegime::standard);
    terms.other_costs = 250;
    EXPECT_EQ(landed_cost(terms), 8'250);
    terms.purchase_vat = true;
    EXPECT_EQ(landed_cost(terms), 8'000 - 1'277 + 250);
    terms.regime = VatRegime::margin;
    EXPECT_EQ(landed_cost(terms), 8'250);
}

TEST(SaleFees, OfSmallBusinessesBearTheVatThatIsAddedToThem) {
    std::vector<FeeLine> lines;
    sale_fees(taxed(VatRegime::small_business), 12'000, lines);
    EXPECT_EQ(total(lines), 1'320 + 45 + 259);
    sale_fees(taxed(VatRegime::standard), 12'000, lines);
    EXPECT_EQ(total(lines), 1'320 + 45);
}

TEST(SaleFees, HoldTheAdsShare) {
    SaleTerms terms = sale_terms("ebay_us", 0);
    terms.ads_rate = 50'000;
    std::vector<FeeLine> lines;
    sale_fees(terms, 5'600, lines);
    EXPECT_THAT(lines, Contains(FeeLine{"ads", 280}));
    EXPECT_EQ(total(lines), 802 + 280);
}

TEST(SaleProfit, IsThePriceLessEveryLine) {
    SaleTerms terms = sale_terms("ebay_us", 1'500);
    terms.ship_out = 620;
    std::vector<FeeLine> lines;
    EXPECT_EQ(sale_profit(terms, 4'232, lines), 1'496);  // the schema's example
    EXPECT_EQ(sale_profit(terms, 3'403, lines), 780);
    terms.packaging = 40;
    terms.other_costs = 100;
    terms.storage_sold = 12.4;
    EXPECT_EQ(sale_profit(terms, 4'232, lines), 1'496 - 40 - 100 - 12);
}

TEST(SaleProfit, FallsByEachCentOfCost) {
    std::vector<FeeLine> lines;
    for (SaleTerms terms : sale_variants()) {
        MinorUnits previous = std::numeric_limits<MinorUnits>::max();
        for (terms.unit_cost = 0; terms.unit_cost < 9'000; terms.unit_cost += 7) {
            const MinorUnits profit = sale_profit(terms, 5'000, lines);
            ASSERT_LE(profit, previous);
            previous = profit;
        }
    }
}

TEST(SaleSegments, AgreeWithTheExactProfit) {
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    std::vector<FeeLine> lines;
    for (const SaleTerms& terms : sale_variants()) {
        sale_segments(terms, fees, segments);
        EXPECT_EQ(segments.front().from, 0);
        EXPECT_TRUE(std::isinf(segments.back().until));
        for (MinorUnits price = 0; price < 1'000'000; price += price < 20'000 ? 3 : 911) {
            const double at = static_cast<double>(price);
            const auto segment =
                std::find_if(segments.begin(), segments.end(),
                             [&](const SaleSegment& s) { return at >= s.from && at < s.until; });
            ASSERT_NE(segment, segments.end());
            ASSERT_NEAR(segment->sold.at(at), static_cast<double>(sale_profit(terms, price, lines)),
                        3)
                << terms.fees.table->version << " at " << price;
        }
    }
}

TEST(SaleSegments, OfReturnsKeepFixedFeesAndPayPostageTwice) {
    SaleTerms terms = sale_terms("ebay_us", 1'500);
    terms.ship_out = 620;
    terms.return_regain = 0.7;
    terms.salvage_rate = 300'000;
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    sale_segments(terms, fees, segments);
    EXPECT_NEAR(segments[1].returned.at(4'232), 0.7 * 4'232 - 40 - 2 * 620 - 1'500, 1e-9);
    EXPECT_NEAR(segments[1].unsold.at(4'232), 0.3 * 4'232 - 1'500, 1e-9);
}

TEST(SaleSegments, OfReturnsTaxWhatTheUnitIsWorthAfterwards) {
    SaleTerms terms = taxed(VatRegime::margin);
    terms.return_regain = 0.7;
    std::vector<FeeSegment> fees;
    std::vector<SaleSegment> segments;
    sale_segments(terms, fees, segments);
    const auto at = [&](double price) {
        return std::find_if(segments.begin(), segments.end(), [&](const SaleSegment& s) {
            return price >= s.from && price < s.until;
        });
    };
    const double untaxed = 0.7 * 10'000 - 45 - 8'000;
    EXPECT_NEAR(at(10'000)->returned.at(10'000), untaxed, 1e-9);  // 70 is below the cost of 80
    const double taxed_part = (0.7 * 20'000 - 8'000) * 0.19 / 1.19;
    EXPECT_NEAR(at(20'000)->returned.at(20'000), 0.7 * 20'000 - taxed_part - 45 - 8'000, 1e-9);
}

}  // namespace
}  // namespace assay::engine
