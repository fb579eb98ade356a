// Numbers, amounts, counts and shares as people read them.
// SPDX-License-Identifier: MIT
#include "tools/cli/number_text.hpp"

#include <gtest/gtest.h>

namespace assay::tools {
namespace {

TEST(Grouped, PutsCommasBetweenThousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(-1'234'567), "-1,234,567");
    EXPECT_EQ(grouped(-999), "-999");
}

TEST(AmountText, KeepsTheSignOfSmallAmounts) {
    EXPECT_EQ(amount_text(-50, "EUR"), "-0.50 EUR");
    EXPECT_EQ(amount_text(-123'456'789, "EUR"), "-1,234,567.89 EUR");
    EXPECT_EQ(amount_text(12'345, "JPY"), "12,345 JPY");
    EXPECT_EQ(amount_text(12'345, "???"), "12,345");
}

TEST(AmountText, LeavesOutACurrencyThatIsNotKnown) {
    EXPECT_EQ(amount_text(300'675, Currency()), "3,006.75");
    EXPECT_EQ(amount_text(300'675, *Currency::parse("EUR")), "3,006.75 EUR");
}

TEST(Counted, TellsOneFromMany) {
    EXPECT_EQ(counted(1, "row", "rows"), "1 row");
    EXPECT_EQ(counted(0U, "row", "rows"), "0 rows");
    EXPECT_EQ(counted(1'000, "row", "rows"), "1,000 rows");
}

TEST(PercentText, HasOneDecimal) {
    EXPECT_EQ(percent_text(0.125), "12.5 %");
    EXPECT_EQ(percent_text(-0.01), "-1.0 %");
}

}  // namespace
}  // namespace assay::tools
