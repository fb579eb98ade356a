// `assay explain` on results that the analysis wrote.
// SPDX-License-Identifier: MIT
#include "tools/cli/explain.hpp"

#include <gmock/gmock.h>

#include <sstream>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tools/cli/analyze.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/reason_words.hpp"

namespace assay::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* two_products =
    R"({"product_id":"kettle","title":"Kettle \u001b[31m 1.7 l","currency":"USD","unit_cost":1000,)"
    R"("msrp":9000,"comparables":[)"
    R"({"price":4000,"sold_at":"2026-05-20T00:00:00Z"},)"
    R"({"price":4100,"sold_at":"2026-05-21T00:00:00Z"},)"
    R"({"price":3900,"sold_at":"2026-05-22T00:00:00Z"},)"
    R"({"price":4050,"sold_at":"2026-05-23T00:00:00Z"},)"
    R"({"price":4000,"sold_at":"2026-05-24T00:00:00Z"}]})"
    "\n"
    R"({"product_id":"bad","title":"Odd","quantity":-1})"
    "\n";

class ExplainTest : public ::testing::Test {
  protected:
    int run(const std::vector<std::string>& arguments, const std::string& input = {}) {
        in_.str(input);
        in_.clear();
        out_.str("");
        error_.str("");
        CommandContext context{in_, out_, error_, clock_, random_};
        constexpr AddCommand commands[] = {add_analyze, add_explain};
        return run_command_line(arguments, commands, context);
    }
    std::string results() {
        EXPECT_EQ(run({"analyze", "-", "--format", "ndjson", "--as-of", "2026-05-25T10:30:00Z"},
                      two_products),
                  exit_ok)
            << error_.str();
        return out_.str();
    }

    assay::testing::ManualClock clock_;
    SystemRandom random_;
    std::istringstream in_;
    std::ostringstream out_, error_;
};

TEST_F(ExplainTest, TellsTheNumbersThatLedToTheVerdict) {
    const std::string lines = results();
    ASSERT_EQ(run({"explain", "-", "--product", "kettle"}, lines), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("Verdict: "), HasSubstr("price_confidence"),
                                  HasSubstr("5 of 5 comparables were used"),
                                  HasSubstr("= net proceeds"), HasSubstr("It breaks even at")));
    EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b"))) << "the title steers no terminal";
}

// The bill of the best channel, added up again from what is printed.
TEST_F(ExplainTest, TheBillAddsUp) {
    const std::string lines = results();
    ASSERT_EQ(run({"explain", "-", "--product", "kettle"}, lines), exit_ok);
    std::istringstream text(out_.str());
    double sum = 0, net = -1;
    bool in_bill = false;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("The sale on")) in_bill = true;
        if (!in_bill) continue;
        std::istringstream words(line);
        std::string first, word, amount;
        words >> first;
        while (words >> word && word != "USD")
            amount = word;
        if (first == "price") sum += std::stod(amount);
        if (first == "-") sum -= std::stod(amount);
        if (first != "=") continue;
        if (line.find("net") != std::string::npos) {
            net = std::stod(amount);
            EXPECT_NEAR(sum, net, 0.001) << out_.str();
            continue;
        }
        EXPECT_THAT(line, HasSubstr("profit at that price"));
        EXPECT_NEAR(sum, std::stod(amount), 0.001) << "less what it cost\n" << out_.str();
        return;
    }
    FAIL() << "no profit at the end of the bill\n" << out_.str();
}

TEST_F(ExplainTest, TellsWhyAProductWasNotAnalysed) {
    const std::string lines = results();
    ASSERT_EQ(run({"explain", "-", "--product", "bad"}, lines), exit_ok);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("Not analysed"), HasSubstr("quantity")));
}

TEST_F(ExplainTest, AsksForOneProductOfSeveral) {
    const std::string lines = results();
    EXPECT_EQ(run({"explain", "-"}, lines), exit_failed);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("kettle, bad"), HasSubstr("--product")));
    EXPECT_EQ(run({"explain", "-", "--product", "pot"}, lines), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("no result is of the product \"pot\""));
    const std::string one = lines.substr(0, lines.find('\n'));
    EXPECT_EQ(run({"explain", "-"}, one), exit_ok) << "without the last line end";
}

TEST_F(ExplainTest, OtherFilesGetOneSentence) {
    EXPECT_EQ(run({"explain", "-"}, ""), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("holds no results"));
    EXPECT_EQ(run({"explain", "-"}, "{\"title\":\"a manifest\"}\n"), exit_failed);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("line 1"), HasSubstr("no result of an analysis")));
    EXPECT_EQ(run({"explain", "-"}, "Title,Qty\n"), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("is not valid JSON"));
    EXPECT_EQ(run({"explain", "/nowhere/results.ndjson"}), exit_failed);
    EXPECT_EQ(run({"explain"}), exit_usage);
}

TEST_F(ExplainTest, EveryReasonOfAVerdictHasWords) {
    for (const char* code :
         {"profit_ok", "profit_low", "roi_ok", "roi_low", "demand_ok", "demand_low",
          "demand_unknown", "downside_ok", "downside_loss", "price_confidence_ok",
          "price_confidence_low", "price_ci_narrow", "price_spread_wide", "price_unknown",
          "channel_unknown", "cost_unknown", "roi_too_good"}) {
        EXPECT_FALSE(reason_words(code).sentence.empty()) << code;
    }
    EXPECT_EQ(reason_words("medical_review").mark, "!");
    EXPECT_EQ(decision_words("insufficient_data"), "not enough data");
    EXPECT_EQ(decision_words("buy"), "BUY");
}

}  // namespace
}  // namespace assay::tools
