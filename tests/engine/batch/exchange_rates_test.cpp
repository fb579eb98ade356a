// Exchange rates from a user's table: which rate holds on a day, and what a bad table is told.
// SPDX-License-Identifier: MIT
#include "engine/batch/exchange_rates.hpp"

#include <gmock/gmock.h>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

std::chrono::sys_days day(std::string_view date) {
    return std::chrono::floor<std::chrono::days>(*parse_time(date));
}
Currency currency(std::string_view code) {
    return *Currency::parse(code);
}
Result<ExchangeRates> read(std::string_view table) {
    return read_exchange_rates(table, "rates.csv");
}
constexpr std::string_view table =
    "date,base,quote,rate\n"
    "2026-05-20,EUR,USD,1.10\n"
    "2026-05-22,EUR,USD,1.25\n"
    "2026-05-22,EUR,JPY,160\n"
    "2026-05-21,EUR,GBP,0.80\n"
    "2026-05-22,EUR,KWD,0.4\n";

class Rates : public ::testing::Test {
  protected:
    std::optional<ExchangeRates::Found> find(std::string_view from, std::string_view to,
                                             std::string_view date, int days = 7) const {
        return rates.find(currency(from), currency(to), day(date), std::chrono::days(days));
    }
    ExchangeRates rates = *read(table);
};

TEST_F(Rates, TheNearestEarlierDayHolds) {
    EXPECT_EQ(find("EUR", "USD", "2026-05-22")->factor, 1.25);
    EXPECT_EQ(find("EUR", "USD", "2026-05-21")->factor, 1.10);
    EXPECT_EQ(find("EUR", "USD", "2026-05-21")->date, day("2026-05-20"));
    EXPECT_EQ(find("EUR", "USD", "2026-05-29")->date, day("2026-05-22"));
    EXPECT_EQ(find("EUR", "USD", "2026-05-30"), std::nullopt) << "eight days old";
    EXPECT_EQ(find("EUR", "USD", "2026-05-19"), std::nullopt) << "a later rate is no rate";
    EXPECT_EQ(find("EUR", "CHF", "2026-05-22"), std::nullopt);
}

TEST_F(Rates, ARateAnswersForTheWayBack) {
    EXPECT_DOUBLE_EQ(find("USD", "EUR", "2026-05-22")->factor, 0.8);
    const auto both = read(
        "date,base,quote,rate\n2026-05-22,EUR,USD,1.25\n"
        "2026-05-22,USD,EUR,0.79\n");
    ASSERT_THAT(both, IsOk());
    EXPECT_EQ(both->find(currency("USD"), currency("EUR"), day("2026-05-22"), std::chrono::days(0))
                  ->factor,
              0.79)
        << "its own row wins";
}

TEST_F(Rates, TwoCurrenciesMeetInAThird) {
    const auto found = find("GBP", "USD", "2026-05-23");
    ASSERT_TRUE(found.has_value());
    EXPECT_DOUBLE_EQ(found->factor, 1.25 / 0.80);
    EXPECT_EQ(found->through, currency("EUR"));
    EXPECT_EQ(found->date, day("2026-05-21")) << "that of the older of the two";
    EXPECT_EQ(find("GBP", "USD", "2026-05-22", 0), std::nullopt);
}

TEST_F(Rates, FactorsAreOfMinorUnits) {
    EXPECT_DOUBLE_EQ(find("EUR", "JPY", "2026-05-22")->factor, 1.60) << "a cent is 1.6 yen";
    EXPECT_DOUBLE_EQ(find("JPY", "EUR", "2026-05-22")->factor, 0.625);
    EXPECT_DOUBLE_EQ(find("EUR", "KWD", "2026-05-22")->factor, 4);
    EXPECT_EQ(find("EUR", "EUR", "1999-01-01", 0)->factor, 1);
    EXPECT_EQ(rates.find({}, currency("EUR"), day("2026-05-22"), std::chrono::days(7)),
              std::nullopt);
}

TEST_F(Rates, TheHashIsOfTheRatesAndNotOfTheirOrder) {
    const auto turned = read(
        "rate;Quote;base;DATE\n1,10;usd;eur;2026-05-20\n\n"
        "0,4;KWD;EUR;2026-05-22\n0,80;GBP;EUR;2026-05-21\n"
        "160;JPY;EUR;2026-05-22\n1,25;USD;EUR;2026-05-22\n");
    ASSERT_THAT(turned, IsOk());
    EXPECT_EQ(turned->hash(), rates.hash());
    EXPECT_EQ(rates.size(), 5U);
    EXPECT_EQ(rates.newest(), day("2026-05-22"));
    const auto other = read("date,base,quote,rate\n2026-05-20,EUR,USD,1.11\n");
    EXPECT_NE(other->hash(), rates.hash());
}

TEST(ReadRates, EveryFaultNamesItsLine) {
    struct Bad {
        std::string_view rows, says;
        std::uint64_t line;
    };
    for (const Bad& bad : {
             Bad{"22.05.2026,EUR,USD,1.1", "the date is not like 2026-05-22", 2},
             Bad{"2026-02-30,EUR,USD,1.1", "the date is not like", 2},
             Bad{"2026-05-22,EUR,XXZ,1.1", "the quote is no ISO 4217 currency: XXZ", 2},
             Bad{"2026-05-22,EUR,EUR,1", "the same", 2},
             Bad{"2026-05-22,EUR,USD,0", "no number above 0", 2},
             Bad{"2026-05-22,EUR,USD,-1", "no number above 0", 2},
             Bad{"2026-05-22,EUR,USD,nan", "no number above 0", 2},
             Bad{"2026-05-22,EUR,USD,1e3", "no number above 0", 2},
             Bad{"2026-05-22,EUR,USD,1.1 x", "no number above 0", 2},
             Bad{"2026-05-22,EUR,USD", "has no rate", 2},
             Bad{"2026-05-22,EUR,USD,1.1\n2026-05-22,EUR,USD,1.2",
                 "gives another rate than line 2 for the same day", 3},
         }) {
        const auto rates = read("date,base,quote,rate\n" + std::string(bad.rows) + "\n");
        ASSERT_THAT(rates, FailsWith(ErrorCode::invalid_input)) << bad.rows;
        EXPECT_THAT(rates.error().message, HasSubstr(bad.says)) << bad.rows;
        EXPECT_THAT(rates.error().message, HasSubstr("rates.csv")) << bad.rows;
        EXPECT_EQ(rates.error().line, bad.line) << bad.rows;
    }
    EXPECT_THAT(read("date,base,rate\n2026-05-22,EUR,1\n").error().message,
                HasSubstr("has no column quote"));
    EXPECT_THAT(read(""), FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(read("date,base,quote,rate\n"), FailsWith(ErrorCode::invalid_input));
}

TEST(ReadRates, IsBounded) {
    EXPECT_THAT(read(std::string(ExchangeRates::file_bytes_max + 1, ' ')),
                FailsWith(ErrorCode::payload_too_large));
    std::string many = "date,base,quote,rate\n";
    for (std::size_t i = 0; i <= ExchangeRates::rows_max; ++i)
        many += "2026-05-22,EUR,USD,1.1\n";
    EXPECT_THAT(read(many), FailsWith(ErrorCode::payload_too_large));
}

}  // namespace
}  // namespace assay::engine
