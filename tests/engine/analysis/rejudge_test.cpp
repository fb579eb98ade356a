// Stored results judged anew: unchanged they come out as they were, changed as a new analysis says.
// SPDX-License-Identifier: MIT
#include "engine/analysis/rejudge.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cstdlib>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/engine/analysis/fixtures.hpp"
#include "tests/support/matchers.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay::engine {
namespace {

namespace json = boost::json;
using ::testing::Contains;
using testing::day;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class RejudgeTest : public ::testing::Test {
  protected:
    std::shared_ptr<const Tables> tables = *load_tables();

    // The line that the analysis leaves, with `changes` merged over the product.
    json::value analysed(const json::object& given, const json::object& changes = {},
                         MoneyUnit unit = MoneyUnit::minor,
                         const std::vector<std::string>& only = {}) {
        const std::string text = json::serialize(merged(given, changes));
        const auto plan = AnalysisPlan::make(only, tables);
        EXPECT_THAT(plan, IsOk());
        const auto fault = parser.parse(text, id_of(given), unit, product);
        EXPECT_FALSE(fault.has_value()) << (fault ? describe(*fault) : "");
        std::string out;
        plan->run(product, 0, text, day("2026-05-25T10:30:00Z"), workspace, out);
        return json::parse(out);
    }
    static json::object merged(json::object object, const json::object& changes) {
        for (const auto& [name, value] : changes) {
            json::value& place = object[name];
            if (place.is_object() && value.is_object())
                place = merged(place.as_object(), value.as_object());
            else
                place = value;
        }
        return object;
    }
    static std::string id_of(const json::object& given) {
        return std::string(given.at("product_id").as_string());
    }
    static json::object generated(std::uint64_t index) {
        tools::ManifestGenerator generator({});
        std::string line;
        generator.append_ndjson(index, line);
        return json::parse(line).as_object();
    }
    Rejudged rejudged(const json::value& line, RejudgeTerms terms = {}) {
        EXPECT_THAT(validate(terms, *tables), IsOk());
        auto found = Rejudge(tables, tables, std::move(terms)).judge(line);
        EXPECT_THAT(found, IsOk()) << json::serialize(line);
        return found ? *found : Rejudged{};
    }
    static std::string decision_of(const json::value& line) {
        return std::string(line.at("result").at("verdict").at("decision").as_string());
    }
    static std::optional<MinorUnits> best_profit(const json::value& line) {
        const json::value& best = line.at("result").at("best_channel");
        for (const json::value& channel : line.at("result").at("channels").as_array()) {
            if (channel.at("channel") == best && channel.at("profit_expected").is_int64())
                return channel.at("profit_expected").as_int64();
        }
        return std::nullopt;
    }

    // Every generated product under `changes`, and as analysed without them but judged by `terms`:
    // the same decision on the same channel, and the profit within what rounding leaves open.
    void same_as_analysed_anew(const json::object& changes, const RejudgeTerms& terms) {
        int differences = 0, flips = 0, profits = 0;
        for (std::uint64_t index = 0; index < 600; ++index) {
            const json::object given = generated(index);
            const Rejudged found = rejudged(analysed(given), terms);
            const json::value anew = analysed(given, changes);
            const auto profit = best_profit(anew);
            SCOPED_TRACE(id_of(given));
            EXPECT_TRUE(found.reproduced);
            // Between two channels of one profit, or at a limit, half a cent decides.
            if (to_string(found.after.decision) != decision_of(anew)) ++differences;
            flips += found.flips() ? 1 : 0;
            ASSERT_EQ(found.after.profit_expected.has_value(), profit.has_value());
            if (!profit) continue;
            ++profits;
            EXPECT_LE(std::abs(*found.after.profit_expected - *profit), 1);
        }
        EXPECT_LE(differences, 1);
        EXPECT_GT(flips, 0) << "nothing was tested";
        EXPECT_GT(profits, 300);
    }

    ProductParser parser;
    Product product;
    Workspace workspace;
};

const json::object kettle = json::parse(R"({"product_id":"kettle","title":"Kettle 1.7 l",
    "currency":"EUR","unit_cost":2000,"msrp":9000,"condition":"good",
    "market":{"sold_count":40,"competing_offers":3},
    "comparables":[{"price":4000,"sold_at":"2026-05-20"},{"price":4100,"sold_at":"2026-05-21"},
    {"price":3900,"sold_at":"2026-05-22"},{"price":4050,"sold_at":"2026-05-23"},
    {"price":4000,"sold_at":"2026-05-24"}]})")
                                .as_object();

TEST_F(RejudgeTest, WithNothingChangedEverythingComesOutAsStored) {
    std::array<int, decision_count> seen{};
    for (std::uint64_t index = 0; index < 3000; ++index) {
        const json::value line = analysed(generated(index));
        const Rejudged found = rejudged(line);
        SCOPED_TRACE(found.product_id);
        ++seen[static_cast<std::size_t>(found.before.decision)];
        EXPECT_EQ(to_string(found.before.decision), decision_of(line));
        EXPECT_EQ(found.after.decision, found.before.decision);
        EXPECT_EQ(found.after.channel, found.before.channel);
        EXPECT_EQ(found.after.fee_version, found.before.fee_version);
        EXPECT_EQ(found.after.reasons, found.before.reasons);
        EXPECT_EQ(found.before.profit_expected, best_profit(line));
        ASSERT_EQ(found.after.profit_expected.has_value(),
                  found.before.profit_expected.has_value());
        if (found.after.profit_expected) {
            EXPECT_LE(std::abs(*found.after.profit_expected - *found.before.profit_expected), 1);
        }
        EXPECT_TRUE(found.reproduced);
    }
    EXPECT_GT(seen[static_cast<std::size_t>(Decision::buy)], 100);
    EXPECT_GT(seen[static_cast<std::size_t>(Decision::pass)], 100);
    EXPECT_GT(seen[static_cast<std::size_t>(Decision::review)], 10);
    EXPECT_GT(seen[static_cast<std::size_t>(Decision::insufficient_data)], 10);
}

TEST_F(RejudgeTest, ManyUnitsAndAListPriceOfTheUsersOwnComeOutAsStored) {
    for (const json::object& changes :
         {json::object{{"quantity", 500}}, json::object{{"target_price", 3500}},
          json::object{{"target_price", 1500}, {"quantity", 7}}, json::object{{"msrp", 300}},
          json::object{{"msrp", 1200}}}) {
        const json::value line = analysed(kettle, changes);
        const Rejudged found = rejudged(line);
        SCOPED_TRACE(json::serialize(changes));
        EXPECT_TRUE(found.reproduced);
        EXPECT_EQ(to_string(found.after.decision), decision_of(line));
        EXPECT_EQ(found.after.reasons, found.before.reasons);
        ASSERT_TRUE(found.after.profit_expected.has_value());
        EXPECT_LE(std::abs(*found.after.profit_expected - *best_profit(line)), 1);
    }
}

TEST_F(RejudgeTest, AHigherReturnIsWhatAnAnalysisThatAsksForItSays) {
    RejudgeTerms terms;
    terms.min_roi = 600'000;
    same_as_analysed_anew({{"overrides", {{"min_roi_ppm", 600'000}}}}, terms);
}

TEST_F(RejudgeTest, AHigherProfitIsWhatAnAnalysisThatAsksForItSays) {
    RejudgeTerms terms;
    terms.min_profit = "30.00";
    same_as_analysed_anew({{"overrides", {{"min_profit", 3000}}}}, terms);
}

TEST_F(RejudgeTest, AnotherVatIsWhatAnAnalysisUnderItSays) {
    RejudgeTerms terms;
    terms.regime = VatRegime::standard;
    same_as_analysed_anew({{"tax", {{"regime", "standard"}}}}, terms);
}

TEST_F(RejudgeTest, OtherChannelsAreWhatAnAnalysisOnThemSays) {
    RejudgeTerms terms;
    terms.channels = {"poshmark"};
    same_as_analysed_anew({{"overrides", {{"channels", {"poshmark"}}}}}, terms);
}

TEST_F(RejudgeTest, OlderTablesArePricedByTheirDate) {
    const auto versions = fee_versions(*tables);
    ASSERT_GE(versions.size(), 2U);
    const json::value line = analysed(kettle);
    RejudgeTerms terms;
    terms.fee_version = "2023-03-01";
    const Rejudged found = rejudged(line, terms);
    const json::value anew =
        analysed(kettle, {{"overrides", {{"fee_version", terms.fee_version}}}});
    EXPECT_EQ(found.after.fee_version, anew.at("result").at("fee_version").as_string());
    EXPECT_NE(found.after.fee_version, found.before.fee_version);
    EXPECT_EQ(found.after.profit_expected, best_profit(anew));
}

TEST_F(RejudgeTest, TheMarginSchemeLeavesMoreThanStandardVat) {
    const json::value line = analysed(kettle, {{"tax", {{"regime", "standard"}}}});
    RejudgeTerms terms;
    terms.regime = VatRegime::margin;
    const Rejudged found = rejudged(line, terms);
    ASSERT_TRUE(found.reproduced);
    EXPECT_GT(*found.after.profit_expected, *found.before.profit_expected);
}

TEST_F(RejudgeTest, AmountsInMajorUnitsAreKnownByTheProfitTheyGave) {
    const json::value line = analysed(
        kettle,
        {{"unit_cost", 20}, {"msrp", 90.5}, {"comparables", {{{"price", 40.25}}, {{"price", 41}}}}},
        MoneyUnit::major);
    const Rejudged found = rejudged(line);
    EXPECT_TRUE(found.reproduced);
    EXPECT_EQ(found.after.profit_expected, best_profit(line));
}

TEST_F(RejudgeTest, SaysWhereAResultIsOfOtherTables) {
    json::value line = analysed(kettle);
    for (json::value& channel : line.at("result").at("channels").as_array())
        channel.as_object()["profit_expected"] = channel.at("profit_expected").as_int64() - 500;
    const Rejudged found = rejudged(line);
    EXPECT_FALSE(found.reproduced);
    EXPECT_EQ(*found.after.profit_expected, *found.before.profit_expected + 500);
}

TEST_F(RejudgeTest, AnotherHorizonStaysTheProductsOwn) {
    for (const int days : {14, 30, 45, 120}) {
        const json::value line = analysed(kettle, {{"overrides", {{"horizon_days", days}}}});
        const Rejudged found = rejudged(line);
        EXPECT_TRUE(found.reproduced) << days;
        EXPECT_EQ(found.after.decision, found.before.decision) << days;
    }
}

TEST_F(RejudgeTest, RefusesUnknownVersionsAndChannelsAndListsTheKnown) {
    RejudgeTerms terms;
    for (const char* unknown : {"latest", "1999-01-01", "2026-13-01"}) {
        terms.fee_version = unknown;
        const auto valid = validate(terms, *tables);
        ASSERT_THAT(valid, FailsWith(ErrorCode::invalid_argument)) << unknown;
        EXPECT_THAT(describe(valid.error()), HasSubstr("2026-02-12"));
    }
    terms.fee_version.clear();
    terms.channels = {"ebay_us", "flea_market"};
    const auto valid = validate(terms, *tables);
    ASSERT_THAT(valid, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(describe(valid.error()), HasSubstr("ebay_de"));
}

TEST_F(RejudgeTest, AnAmountThatTheCurrencyHasNotIsRefused) {
    RejudgeTerms terms;
    terms.min_profit = "5.555";
    const auto found = Rejudge(tables, tables, terms).judge(analysed(kettle));
    EXPECT_THAT(found, FailsWith(ErrorCode::invalid_argument));
}

TEST_F(RejudgeTest, NamesThePartThatAResultLacks) {
    Rejudge rejudge(tables, tables, {});
    const auto only = analysed(kettle, {}, MoneyUnit::minor, {"price"});
    const auto found = rejudge.judge(only);
    ASSERT_THAT(found, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(describe(found.error()), HasSubstr("holds no demand"));
    EXPECT_THAT(rejudge.judge(json::value(7)), FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(rejudge.judge(json::object{}), FailsWith(ErrorCode::invalid_input));
}

}  // namespace
}  // namespace assay::engine
