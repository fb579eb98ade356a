// Money: currencies, rounding half up in 128 bits, decimals in and out.
// SPDX-License-Identifier: MIT
#include "engine/base/money.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "engine/base/random.hpp"
#include "tests/support/matchers.hpp"

namespace assay {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(CurrencyTest, ExponentsAreThoseOfIso4217) {
    EXPECT_EQ(Currency::parse("eur")->code(), "EUR");
    EXPECT_EQ(Currency::parse("EUR")->exponent(), 2);
    EXPECT_EQ(Currency::parse("JPY")->exponent(), 0);
    EXPECT_EQ(Currency::parse("KWD")->exponent(), 3);
    EXPECT_TRUE(Currency().empty());
    EXPECT_EQ(Currency().code(), "");
}

TEST(CurrencyTest, RefusesWhatIsNoCurrentCode) {
    for (const char* code : {"", "EU", "EURO", "XXX", "DEM", "E R", "R E", "1US"})
        EXPECT_THAT(Currency::parse(code), FailsWith(ErrorCode::invalid_input)) << code;
}

TEST(MoneyTest, RatesRoundHalfUpAwayFromZero) {
    EXPECT_EQ(apply_rate(4'232, 136'000), 576);  // 575.552: a final value fee of 13.6 %
    EXPECT_EQ(apply_rate(1, 500'000), 1);
    EXPECT_EQ(apply_rate(-1, 500'000), -1);
    EXPECT_EQ(apply_rate(1, 499'999), 0);
    EXPECT_EQ(apply_rate(3, 500'000), 2);
    EXPECT_EQ(apply_rate(0, 136'000), 0);
}

TEST(MoneyTest, RatesOfHugeAmountsDoNotOverflow) {
    constexpr MinorUnits most = std::numeric_limits<MinorUnits>::max();
    EXPECT_EQ(apply_rate(most, 1'000'000), most);
    EXPECT_EQ(apply_rate(-most, 1'000'000), -most);
    EXPECT_EQ(apply_rate(most, 500'000), most / 2 + 1);
}

TEST(MoneyTest, DivisionAgreesWithItsDefinition) {
    SeededRandom random(6);
    for (int i = 0; i < 20'000; ++i) {
        const auto numerator = static_cast<std::int64_t>(random.next_u64() % 2'000'001) - 1'000'000;
        const auto denominator = static_cast<std::int64_t>(random.next_u64() % 1'000) + 1;
        const MinorUnits rounded = divide_half_up(numerator, denominator);
        // |rounded * denominator - numerator| <= denominator / 2, and a tie goes away from zero.
        const std::int64_t error = 2 * (rounded * denominator - numerator);
        ASSERT_LE(std::abs(error), denominator);
        if (std::abs(error) == denominator && numerator != 0) {
            ASSERT_EQ(error > 0, numerator > 0);
        }
    }
}

TEST(MoneyTest, DecimalsAreReadToTheirExponentAndNoFurther) {
    EXPECT_EQ(*parse_decimal("9.99", 2), 999);
    EXPECT_EQ(*parse_decimal("9", 2), 900);
    EXPECT_EQ(*parse_decimal("9.", 2), 900);
    EXPECT_EQ(*parse_decimal(".5", 2), 50);
    EXPECT_EQ(*parse_decimal("-0.01", 2), -1);
    EXPECT_EQ(*parse_decimal("+1.230000", 2), 123);
    EXPECT_EQ(*parse_decimal("1234", 0), 1'234);
    EXPECT_EQ(*parse_decimal("1.234", 3), 1'234);
    EXPECT_EQ(*parse_decimal("10000000000000", 2), 1'000'000'000'000'000);
    for (const char* text : {"", ".", "-", "+", "1.2.3", "1,5", "1e3", " 1", "1 ", "0x1", "9.999",
                             "10000000000000.01", "99999999999999999999", "NaN", "--1"}) {
        EXPECT_THAT(parse_decimal(text, 2), FailsWith(ErrorCode::invalid_input)) << text;
    }
}

TEST(MoneyTest, RandomAmountsComeBackAsText) {
    SeededRandom random(8);
    for (int i = 0; i < 5'000; ++i) {
        const auto amount =
            static_cast<MinorUnits>(random.next_u64() % 2'000'000'000'001ULL) - 1'000'000'000'000;
        for (int exponent = 0; exponent <= 3; ++exponent) {
            const auto read = parse_decimal(format_decimal(amount, exponent), exponent);
            ASSERT_THAT(read, IsOk());
            ASSERT_EQ(*read, amount);
        }
    }
    EXPECT_EQ(format_decimal(999, 2), "9.99");
    EXPECT_EQ(format_decimal(-5, 2), "-0.05");
    EXPECT_EQ(format_decimal(7, 0), "7");
    EXPECT_EQ(format_decimal(std::numeric_limits<MinorUnits>::min(), 2), "-92233720368547758.08");
}

}  // namespace
}  // namespace assay
