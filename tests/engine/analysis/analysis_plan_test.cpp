// The plan: what runs, what is printed, and that a product's bytes depend on nothing else.
// SPDX-License-Identifier: MIT
#include "engine/analysis/analysis_plan.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>

#include "engine/base/hash.hpp"
#include "engine/base/version.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/engine/analysis/fixtures.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::day;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr std::string_view game =
    R"({"product_id":"game","title":"Mario Kart Wii","identifiers":{"upc":"045496901332"},)"
    R"("condition":"good","currency":"USD","unit_cost":"15.00","msrp":"49.99","weight_g":180,)"
    R"("category":"Video Games","market":{"sold_count":40,"competing_offers":3},"comparables":[)"
    R"({"id":"a","price":"42.00","sold_at":"2026-05-20","condition":"good"},)"
    R"({"id":"b","price":"41.50","sold_at":"2026-05-18","condition":"good"},)"
    R"({"id":"c","price":"43.90","sold_at":"2026-05-12","condition":"good"},)"
    R"({"id":"d","price":"39.99","sold_at":"2026-05-10","condition":"good"},)"
    R"({"id":"e","price":"44.00","sold_at":"2026-05-09","condition":"good"},)"
    R"({"id":"f","price":"42.30","sold_at":"2026-05-08","condition":"good"},)"
    R"({"id":"g","price":"326.51","sold_at":"2026-05-07","condition":"good"},)"
    R"({"id":"h","price":"41.00","sold_at":"2026-05-02","condition":"good"}],"colour":"white"})";

class AnalysisPlanTest : public ::testing::Test {
  protected:
    std::shared_ptr<const Tables> tables = *load_tables();

    std::string line_of(std::string_view json, const std::vector<std::string>& only = {},
                        std::string_view as_of = "2026-05-25T10:30:00Z") {
        const auto plan = AnalysisPlan::make(only, tables);
        EXPECT_THAT(plan, IsOk());
        const auto fault = parser.parse(json, "game", MoneyUnit::minor, product);
        EXPECT_FALSE(fault.has_value()) << (fault ? describe(*fault) : "");
        std::string out;
        outcome = plan->run(product, 7, json, day(as_of), *workspace, out);
        return out;
    }
    boost::json::object result_of(std::string_view json,
                                  const std::vector<std::string>& only = {}) {
        const auto value = boost::json::parse(line_of(json, only));
        return value.as_object().at("result").as_object();
    }
    static std::vector<std::string> keys(const boost::json::object& object) {
        std::vector<std::string> names;
        for (const auto& member : object)
            names.emplace_back(member.key());
        return names;
    }

    ProductParser parser;
    Product product;
    std::optional<Workspace> workspace{std::in_place};
    ProductOutcome outcome;
};

TEST_F(AnalysisPlanTest, NamesItsAnalyzersInTheOrderInWhichTheyRun) {
    EXPECT_THAT(analyzer_names(),
                ElementsAre("identity", "attributes", "duplicates", "price", "demand", "fees",
                            "profit", "risk", "listing", "verdict", "lot"));
}

TEST_F(AnalysisPlanTest, ABootstrapIsSeededByTheInput) {
    const auto plan = AnalysisPlan::make({}, tables, nullptr, IntervalMethod::bootstrap);
    ASSERT_THAT(plan, IsOk());
    const auto line = [&](std::string_view json) {
        EXPECT_FALSE(parser.parse(json, "game", MoneyUnit::minor, product).has_value());
        std::string out;
        plan->run(product, 7, json, day("2026-05-25T10:30:00Z"), *workspace, out);
        return out;
    };
    const std::string first = line(game);
    EXPECT_EQ(line(game), first) << "the same bytes";
    EXPECT_NE(first.find("bootstrap_bca"), std::string::npos);
    EXPECT_NE(first.find("\"ci_coverage\":0.9,"), std::string::npos) << "the nominal one";
    EXPECT_EQ(line_of(game).find("bootstrap_bca"), std::string::npos);
}

TEST_F(AnalysisPlanTest, ExchangeRatesArePartOfTheInput) {
    const std::string before = line_of(game);
    auto rates = read_exchange_rates("date,base,quote,rate\n2026-05-22,EUR,USD,1.25\n", "r");
    ASSERT_THAT(rates, IsOk());
    tables = *load_tables({}, std::make_shared<const ExchangeRates>(*std::move(rates)));
    const std::string after = line_of(game);
    const auto hash_of = [](const std::string& line) {
        return line.substr(line.find("input_hash"), 40);
    };
    EXPECT_NE(hash_of(after), hash_of(before));
}

TEST_F(AnalysisPlanTest, RefusesAnUnknownNameAndListsTheKnown) {
    const std::vector<std::string> only{"price", "horoscope"};
    const auto plan = AnalysisPlan::make(only, tables);
    ASSERT_THAT(plan, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(describe(plan.error()), HasSubstr("horoscope"));
    EXPECT_THAT(describe(plan.error()), HasSubstr("identity, attributes, duplicates, price"));
}

TEST_F(AnalysisPlanTest, PrintsTheEnvelopeInTheOrderOfTheSchema) {
    const std::string line = line_of(game);
    EXPECT_EQ(line.back(), '\n');
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto envelope = boost::json::parse(line).as_object();
    EXPECT_THAT(keys(envelope),
                ElementsAre("product_id", "product_data", "status", "progress", "result", "error"));
    EXPECT_EQ(envelope.at("product_id").as_string(), "game");
    EXPECT_EQ(envelope.at("product_data").at("colour").as_string(), "white");
    EXPECT_EQ(envelope.at("status").as_string(), "completed");
    EXPECT_EQ(envelope.at("progress").as_int64(), 100);
    EXPECT_TRUE(envelope.at("error").is_null());
    const auto& result = envelope.at("result").as_object();
    EXPECT_THAT(keys(result),
                ElementsAre("schema_version", "engine", "fee_version", "as_of", "input_hash",
                            "identity", "attributes", "duplicates", "price", "demand", "channels",
                            "best_channel", "verdict", "risks", "listing", "evidence"));
    EXPECT_EQ(result.at("schema_version").as_int64(), 1);
    EXPECT_EQ(result.at("engine").as_string(), version);
    EXPECT_EQ(result.at("fee_version").as_string(), "2025-02-14");
    EXPECT_EQ(result.at("as_of").as_string(), "2026-05-25T10:30:00.000Z");
    EXPECT_TRUE(outcome.completed);
}

TEST_F(AnalysisPlanTest, PrintsEachPartInTheOrderOfTheSchema) {
    const auto result = result_of(game);
    EXPECT_THAT(keys(result.at("price").as_object()),
                ElementsAre("currency", "p10", "p50", "p90", "ci", "ci_coverage", "n", "n_used",
                            "n_eff", "basis", "shrink_weight", "outliers", "trend", "log_sd",
                            "confidence", "level"));
    EXPECT_THAT(
        keys(result.at("demand").as_object()),
        ElementsAre("basis", "units_per_day", "str_ratio", "str_share", "p_sold_30", "p_sold_90",
                    "sold_share", "days_expected", "days_median", "months_of_supply"));
    const auto& channel = result.at("channels").at(0).as_object();
    EXPECT_THAT(
        keys(channel),
        ElementsAre("channel", "list_price", "fees", "fees_total", "shipping", "vat",
                    "net_proceeds", "landed_cost", "storage", "profit_at_list", "profit_p50",
                    "profit_expected", "profit_p10", "profit_p90", "roi_expected", "roi_p50",
                    "margin", "p_loss", "break_even", "max_buy_cost", "dead_zone", "profit_per_day",
                    "min_roi_price", "cash_days", "fee_version"));
    EXPECT_THAT(keys(result.at("verdict").as_object()),
                ElementsAre("decision", "score", "reasons", "missing"));
    EXPECT_EQ(result.at("best_channel").as_string(), "ebay_us");
}

TEST_F(AnalysisPlanTest, WithoutAChannelNoFeeTableIsNamed) {
    EXPECT_TRUE(result_of(R"({"product_id":"game","title":"Lamp"})").at("fee_version").is_null());
    EXPECT_TRUE(result_of(game, {"price"}).at("fee_version").is_null());
}

TEST_F(AnalysisPlanTest, ATitleThatCountsOtherPiecesThanThePackIsARisk) {
    const auto codes = [&](std::string_view pack) {
        std::vector<std::string> found;
        const auto result = result_of(std::string(R"({"product_id":"game","title":"6 pack socks",)"
                                                  R"("pack_size":)")
                                          .append(pack)
                                          .append("}"));
        EXPECT_EQ(result.at("attributes").at("lot_qty").as_int64(),
                  pack == "1" ? 6 : pack[0] - '0');
        for (const auto& risk : result.at("risks").as_array())
            found.emplace_back(risk.at("code").as_string());
        return found;
    };
    EXPECT_THAT(codes("3"), ElementsAre("multipack_mismatch"));
    EXPECT_THAT(codes("6"), ElementsAre());
    EXPECT_THAT(codes("1"), ElementsAre()) << "which is what a pack that nobody names is";
}

TEST_F(AnalysisPlanTest, ARetailPriceFarBelowTheSalesIsNamedWhereThePriceRestsOnFew) {
    const auto result =
        result_of(R"({"product_id":"game","title":"thing","currency":"EUR","unit_cost":"10.00",)"
                  R"("msrp":"5.00","market":{"sold_count":30},"comparables":[{"price":"60.00"},)"
                  R"({"price":"60.00"}]})");
    EXPECT_EQ(result.at("price").at("p50").as_int64(), 6'000);
    const auto& reasons = result.at("verdict").at("reasons").as_array();
    EXPECT_NE(std::find(reasons.begin(), reasons.end(), "retail_outlier"), reasons.end());
    EXPECT_EQ(result.at("verdict").at("decision").as_string(), "review");
}

// Cost 50.00, sold by others at 112.00, offered at 20.00: nobody gets rich by that.
TEST_F(AnalysisPlanTest, AListPriceBelowTheCostIsNoPurchase) {
    const auto judged = [&](std::string_view target) {
        std::string text = R"({"product_id":"game","title":"lampe","currency":"EUR",)"
                           R"("identifiers":{"ean":"4006381333931"},)"
                           R"("unit_cost":"50.00","condition":"good","market":{"sold_count":30},)"
                           R"("overrides":{"channels":["ebay_de"]},"target_price":")";
        text.append(target).append(R"(","comparables":[)");
        for (const int price : {110, 112, 114, 111, 118, 112, 110, 119})
            text.append(R"({"price":")" + std::to_string(price) + R"(.00","condition":"good"},)");
        text.back() = ']';
        return result_of(text + "}");
    };
    const auto low = judged("20.00");
    EXPECT_EQ(low.at("verdict").at("decision").as_string(), "pass");
    const auto& channel = low.at("channels").at(0);
    EXPECT_LT(channel.at("profit_expected").as_int64(), -3'900);
    EXPECT_EQ(channel.at("profit_p50"), channel.at("profit_at_list"));
    EXPECT_EQ(channel.at("profit_at_list").as_int64(),
              channel.at("net_proceeds").as_int64() - 5'000);
    EXPECT_EQ(judged("110.00").at("verdict").at("decision").as_string(), "buy");
    EXPECT_EQ(judged("400.00").at("verdict").at("decision").as_string(), "pass");
}

TEST_F(AnalysisPlanTest, HashesTheProductsJson) {
    const auto hash = result_of(game).at("input_hash").as_string();
    char expected[32];
    std::snprintf(expected, sizeof(expected), "xxh3:%016llx",
                  static_cast<unsigned long long>(hash64(game)));
    EXPECT_EQ(hash, expected);
}

TEST_F(AnalysisPlanTest, RunsWhatIsNeededAndPrintsOnlyWhatWasNamed) {
    const auto result = result_of(game, {"verdict"});
    EXPECT_THAT(keys(result), ElementsAre("schema_version", "engine", "fee_version", "as_of",
                                          "input_hash", "verdict", "evidence"));
    EXPECT_EQ(result.at("verdict"), result_of(game).at("verdict"));
    EXPECT_EQ(result_of(game, {"price"}).at("price"), result_of(game).at("price"));
}

TEST_F(AnalysisPlanTest, PrintsFeesWithoutProfitAndProfitWithoutFees) {
    EXPECT_THAT(keys(result_of(game, {"fees"}).at("channels").at(0).as_object()),
                ElementsAre("channel", "list_price", "fees", "fees_total", "fee_version"));
    const auto profit = result_of(game, {"profit"}).at("channels").at(0).as_object();
    EXPECT_FALSE(profit.contains("fees"));
    EXPECT_TRUE(profit.contains("break_even"));
}

TEST_F(AnalysisPlanTest, GivesTheSameBytesWhateverRanBefore) {
    const std::string first = line_of(game);
    line_of(R"({"title":"something else","msrp":"10.00","currency":"EUR"})");
    line_of(game, {"identity"});
    EXPECT_EQ(line_of(game), first);
    workspace.emplace();
    EXPECT_EQ(line_of(game), first);
}

TEST_F(AnalysisPlanTest, AnswersForAProductOfWhichOnlyATitleIsKnown) {
    const auto result = result_of(R"({"title":"Mystery box"})");
    EXPECT_EQ(result.at("verdict").at("decision").as_string(), "insufficient_data");
    EXPECT_TRUE(result.at("price").at("p50").is_null());
    EXPECT_TRUE(result.at("channels").as_array().empty());
    EXPECT_TRUE(result.at("best_channel").is_null());
    EXPECT_EQ(outcome.decision, Decision::insufficient_data);
    EXPECT_EQ(outcome.lot.basis, LotBasis::none);
    EXPECT_EQ(outcome.lot.index, 7U);
}

TEST_F(AnalysisPlanTest, HandsOnTheLineOfTheLot) {
    line_of(game);
    EXPECT_NE(outcome.lot.basis, LotBasis::none);
    EXPECT_EQ(outcome.lot.quantity, 1U);
    EXPECT_EQ(outcome.lot.retail, 4'999);
}

// A millisecond passes between any two looks at it.
class TickingClock final : public Clock {
  public:
    TimePoint now() const override { return {}; }
    SteadyTime steady_now() const override { return now_ += std::chrono::milliseconds(1); }

  private:
    mutable SteadyTime now_{};
};

TEST_F(AnalysisPlanTest, TimesAnalyzersOnlyWhenAsked) {
    line_of(game);
    EXPECT_EQ(workspace->time_by_analyzer[2].count(), 0);
    const TickingClock clock;
    workspace->clock = &clock;
    line_of(game);
    for (std::size_t analyzer = 0; analyzer < analyzer_names().size(); ++analyzer) {
        EXPECT_EQ(workspace->time_by_analyzer[analyzer], std::chrono::milliseconds(1));
    }
}

}  // namespace
}  // namespace assay::engine
