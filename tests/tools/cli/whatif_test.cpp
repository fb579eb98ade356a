// `assay whatif` on results that the analysis wrote.
// SPDX-License-Identifier: MIT
#include "tools/cli/whatif.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/cli/analyze.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/whatif_report.hpp"

namespace assay::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A clear buy, one without a cost, and one that fails.
constexpr const char* three_products =
    R"({"product_id":"kettle","title":"Kettle \u001b[31m 1.7 l","currency":"USD","unit_cost":1700,)"
    R"("quantity":3,"market":{"sold_count":60},"comparables":[)"
    R"({"price":4000,"sold_at":"2026-05-20T00:00:00Z"},)"
    R"({"price":4100,"sold_at":"2026-05-21T00:00:00Z"},)"
    R"({"price":3900,"sold_at":"2026-05-22T00:00:00Z"},)"
    R"({"price":4050,"sold_at":"2026-05-23T00:00:00Z"},)"
    R"({"price":4000,"sold_at":"2026-05-24T00:00:00Z"}],"identifiers":{"ean":"4006381333931"}})"
    "\n"
    R"({"product_id":"gift","title":"Toaster","currency":"USD","comparables":[{"price":4000}]})"
    "\n"
    R"({"product_id":"bad","title":"Odd","quantity":-1})"
    "\n";

class WhatifTest : public ::testing::Test {
  protected:
    int run(const std::vector<std::string>& arguments, const std::string& input = {}) {
        in_.str(input);
        in_.clear();
        out_.str("");
        error_.str("");
        CommandContext context{in_, out_, error_, clock_, random_};
        context.out_is_terminal = columns_ > 0;
        context.columns = columns_;
        constexpr AddCommand commands[] = {add_analyze, add_whatif};
        return run_command_line(arguments, commands, context);
    }
    std::string results() {
        const int terminal = std::exchange(columns_, 0);
        EXPECT_EQ(run({"analyze", "-", "--format", "ndjson", "--as-of", "2026-05-25T10:30:00Z"},
                      three_products),
                  exit_ok)
            << error_.str();
        columns_ = terminal;
        return out_.str();
    }
    std::vector<boost::json::value> lines() const {
        std::vector<boost::json::value> all;
        std::istringstream text(out_.str());
        for (std::string line; std::getline(text, line);)
            all.push_back(boost::json::parse(line));
        return all;
    }

    int columns_ = 0;
    assay::testing::ManualClock clock_;
    SystemRandom random_;
    std::istringstream in_;
    std::ostringstream out_, error_;
};

TEST_F(WhatifTest, WithNothingChangedNothingFlips) {
    ASSERT_EQ(run({"whatif", "-"}, results()), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("0 of 2 results flip."), Not(HasSubstr("PRODUCT")),
                                  HasSubstr("insufficient data for a verdict: gift."),
                                  HasSubstr("1 result was not judged, failed: bad."),
                                  HasSubstr("+0.00 USD"), Not(HasSubstr("as stored"))));
}

TEST_F(WhatifTest, ListsWhatFlipsAndWhatItCosts) {
    ASSERT_EQ(run({"whatif", "-", "--min-roi", "200%"}, results()), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("PRODUCT"), HasSubstr("kettle"), HasSubstr("roi_low"),
                                  HasSubstr("1 of 2 results flips"), HasSubstr("buy -> pass"),
                                  HasSubstr("(1 buy) before, 0.00 USD (0 buys) after: -")));
}

TEST_F(WhatifTest, AsJsonTheSumsAreThoseOfTheLines) {
    ASSERT_EQ(run({"whatif", "-", "--min-profit", "90", "--json", "--all"}, results()), exit_ok)
        << error_.str();
    const auto all = lines();
    ASSERT_EQ(all.size(), 3U) << "the failed one has no line of its own";
    EXPECT_EQ(all[0].at("before").at("decision"), "buy");
    EXPECT_EQ(all[0].at("after").at("decision"), "pass");
    EXPECT_TRUE(all[0].at("flips").as_bool());
    EXPECT_TRUE(all[0].at("reproduced").as_bool());
    EXPECT_EQ(all[1].at("product_id"), "gift");
    EXPECT_FALSE(all[1].at("flips").as_bool());
    const auto& summary = all[2].at("summary");
    EXPECT_EQ(summary.at("results"), 3);
    EXPECT_EQ(summary.at("flips"), 1);
    EXPECT_EQ(summary.at("not_judged").at(0).at("why"), "failed");
    EXPECT_EQ(summary.at("moves").at(0).at("count"), 1);
    const auto& buys = summary.at("buys").at(0);
    EXPECT_EQ(buys.at("profit_expected_before").as_int64(),
              3 * all[0].at("before").at("profit_expected").as_int64());
    EXPECT_EQ(buys.at("profit_expected_after"), 0);
}

TEST_F(WhatifTest, TheTableFitsTheTerminal) {
    columns_ = 100;
    ASSERT_EQ(run({"whatif", "-", "--vat", "standard", "--channels", "poshmark", "--min-roi", "90",
                   "--all"},
                  results()),
              exit_ok)
        << error_.str();
    std::istringstream text(out_.str());
    std::string line;
    std::getline(text, line);
    EXPECT_THAT(line, HasSubstr("BEST CHANNEL"));
    for (int i = 0; i < 2 && std::getline(text, line); ++i)
        EXPECT_LE(line.size(), 104U) << line;  // an ellipsis has three bytes
    EXPECT_THAT(out_.str(), HasSubstr("> poshmark"));
}

TEST_F(WhatifTest, OwnTablesAreReadFromADirectory) {
    const assay::testing::TemporaryDirectory directory;
    std::ofstream(directory.path() / "mine.json") << R"({"channel":"my_shop","platform":"my_shop",
        "marketplace":"MY_SHOP","country":"US","currency":"USD","payout_days":3,"tried":"always",
        "postage":{"steps":[{"amount":500}],"unknown_weight":500},
        "tables":[{"effective":"2026-01-01","percentage_code":"shop","net_of_vat":false,
        "standard":{"shape":"marginal","steps":[{"ppm":10000}]},"categories":[],"fixed":[],
        "mark":"estimate","sources":["mine"]}]})";
    ASSERT_EQ(run({"whatif", "-", "--fees-dir", directory.path().string(), "--channels", "my_shop",
                   "--all"},
                  results()),
              exit_ok)
        << error_.str();
    EXPECT_THAT(out_.str(), HasSubstr("> my_shop"));
}

TEST_F(WhatifTest, SaysWhatIsWrongAndWhatIsKnown) {
    const std::string lines = results();
    EXPECT_EQ(run({"whatif", "-", "--fees", "1999-01-01"}, lines), exit_usage);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("1999-01-01"), HasSubstr("2026-02-12")));
    EXPECT_EQ(run({"whatif", "-", "--channels", "bazaar"}, lines), exit_usage);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("bazaar"), HasSubstr("ebay_us")));
    EXPECT_EQ(run({"whatif", "-", "--min-roi", "much"}, lines), exit_usage);
    EXPECT_EQ(run({"whatif", "-", "--min-profit", "-1"}, lines), exit_usage);
    EXPECT_EQ(run({"whatif", "-", "--vat", "some"}, lines), exit_usage);
    EXPECT_EQ(run({"whatif", "-"}, ""), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("holds no results"));
    EXPECT_EQ(run({"whatif", "-"}, "Title,Qty\n"), exit_failed);
    EXPECT_EQ(run({"whatif", "/nowhere.ndjson"}), exit_failed);
}

TEST_F(WhatifTest, NamesResultsThatHoldNoVerdict) {
    ASSERT_EQ(run({"analyze", "-", "--format", "ndjson", "--only", "price"}, three_products),
              exit_ok);
    ASSERT_EQ(run({"whatif", "-"}, out_.str()), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(), HasSubstr("2 results were not judged, holds no demand: kettle, gift."));
}

TEST(WhatifReportTest, ShowsAThousandRowsAndCountsTheRest) {
    WhatifReport report(false);
    engine::Rejudged result;
    result.currency = *Currency::parse("EUR");
    result.reproduced = true;
    result.before.decision = engine::Decision::buy;
    result.before.profit_expected = 100;
    result.after.decision = engine::Decision::pass;
    for (int i = 0; i < 1200; ++i) {
        result.product_id = "p" + std::to_string(i);
        report.add(result);
    }
    assay::testing::ManualClock clock;
    SystemRandom random;
    std::istringstream in;
    std::ostringstream out;
    const CommandContext context{in, out, out, clock, random};
    const std::string table = report.table(context);
    EXPECT_THAT(table, AllOf(HasSubstr("p999"), Not(HasSubstr("p1000")), HasSubstr("200 more")));
    EXPECT_THAT(report.totals(), AllOf(HasSubstr("buy -> pass"), HasSubstr("1200.00 EUR")));
}

}  // namespace
}  // namespace assay::tools
