// The published schemas and the code say the same: what is read, what is written, member by member.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "engine/analysis/analysis_plan.hpp"
#include "engine/analysis/result_line.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/docs/json_schema.hpp"
#include "tests/engine/batch/product_fields.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay::engine {
namespace {

namespace json = boost::json;
using ::testing::IsEmpty;
using testing::JsonSchema;
using testing::Kind;
using ::testing::Ne;
using testing::product_fields;

// A line of a lot, a listing with a device, and one of which nothing is known.
constexpr const char* examples[] = {
    R"({"product_id":"game","title":"Mario Kart Wii","identifiers":{"upc":"045496901332"},
        "condition":"good","currency":"USD","unit_cost":"15.00","msrp":{"amount":"49.99",
        "currency":"USD"},"weight_g":180,"category":"Video Games",
        "market":{"sold_count":40,"competing_offers":3,"active_listings":12},"comparables":[
        {"id":"a","price":"42.00","sold_at":"2026-05-20"},{"id":"b","price":"41.50"},
        {"id":"c","price":"43.90"},{"id":"d","price":"39.99"},{"id":"e","price":"326.51"},
        {"id":"f","price":4230}],"colour":"white"})",
    R"({"product_id":"phone","title":"Phone X1 128 GB black","brand":"Nokia","model":"X1",
        "currency":"EUR","unit_cost":8000,"condition":1500,"dims_mm":[150,70,9],"weight_g":170,
        "images":["https://example.com/1.jpg",{"url":"https://example.com/2.jpg","width":300}],
        "description":"for parts, screen cracked","tax":{"regime":"margin","rate_ppm":190000},
        "market":{"marketplace":"EBAY_DE","rank_history":[["2026-05-01",1200],[1779000000,900]]},
        "device":{"imei":"490154203237518","functional":["screen"],"battery_pct":84},
        "risk":{"lithium":true,"restricted":[]},"costs":{"ads_ppm":20000,"inbound":null},
        "overrides":{"channels":["ebay_de"],"min_profit":500,"horizon_days":60},
        "comparables":[{"price":15000},{"price":16000,"shipping":499,"kind":"active"}]})",
    R"({"product_id":"code","identifiers":{"ean":"4006381333931"}})",
};

class SchemasTest : public ::testing::Test {
  protected:
    SchemasTest() {
        tools::ManifestGenerator generator({});
        for (std::uint64_t index = 0; index < 300; ++index) {
            std::string line;
            generator.append_ndjson(index, line);
            products.push_back(line);
        }
        products.insert(products.end(), std::begin(examples), std::end(examples));
    }

    std::vector<std::string> lines(const std::vector<std::string>& only = {}) {
        const auto plan = AnalysisPlan::make(only, tables);
        std::vector<std::string> all;
        Workspace workspace;
        for (const std::string& text : products) {
            const auto id = std::string(json::parse(text).at("product_id").as_string());
            const auto fault = parser.parse(text, id, MoneyUnit::minor, product);
            EXPECT_FALSE(fault.has_value()) << text;
            plan->run(product, all.size(), text, *parse_time("2026-05-25T10:30:00Z"), workspace,
                      all.emplace_back());
        }
        return all;
    }
    // Everything that a line can hold, once.
    std::string full_line() const {
        Analysis all;
        all.price.outliers.push_back({"a", 1, "mad"});
        all.profit.channels.resize(1);
        all.profit.used = 1;
        all.profit.channels[0].channel = "ebay_us";
        all.profit.channels[0].fees.push_back({"final_value", 5});
        all.profit.channels[0].dead_zone = DeadZone{1000, 1100};
        all.risks.found.push_back(
            {"hazmat", "hazmat_review", Severity::warning, RiskGate::review, "aerosol"});
        all.listing.judged = true;
        all.listing.defects.push_back({});
        all.evidence.add("intake", "input", "lossy_numeric");
        Product blank;
        blank.product_id = "full";
        std::string out;
        append_result_line(out, blank, all,
                           {true, true, true, true, true, true, true, true, true, true},
                           {"2026-02-12", "2026-05-25T10:30:00.000Z", 7});
        return out;
    }
    static std::vector<std::string> unanalysed() {
        std::vector<std::string> all(2);
        Error fault = fail(ErrorCode::invalid_input, "is negative", "/quantity");
        fault.line = 3;
        append_failed_line(all[0], "p", {}, fault, "parse");
        append_cancelled_line(all[1], "p");
        return all;
    }

    std::shared_ptr<const Tables> tables = *load_tables();
    std::vector<std::string> products;
    ProductParser parser;
    Product product;
    JsonSchema input{"product.json"}, output{"result.json"}, sums{"summary.json"};
};

// Sums as the engine and `assay analyze --json` write them of `lines` lines on `pallets` pallets.
json::value summary_of(int lines, int pallets, const LotTerms& terms, const Tables& tables) {
    std::vector<LotLine> lot;
    for (int i = 0; i < lines; ++i) {
        Product product;
        product.quantity = 1 + i % 3;
        product.msrp = 4'000 + 1'700 * i;
        product.weight_grams = i % 4 == 3 ? 30'000 : 500;  // some cost more than they bring
        product.currency = *Currency::parse("EUR");
        const std::string pallet = "P" + std::to_string(pallets > 0 ? i % pallets : 0);
        if (pallets > 0 && i > 0) product.pallet_id = pallet;
        Price price;
        price.currency = product.currency;
        lot.push_back(make_lot_line(product, static_cast<std::uint64_t>(i), {}, price, tables,
                                    *parse_time("2026-05-25T10:30:00Z")));
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("by_verdict").begin_object();
    if (lines > 0) json.member("insufficient_data", static_cast<std::int64_t>(lines));
    json.end_object();
    append_lot_members(json, value_lot(lot, terms, tables));
    json.end_object();
    return json::parse(text);
}

TEST_F(SchemasTest, SummariesKeepTheirSchemaAndItNamesNothingOfALotThatIsNeverWritten) {
    LotTerms terms;
    std::set<std::string> written;
    for (const int pallets : {0, 3}) {
        for (const int lines : {0, 1, 12}) {
            for (const MinorUnits freight : {MinorUnits{500}, MinorUnits{9'000'000}}) {
                terms.freight = freight;  // more than any lot brings
                terms.bid = 10'000;
                const json::value sum = summary_of(lines, pallets, terms, *tables);
                EXPECT_EQ(sums.check(sum), "") << json::serialize(sum);
                JsonSchema::collect(sum, "", written);
            }
        }
    }
    for (const std::string& place : sums.members()) {
        if (place.starts_with("/lot/")) {
            EXPECT_TRUE(written.contains(place)) << place;
        }
    }
    json::value changed = summary_of(12, 3, terms, *tables);
    changed.at("lot").as_object()["surplus"] = 1;
    EXPECT_THAT(sums.check(changed), Ne(""));
}

TEST_F(SchemasTest, ProductsThatAreReadKeepTheInputSchema) {
    for (const std::string& text : products)
        EXPECT_EQ(input.check(json::parse(text)), "") << text;
}

TEST_F(SchemasTest, ResultsKeepTheOutputSchema) {
    for (const std::string& line : lines())
        EXPECT_EQ(output.check(json::parse(line)), "") << line;
    for (const std::string& line : lines({"price"}))
        EXPECT_EQ(output.check(json::parse(line)), "") << line;
    for (const std::string& line : lines({"fees"}))
        EXPECT_EQ(output.check(json::parse(line)), "") << line;
    for (const std::string& line : unanalysed())
        EXPECT_EQ(output.check(json::parse(line)), "") << line;
    EXPECT_EQ(output.check(json::parse(full_line())), "");
}

TEST_F(SchemasTest, TheInputSchemaNamesTheFieldsThatTheReaderChecks) {
    std::set<std::string> read{"/product_id"}, money;
    for (const auto& field : product_fields) {
        const std::string place(field.pointer);
        if (field.kind == Kind::money) money.insert(place);
        const bool is_entry = place[place.size() - 2] == '/' && place.back() <= '9';
        if (!is_entry) read.insert(place);
    }
    std::set<std::string> named;
    for (const std::string& place : input.members()) {
        if (!money.contains(place.substr(0, place.rfind('/')))) named.insert(place);
    }
    const auto without = [](const std::set<std::string>& all, const std::set<std::string>& some) {
        std::vector<std::string> left;
        std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                            std::back_inserter(left));
        return left;
    };
    EXPECT_THAT(without(named, read), IsEmpty()) << "named, not read";
    EXPECT_THAT(without(read, named), IsEmpty()) << "read, not named";
}

TEST_F(SchemasTest, TheOutputSchemaNamesNothingThatIsNeverWritten) {
    std::set<std::string> written;
    for (const std::string& line : lines())
        JsonSchema::collect(json::parse(line), "", written);
    for (const std::string& line : unanalysed())
        JsonSchema::collect(json::parse(line), "", written);
    JsonSchema::collect(json::parse(full_line()), "", written);
    std::vector<std::string> stale;
    for (const std::string& place : output.members()) {
        if (!written.contains(place)) stale.push_back(place);
    }
    EXPECT_THAT(stale, IsEmpty());
}

// Every member of a full line, taken away or of another type, or with one beside it, is noticed.
TEST_F(SchemasTest, AResultThatIsChangedIsRefused) {
    const json::value whole = json::parse(full_line());
    ASSERT_EQ(output.check(whole), "");
    int changes = 0;
    const auto each = [&](const auto& self, const std::string& at) -> void {
        boost::system::error_code none;
        const json::value* place = whole.find_pointer(at, none);
        if (place->is_object() && at != "/product_data") {
            json::value changed = whole;
            changed.find_pointer(at, none)->as_object()["surplus"] = 1;
            EXPECT_THAT(output.check(changed), Ne("")) << at << " takes a surplus member";
            for (const auto& member : place->as_object())
                self(self, at + "/" + std::string(member.key()));
        } else if (place->is_array() && !place->as_array().empty()) {
            self(self, at + "/0");
        }
        if (at.empty()) return;
        json::value changed = whole;
        *changed.find_pointer(at, none) = json::object{{"of", "another type"}};
        if (at == "/product_data") return;
        EXPECT_THAT(output.check(changed), Ne("")) << at;
        ++changes;
    };
    each(each, "");
    EXPECT_GT(changes, 100);
    for (const char* needed : {"/status", "/result/as_of", "/result/price/p50"}) {
        json::value changed = whole;
        const std::string at(needed);
        boost::system::error_code none;
        json::value* parent = changed.find_pointer(at.substr(0, at.rfind('/')), none);
        parent->as_object().erase(at.substr(at.rfind('/') + 1));
        EXPECT_THAT(output.check(changed), Ne("")) << at << " is missed";
    }
}

TEST_F(SchemasTest, AResultIsNeitherDoneAndFailedNorNeither) {
    json::value both = json::parse(full_line());
    both.as_object()["error"] = json::parse(unanalysed()[0]).at("error");
    EXPECT_THAT(output.check(both), Ne(""));
    json::value neither = json::parse(full_line());
    neither.as_object()["result"] = nullptr;
    EXPECT_THAT(output.check(neither), Ne(""));
}

TEST_F(SchemasTest, AProductThatTheReaderRefusesIsRefused) {
    for (const char* wrong :
         {R"("quantity":0)", R"("sku":7)", R"("unit_cost":-1)", R"("unit_cost":true)",
          R"("msrp":{"currency":"EUR"})", R"("dims_mm":[1,2])", R"("market":[])",
          R"("comparables":[{"title":"no price"}])", R"("tax":{"regime":"some"})",
          R"("risk":{"hazmat":"yes"})", R"("overrides":{"channels":"ebay_us"})"}) {
        const std::string text = std::string(R"({"title":"x",)") + wrong + "}";
        EXPECT_THAT(input.check(json::parse(text)), Ne("")) << text;
        EXPECT_TRUE(parser.parse(text, "p", MoneyUnit::minor, product).has_value()) << text;
    }
    for (const char* nameless : {"{}", R"({"title":null})", R"({"identifiers":{}})"}) {
        EXPECT_THAT(input.check(json::parse(nameless)), Ne("")) << nameless;
        EXPECT_TRUE(parser.parse(nameless, "p", MoneyUnit::minor, product).has_value());
    }
    EXPECT_EQ(input.check(json::parse(R"({"title":"x"})")), "");
    EXPECT_FALSE(parser.parse(R"({"title":"x"})", "p", MoneyUnit::minor, product).has_value());
}

}  // namespace
}  // namespace assay::engine
