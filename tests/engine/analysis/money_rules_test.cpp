// Returns by category, VAT by country, and volume as weight, from the shipped tables.
// SPDX-License-Identifier: MIT
#include "engine/analysis/money_rules.hpp"

#include <gmock/gmock.h>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using testing::day;
using testing::official_tables;

std::int64_t billable(std::string_view carrier, std::string_view date, std::int64_t grams,
                      std::array<std::int64_t, 3> sides) {
    return *billable_grams(official_tables().carriers, carrier,
                           std::chrono::floor<std::chrono::days>(day(date)), grams, sides);
}

TEST(Returns, GoByTheGroupOfTheCategory) {
    const ReturnRates& returns = official_tables().returns;
    EXPECT_EQ(returns.group_of("Clothing > Dresses")->rate, 180'000);
    EXPECT_EQ(returns.group_of("Electronics > Headphones")->rate, 115'000);
    EXPECT_EQ(returns.group_of("Books")->rate, 50'000);
    EXPECT_EQ(returns.group_of("Toys"), nullptr);
}

TEST(Vat, IsThatOfTheCountryOrTheDefault) {
    const VatRules& vat = official_tables().vat;
    EXPECT_EQ(vat.rate_in("DE"), 190'000);
    EXPECT_EQ(vat.rate_in("ES"), 210'000);
    EXPECT_EQ(vat.rate_in("XX"), 190'000);
    EXPECT_EQ(vat.surcharge_on(210'000), 52'000);
    EXPECT_EQ(vat.surcharge_on(100'000), 14'000);
    EXPECT_EQ(vat.surcharge_on(190'000), 0);
}

TEST(BillableWeight, IsTheLargerOfWeightAndVolume) {
    // 12 x 12 x 12 in = 1,728 / 139 = 12.4 lb: 13 pounds.
    EXPECT_EQ(billable("ups", "2025-08-17", 2'000, {305, 305, 305}), 5'896);
    EXPECT_EQ(billable("ups", "2025-08-17", 9'000, {305, 305, 305}), 9'000);
    // 40 x 30 x 20 cm = 24,000 / 5,000 = 4.8 kg: 5; with the older divisor 4.
    EXPECT_EQ(billable("metric", "2026-01-01", 1'000, {400, 300, 200}), 5'000);
    EXPECT_EQ(billable("metric_legacy", "2026-01-01", 1'000, {400, 300, 200}), 4'000);
}

TEST(BillableWeight, RoundsEachSideUpSinceAugust2025) {
    // 12.4 x 10.4 x 8.4 in: 1,083 / 139 = 7.8 lb before, 13 x 11 x 9 / 139 = 9.3 lb since.
    const std::array<std::int64_t, 3> sides{315, 264, 213};
    EXPECT_EQ(billable("fedex", "2025-08-17", 500, sides), 3'628);
    EXPECT_EQ(billable("fedex", "2025-08-18", 500, sides), 4'535);
}

TEST(BillableWeight, CountsForUspsOnlyAboveOneCubicFoot) {
    EXPECT_EQ(billable("usps", "2026-01-01", 500, {300, 300, 300}), 500);
    // 20 x 12 x 12 in = 2,880 / 166 = 17.3 lb: 18.
    EXPECT_EQ(billable("usps", "2026-01-01", 500, {508, 305, 305}), 8'164);
}

TEST(BillableWeight, IsTheActualOneWhereNothingElseIsKnown) {
    EXPECT_EQ(billable("", "2026-01-01", 500, {508, 305, 305}), 500);
    EXPECT_EQ(billable("pigeon", "2026-01-01", 500, {508, 305, 305}), 500);
    EXPECT_EQ(billable("ups", "1999-01-01", 500, {508, 305, 305}), 500);
    const auto& carriers = official_tables().carriers;
    EXPECT_EQ(billable_grams(carriers, "ups", {}, 500, std::nullopt), 500);
    EXPECT_EQ(billable_grams(carriers, "ups", {}, std::nullopt, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace assay::engine
