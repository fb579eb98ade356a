// `assay backtest` on histories whose truth is known.
// SPDX-License-Identifier: MIT
#include "tools/cli/backtest.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/cli/backtest_replay.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BacktestTest : public ::testing::Test {
  protected:
    int run(std::vector<std::string> arguments) {
        out_.str("");
        error_.str("");
        CommandContext context{in_, out_, error_, clock_, random_};
        constexpr AddCommand commands[] = {add_backtest};
        arguments.insert(arguments.begin(), "backtest");
        return run_command_line(arguments, commands, context);
    }
    std::string file(const std::string& name, const std::string& text) {
        const auto path = directory_.path() / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    boost::json::object result(std::vector<std::string> arguments) {
        arguments.emplace_back("--json");
        EXPECT_EQ(run(std::move(arguments)), exit_ok) << error_.str();
        return boost::json::parse(out_.str()).as_object();
    }

    // `products` with 20 sales each, one every other day from 2026-04-01 on; prices are lognormal
    // around a level of the product's own. From 2026-05-01 on they are `later` times as high.
    static std::string history(int products, double later = 1, std::int64_t cost = 1'000) {
        std::mt19937_64 dice(5);
        std::normal_distribution<double> normal;
        std::ostringstream csv;
        csv << "Title,Brand,Model,Category,Condition,Currency,Price,Sold at,Unit cost\n";
        for (int p = 0; p < products; ++p) {
            const double level = std::log(6'000.0) + 0.3 * normal(dice);
            for (int s = 0; s < 20; ++s) {
                const double price = std::exp(level + 0.2 * normal(dice)) * (s >= 15 ? later : 1);
                const int day = 1 + 2 * s;
                const std::string date =
                    day <= 30 ? "2026-04-" + two(day) : "2026-05-" + two(day - 30);
                csv << "Kettle K-" << 100 + p << ",Acme,K-" << 100 + p
                    << (p % 2 == 0 ? ",Kitchen > Kettles" : ",Toys") << ",good,USD,"
                    << std::llround(price) / 100 << '.'
                    << two(static_cast<int>(std::llround(price) % 100)) << ',' << date << ','
                    << cost / 100 << '\n';
            }
        }
        return csv.str();
    }
    // Products that sell by chance, each at a rate of its own from the Gamma prior of defaults.json
    // (one sale in thirty days, shape 1), over 400 days.
    static std::string chance_history(int products) {
        std::mt19937_64 dice(9);
        std::gamma_distribution<double> rates(1, 1.0 / 30);
        std::ostringstream csv;
        csv << "Title,Brand,Model,Category,Condition,Currency,Price,Sold at\n";
        for (int p = 0; p < products; ++p) {
            std::exponential_distribution<double> gap(rates(dice));
            for (double at = gap(dice); at < 400; at += gap(dice)) {
                const auto day = std::chrono::sys_days(std::chrono::January / 1 / 2025) +
                                 std::chrono::days(static_cast<int>(at));
                const std::chrono::year_month_day date(day);
                csv << "Kettle K-" << 1'000 + p << ",Acme,K-" << 1'000 + p
                    << ",Kitchen,good,USD,60.00," << static_cast<int>(date.year()) << '-'
                    << two(static_cast<int>(static_cast<unsigned>(date.month()))) << '-'
                    << two(static_cast<int>(static_cast<unsigned>(date.day()))) << '\n';
            }
        }
        return csv.str();
    }
    static std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

    assay::testing::TemporaryDirectory directory_;
    assay::testing::ManualClock clock_;
    SystemRandom random_;
    std::istringstream in_;
    std::ostringstream out_, error_;
};

TEST_F(BacktestTest, IntervalsHoldWhatTheyPromiseWhereTheHistoryIsAsTheModelThinks) {
    const auto test = result({file("sales.csv", history(200)), "--as-of", "2026-04-30"});
    EXPECT_EQ(test.at("known").as_int64(), 200 * 15);
    EXPECT_EQ(test.at("judged").as_int64(), 200 * 5);
    EXPECT_EQ(test.at("unpriced").as_int64(), 0);
    const auto& interval = test.at("interval").as_object();
    ASSERT_EQ(interval.at("sales").as_int64(), 1'000);
    EXPECT_NEAR(static_cast<double>(interval.at("within").as_int64()), 800, 60);
    EXPECT_NEAR(static_cast<double>(interval.at("under_p50").as_int64()), 500, 60);
    EXPECT_EQ(interval.at("below_p10").as_int64() + interval.at("within").as_int64() +
                  interval.at("above_p90").as_int64(),
              1'000);
    EXPECT_EQ(test.at("by_category").as_object().size(), 2U);
    EXPECT_EQ(test.at("by_category").at("Kitchen").at("sales").as_int64(), 500);
}

TEST_F(BacktestTest, ChancesToSellComeTrueWhereTheirPriorDoes) {
    const auto test = result({file("sales.csv", chance_history(1'000))});
    for (const char* name : {"p_sold_30", "p_sold_90"}) {
        const auto& chance = test.at(name).as_object();
        const auto cases = static_cast<double>(chance.at("cases").as_int64());
        ASSERT_GT(cases, 500) << name;
        EXPECT_NEAR(static_cast<double>(chance.at("came_true").as_int64()) / cases,
                    chance.at("promised").as_double(), 0.04)
            << name;
    }
}

TEST_F(BacktestTest, EveryPromiseIsCountedByCategoryToo) {
    const auto test = result({file("sales.csv", history(200)), "--as-of", "2026-04-30"});
    for (const char* chance : {"ci", "p_loss"}) {
        const auto& all = test.at(chance).as_object();
        ASSERT_GT(all.at("cases").as_int64(), 0) << chance;
        std::int64_t cases = 0, came_true = 0;
        for (const auto& category : test.at("by_category").as_object()) {
            cases += category.value().at(chance).at("cases").as_int64();
            came_true += category.value().at(chance).at("came_true").as_int64();
        }
        EXPECT_EQ(cases, all.at("cases").as_int64()) << chance;
        EXPECT_EQ(came_true, all.at("came_true").as_int64()) << chance;
    }
    // Two hundred products, each with a ci of fifteen sales and the median of five later ones.
    const auto& middle = test.at("ci").as_object();
    EXPECT_EQ(middle.at("cases").as_int64(), 200);
    EXPECT_NEAR(static_cast<double>(middle.at("came_true").as_int64()) / 200,
                middle.at("promised").as_double(), 0.1);
}

// Of 3 values before, x_(1) to x_(3), one later value lies between the outer two in half of all
// orders; with more later ones their median does so oftener. Against a count of drawn cases.
TEST(MedianWithin, IsHowOftenItHappens) {
    EXPECT_NEAR(median_within(3, 1, 1), 0.5, 1e-12);
    EXPECT_NEAR(median_within(9, 2, 1), 0.6, 1e-12);
    std::mt19937_64 dice(3);
    for (const auto& [count, rank, later] : {std::tuple{8, 2, 5}, {15, 4, 4}, {30, 11, 1}}) {
        int within = 0;
        constexpr int draws = 20'000;
        for (int i = 0; i < draws; ++i) {
            std::vector<double> before(static_cast<std::size_t>(count)),
                after(static_cast<std::size_t>(later));
            for (auto* values : {&before, &after}) {
                for (double& one : *values)
                    one = std::uniform_real_distribution<double>()(dice);
                std::sort(values->begin(), values->end());
            }
            const double middle = after[static_cast<std::size_t>((later - 1) / 2)];
            within += middle > before[static_cast<std::size_t>(rank - 1)] &&
                              middle < before[static_cast<std::size_t>(count - rank)]
                          ? 1
                          : 0;
        }
        EXPECT_NEAR(median_within(count, rank, later), within / double{draws}, 0.015) << count;
    }
}

TEST_F(BacktestTest, SaysWhichSalesNameNoCost) {
    std::string sales = "Title,Brand,Model,Price,Currency,Sold at,Unit cost\n";
    for (int day = 10; day < 20; ++day)
        sales += "Kettle K-100,Acme,K-100,20.00,USD,2026-04-" + two(day) +
                 (day < 15 ? ",5.00\n" : ",\n");
    ASSERT_EQ(run({file("some.csv", sales), "--as-of", "2026-04-16"}), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(),
                HasSubstr("No sale of the days after names its cost; 5 sales before them do."));
}

TEST_F(BacktestTest, NothingOfWhatCameLaterIsKnown) {
    const auto same = result({file("same.csv", history(40)), "--as-of", "2026-04-30"});
    const auto risen = result({file("risen.csv", history(40, 3)), "--as-of", "2026-04-30"});
    EXPECT_EQ(risen.at("interval").at("above_p90").as_int64(), 200) << "three times as dear";
    EXPECT_EQ(risen.at("p_loss").at("promised").as_double(),
              same.at("p_loss").at("promised").as_double())
        << "the same was said beforehand";
}

TEST_F(BacktestTest, VerdictsEarnWhatTheSalesLeft) {
    const std::string sales = file("sales.csv", history(40));
    const auto test = result({sales, "--as-of", "2026-04-30"});
    std::int64_t count = 0, cost = 0;
    for (const auto& decision : test.at("earned").at("USD").as_object()) {
        count += decision.value().at("sales").as_int64();
        cost += decision.value().at("cost").as_int64();
        EXPECT_GT(decision.value().at("profit").as_int64(), 0) << "bought at 10, sold at 60";
    }
    EXPECT_EQ(count, 200);
    EXPECT_EQ(cost, 200 * 1'000);
    const auto dear = result({file("dear.csv", history(40, 1, 20'000)), "--as-of", "2026-04-30"});
    EXPECT_FALSE(dear.at("earned").at("USD").as_object().contains("buy"));
    EXPECT_EQ(dear.at("p_loss").at("came_true").as_int64(), 200);
    EXPECT_GT(dear.at("p_loss").at("promised").as_double(), 0.99);
}

TEST_F(BacktestTest, PrintsATableForPeople) {
    ASSERT_EQ(run({file("sales.csv", history(20))}), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("P10 TO P90"), HasSubstr("Kitchen"),
                                  HasSubstr("to sell in 30 days"), HasSubstr("RETURN")));
}

TEST_F(BacktestTest, WithoutDaysOrWithAWrongFileThereIsOneSentence) {
    EXPECT_EQ(run({file("days.csv", "EAN,Price,Currency\n4006381333931,5,EUR\n")}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("names no date of a sale"));
    EXPECT_EQ(run({file("x.csv", "%PDF-1.7")}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("is a PDF"));
    const std::string sales = file("sales.csv", history(2));
    EXPECT_EQ(run({sales, "--as-of", "soon"}), exit_usage);
    EXPECT_EQ(run({sales, "--currency", "EURO"}), exit_usage);
    EXPECT_THAT(error_.str(), HasSubstr("--currency"));
}

}  // namespace
}  // namespace assay::tools
