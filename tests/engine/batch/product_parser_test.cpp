// Tests of the parser: every field of the schema, right and wrong, with the field named.
// SPDX-License-Identifier: MIT
#include "engine/batch/product_parser.hpp"

#include <gmock/gmock.h>

#include <string>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

using ::testing::HasSubstr;

class ProductParserTest : public ::testing::Test {
  protected:
    std::optional<Error> parse(std::string_view json, MoneyUnit unit = MoneyUnit::minor) {
        return parser_.parse(json, "id", unit, product_);
    }
    // A product with a title and these members beside it must parse.
    const Product& with(std::string_view members, MoneyUnit unit = MoneyUnit::minor) {
        const auto fault = parse("{\"title\":\"A\"," + std::string(members) + "}", unit);
        EXPECT_FALSE(fault) << members << ": " << describe(*fault);
        return product_;
    }
    Error fault_of(std::string_view members, MoneyUnit unit = MoneyUnit::minor) {
        const auto fault = parse("{\"title\":\"A\"," + std::string(members) + "}", unit);
        EXPECT_TRUE(fault) << members;
        return fault.value_or(Error{});
    }

    ProductParser parser_;
    Product product_;
};

TEST_F(ProductParserTest, ReadsAWholeProduct) {
    const auto fault = parse(R"({
        "product_id":"p1","sku":"S","lot_id":"L","pallet_id":"P","lpn":"N","title":" Phone X ",
        "brand":"B","model":"M","mpn":"MP","color":"black","size":"XL","variant":"V",
        "description":"D","category":"A > B","language":"en-US",
        "identifiers":{"gtin":"1","upc":"2","ean":"3","isbn":"4","asin":"5","imei":"6","serial":
          "7"},
        "condition":"Like New","condition_notes":"C","quantity":3,"pack_size":2,"currency":"usd",
        "unit_cost":500,"msrp":"19.99","target_price":{"amount":"18.00","currency":"USD"},
        "weight_g":120,"dims_mm":[1,2,3],"images":["u",
          {"url":"v","sha256":"","width":1,"height":2}],
        "image_count":1,
        "market":{"channel":"c","marketplace":"EBAY_US","category_id":"9","active_listings":1,
          "competing_offers":2,"lowest_offer":300,"buy_box_price":"4.00","amazon_in_buybox":true,
          "sales_rank":5,"rank_category":"r","rank_history":[["2026-01-01",5],[1767225600,-1]],
          "monthly_sold":6,"sold_count":7,"sold_window_days":30},
        "comparables":[{"price":1000,"shipping":"5.00","currency":"USD","sold_at":"2026-05-01",
          "condition":3000,"title":"T","qty":2,"match":0.5,"source":"s","id":77,"kind":"active"},
          {"price":{"amount":"9.99","currency":"EUR"}}],
        "costs":{"inbound":1,"prep":2,"packaging":3,"ship_out":4,"ship_charged":5,"ads_ppm":6,
          "storage_per_day":7,"lot_share":8},
        "tax":{"regime":"margin","rate_ppm":190000,"purchase_vat":true},
        "device":{"imei":"490154203237518","model":"MM","storage_gb":64,"battery_pct":91,
          "activation_lock":false,"blacklist":true,"carrier":"car","cosmetic":"B",
          "functional":["camera"]},
        "risk":{"hazmat":true,"lithium":false,"adult":false,"restricted":["x"],"gated":true,
          "return_rate_ppm":80000},
        "overrides":{"half_life_days":30.5,"horizon_days":60,"min_roi_ppm":250000,"min_profit":100,
          "channels":["ebay_us"],"fee_version":"v","analyzers":["price"]}})");
    ASSERT_FALSE(fault) << describe(*fault);
    const Product& p = product_;
    EXPECT_EQ(p.product_id, "id");
    EXPECT_EQ(p.title, "Phone X");
    EXPECT_EQ(p.lpn, "N");
    EXPECT_EQ(p.identifiers.serial, "7");
    EXPECT_EQ(p.identifiers.imei, "6");
    EXPECT_EQ(p.condition, Condition::like_new);
    EXPECT_EQ(p.quantity, 3);
    EXPECT_EQ(p.pack_size, 2);
    EXPECT_EQ(p.currency.code(), "USD");
    EXPECT_EQ(p.unit_cost, 500);
    EXPECT_EQ(p.msrp, 1999);
    EXPECT_EQ(p.target_price, 1800);
    EXPECT_EQ(p.weight_grams, 120);
    EXPECT_EQ((*p.dimensions_mm)[2], 3);
    EXPECT_EQ(p.image_count, 2);
    EXPECT_EQ(p.market.category_id, "9");
    EXPECT_EQ(p.market.lowest_offer, 300);
    EXPECT_EQ(p.market.buy_box_price, 400);
    EXPECT_EQ(p.market.amazon_in_buybox, true);
    EXPECT_EQ(p.market.sold_window_days, 30);
    ASSERT_EQ(p.market.rank_history.size(), 1U) << "-1 is no rank";
    EXPECT_EQ(to_rfc3339(p.market.rank_history[0].time), "2026-01-01T00:00:00.000Z");
    ASSERT_EQ(p.comparables.size(), 2U);
    const Comparable& first = p.comparables[0];
    EXPECT_EQ(first.price, 1000);
    EXPECT_EQ(first.shipping, 500);
    EXPECT_EQ(first.condition, Condition::good);
    EXPECT_EQ(first.quantity, 2);
    EXPECT_DOUBLE_EQ(first.match, 0.5);
    EXPECT_EQ(first.id, "77");
    EXPECT_EQ(first.kind, ComparableKind::active);
    EXPECT_EQ(p.comparables[1].currency.code(), "EUR");
    EXPECT_EQ(p.costs.lot_share, 8);
    EXPECT_EQ(p.costs.ads_rate, 6);
    ASSERT_TRUE(p.tax);
    EXPECT_EQ(p.tax->regime, VatRegime::margin);
    EXPECT_EQ(p.tax->rate, 190'000);
    EXPECT_EQ(p.device.functional, "fail");
    EXPECT_EQ(p.device.battery_percent, 91);
    EXPECT_EQ(p.risk.gated, true);
    EXPECT_EQ(p.risk.return_rate, 80'000);
    EXPECT_EQ(p.overrides.half_life_days, 30.5);
    EXPECT_EQ(p.overrides.channels.at(0), "ebay_us");
    ASSERT_EQ(p.notes.size(), 1U);
    EXPECT_EQ(p.notes[0].code, "mixed_currencies");
}

TEST_F(ProductParserTest, CanReadNoMoreThanWhatTellsProductsApart) {
    const auto fault = parser_.parse(
        R"({"title":"Phone X","identifiers":{"ean":"4006381333931"},"msrp":1999,"currency":"USD",
            "comparables":[{"price":"no amount"}],"market":{"sales_rank":5}})",
        "id", MoneyUnit::minor, product_, ParseExtent::identity);
    ASSERT_FALSE(fault) << describe(*fault);
    EXPECT_EQ(product_.title, "Phone X");
    EXPECT_EQ(product_.identifiers.ean, "4006381333931");
    EXPECT_EQ(product_.msrp, 1999);
    EXPECT_TRUE(product_.has_comparables);
    EXPECT_TRUE(product_.comparables.empty());
    EXPECT_FALSE(product_.market.sales_rank);
    EXPECT_EQ(product_.product_data, "{}");
    EXPECT_TRUE(
        parser_.parse(R"({"title":5})", "id", MoneyUnit::minor, product_, ParseExtent::identity));
}

struct WrongValue {
    std::string_view member;  // of the product, beside its title
    std::string_view field;   // the pointer that the fault must name
};

// For each field: a wrong type, what is out of range, NaN as text.
constexpr WrongValue wrong_values[] = {
    {R"("sku":1)", "/sku"},
    {R"("lot_id":{})", "/lot_id"},
    {R"("pallet_id":[])", "/pallet_id"},
    {R"("lpn":true)", "/lpn"},
    {R"("brand":7)", "/brand"},
    {R"("model":7)", "/model"},
    {R"("mpn":7)", "/mpn"},
    {R"("color":7)", "/color"},
    {R"("size":7)", "/size"},
    {R"("variant":7)", "/variant"},
    {R"("description":7)", "/description"},
    {R"("category":7)", "/category"},
    {R"("language":"a-tag-that-is-longer-than-any-language-is")", "/language"},
    {R"("identifiers":"123")", "/identifiers"},
    {R"("identifiers":{"ean":true})", "/identifiers/ean"},
    {R"("identifiers":{"gtin":["1"]})", "/identifiers/gtin"},
    {R"("condition":{})", "/condition"},
    {R"("condition_notes":1)", "/condition_notes"},
    {R"("quantity":"3")", "/quantity"},
    {R"("quantity":0)", "/quantity"},
    {R"("quantity":-1)", "/quantity"},
    {R"("quantity":1000001)", "/quantity"},
    {R"("quantity":1.5)", "/quantity"},
    {R"("quantity":1e300)", "/quantity"},
    {R"("quantity":"NaN")", "/quantity"},
    {R"("quantity":99999999999999999999)", "/quantity"},
    {R"("quantity":18446744073709551615)", "/quantity"},
    {R"("pack_size":0)", "/pack_size"},
    {R"("currency":"ABC")", "/currency"},
    {R"("currency":978)", "/currency"},
    {R"("unit_cost":-1)", "/unit_cost"},
    {R"("unit_cost":"NaN")", "/unit_cost"},
    {R"("unit_cost":"1,99")", "/unit_cost"},
    {R"("unit_cost":"$5")", "/unit_cost"},
    {R"("unit_cost":"")", "/unit_cost"},
    {R"("unit_cost":"1.999")", "/unit_cost"},
    {R"("unit_cost":true)", "/unit_cost"},
    {R"("unit_cost":9.99)", "/unit_cost"},
    {R"("unit_cost":9223372036854775807)", "/unit_cost"},
    {R"("unit_cost":18446744073709551615)", "/unit_cost"},
    {R"("unit_cost":"99999999999999999999999")", "/unit_cost"},
    {R"("unit_cost":{"currency":"EUR"})", "/unit_cost"},
    {R"("unit_cost":{"amount":{},"currency":"EUR"})", "/unit_cost/amount"},
    {R"("unit_cost":{"amount":"1","currency":"XXQ"})", "/unit_cost/currency"},
    {R"("unit_cost":{"amount":"1","amount":"2"})", "/unit_cost/amount"},
    {R"("msrp":[])", "/msrp"},
    {R"("target_price":"free")", "/target_price"},
    {R"("weight_g":-1)", "/weight_g"},
    {R"("weight_g":"1kg")", "/weight_g"},
    {R"("dims_mm":[1,2])", "/dims_mm"},
    {R"("dims_mm":[1,2,-3])", "/dims_mm/2"},
    {R"("dims_mm":"1x2x3")", "/dims_mm"},
    {R"("images":"url")", "/images"},
    {R"("images":["a",5])", "/images/1"},
    {R"("images":[{"sha256":"x"}])", "/images/0/url"},
    {R"("image_count":-1)", "/image_count"},
    {R"("market":[])", "/market"},
    {R"("market":{"channel":{}})", "/market/channel"},
    {R"("market":{"active_listings":-1})", "/market/active_listings"},
    {R"("market":{"competing_offers":"x"})", "/market/competing_offers"},
    {R"("market":{"lowest_offer":-1})", "/market/lowest_offer"},
    {R"("market":{"buy_box_price":1.5})", "/market/buy_box_price"},
    {R"("market":{"amazon_in_buybox":1})", "/market/amazon_in_buybox"},
    {R"("market":{"sales_rank":-1})", "/market/sales_rank"},
    {R"("market":{"rank_history":5})", "/market/rank_history"},
    {R"("market":{"rank_history":[[1]]})", "/market/rank_history/0"},
    {R"("market":{"rank_history":[["yesterday",1]]})", "/market/rank_history/0/0"},
    {R"("market":{"rank_history":[["2026-01-01","1"]]})", "/market/rank_history/0/1"},
    {R"("market":{"monthly_sold":2.5})", "/market/monthly_sold"},
    {R"("market":{"sold_count":-3})", "/market/sold_count"},
    {R"("market":{"sold_window_days":0})", "/market/sold_window_days"},
    {R"("comparables":{})", "/comparables"},
    {R"("comparables":[1])", "/comparables/0"},
    {R"("comparables":[{}])", "/comparables/0/price"},
    {R"("comparables":[{"price":null}])", "/comparables/0/price"},
    {R"("comparables":[{"price":0}])", "/comparables/0/price"},
    {R"("comparables":[{"price":5},{"price":-5}])", "/comparables/1/price"},
    {R"("comparables":[{"price":"NaN"}])", "/comparables/0/price"},
    {R"("comparables":[{"price":5,"shipping":-1}])", "/comparables/0/shipping"},
    {R"("comparables":[{"price":5,"currency":"???"}])", "/comparables/0/currency"},
    {R"("comparables":[{"price":5,"sold_at":"soon"}])", "/comparables/0/sold_at"},
    {R"("comparables":[{"price":5,"sold_at":1}])", "/comparables/0/sold_at"},
    {R"("comparables":[{"price":5,"condition":[]}])", "/comparables/0/condition"},
    {R"("comparables":[{"price":5,"title":5}])", "/comparables/0/title"},
    {R"("comparables":[{"price":5,"qty":0}])", "/comparables/0/qty"},
    {R"("comparables":[{"price":5,"match":1.5}])", "/comparables/0/match"},
    {R"("comparables":[{"price":5,"match":"1"}])", "/comparables/0/match"},
    {R"("comparables":[{"price":5,"source":1}])", "/comparables/0/source"},
    {R"("comparables":[{"price":5,"kind":"asked"}])", "/comparables/0/kind"},
    {R"("comparables":[{"price":5,"x":1,"x":2}])", "/comparables/0/x"},
    {R"("costs":5)", "/costs"},
    {R"("costs":{"inbound":-1})", "/costs/inbound"},
    {R"("costs":{"prep":1.5})", "/costs/prep"},
    {R"("costs":{"ads_ppm":1000001})", "/costs/ads_ppm"},
    {R"("costs":{"lot_share":"x"})", "/costs/lot_share"},
    {R"("tax":"none")", "/tax"},
    {R"("tax":{"regime":"vat"})", "/tax/regime"},
    {R"("tax":{"rate_ppm":-1})", "/tax/rate_ppm"},
    {R"("tax":{"rate_ppm":0.19})", "/tax/rate_ppm"},
    {R"("tax":{"purchase_vat":"yes"})", "/tax/purchase_vat"},
    {R"("device":[])", "/device"},
    {R"("device":{"imei":{}})", "/device/imei"},
    {R"("device":{"storage_gb":-1})", "/device/storage_gb"},
    {R"("device":{"battery_pct":101})", "/device/battery_pct"},
    {R"("device":{"activation_lock":"off"})", "/device/activation_lock"},
    {R"("device":{"blacklist":0})", "/device/blacklist"},
    {R"("device":{"carrier":1})", "/device/carrier"},
    {R"("device":{"cosmetic":"F"})", "/device/cosmetic"},
    {R"("device":{"functional":"maybe"})", "/device/functional"},
    {R"("risk":true)", "/risk"},
    {R"("risk":{"hazmat":"no"})", "/risk/hazmat"},
    {R"("risk":{"restricted":"x"})", "/risk/restricted"},
    {R"("risk":{"restricted":[1]})", "/risk/restricted/0"},
    {R"("risk":{"return_rate_ppm":2000000})", "/risk/return_rate_ppm"},
    {R"("overrides":1)", "/overrides"},
    {R"("overrides":{"half_life_days":0})", "/overrides/half_life_days"},
    {R"("overrides":{"half_life_days":-5})", "/overrides/half_life_days"},
    {R"("overrides":{"horizon_days":0})", "/overrides/horizon_days"},
    {R"("overrides":{"min_roi_ppm":-1})", "/overrides/min_roi_ppm"},
    {R"("overrides":{"min_profit":-1})", "/overrides/min_profit"},
    {R"("overrides":{"channels":"ebay"})", "/overrides/channels"},
    {R"("overrides":{"fee_version":1})", "/overrides/fee_version"},
    {R"("overrides":{"analyzers":"price"})", "/overrides/analyzers"},
    {R"("sku":"a","sku":"b")", "/sku"},
    {R"("own":1,"own":2)", "/own"},
    {R"("own":{"a/b":{"c~d":1,"c~d":2}})", "/own/a~1b/c~0d"},
    {R"("own":[[{"a":18446744073709551615}]])", "/own/0/0/a"},
};

TEST_F(ProductParserTest, NamesTheFieldOfEveryWrongValue) {
    for (const WrongValue& wrong : wrong_values) {
        const Error fault = fault_of(wrong.member);
        EXPECT_EQ(fault.field, wrong.field) << wrong.member << ": " << describe(fault);
        EXPECT_FALSE(fault.message.empty()) << wrong.member;
    }
}

TEST_F(ProductParserTest, ForgivesNullEverywhere) {
    with(R"("sku":null,"identifiers":null,"quantity":null,"unit_cost":null,"images":null,)"
         R"("market":{"sold_count":null,"rank_history":null},"comparables":null,"costs":null,)"
         R"("tax":null,"device":{"imei":null},"risk":null,"overrides":{"channels":null})");
    EXPECT_EQ(product_.quantity, 1);
    EXPECT_FALSE(product_.unit_cost);
}

TEST_F(ProductParserTest, IsCleanAfterAProductWithEverything) {
    with(R"("comparables":[{"price":5}],"risk":{"restricted":["x"]},"quantity":4,"msrp":7)");
    with(R"("sku":"s")");
    EXPECT_TRUE(product_.comparables.empty());
    EXPECT_TRUE(product_.risk.restricted.empty());
    EXPECT_EQ(product_.quantity, 1);
    EXPECT_FALSE(product_.msrp);
}

TEST_F(ProductParserTest, WantsATitleOrAnIdentifier) {
    EXPECT_EQ(parse("{}")->field, "/title");
    EXPECT_EQ(parse(R"({"title":"  "})")->field, "/title");
    EXPECT_EQ(parse(R"({"title":null,"brand":"B"})")->field, "/title");
    EXPECT_FALSE(parse(R"({"identifiers":{"ean":"4006381333931"}})"));
    EXPECT_FALSE(parse(R"({"device":{"imei":"490154203237518"}})"));
}

TEST_F(ProductParserTest, CountsTheTitleInCharacters) {
    std::string title;
    for (std::size_t i = 0; i < limits::title_characters_max; ++i)
        title += "\xc3\xa4";
    EXPECT_FALSE(parse("{\"title\":\"" + title + "\"}"));
    EXPECT_EQ(parse("{\"title\":\"" + title + "x\"}")->field, "/title");
}

TEST_F(ProductParserTest, BoundsItsLists) {
    const auto list = [](std::size_t count, std::string_view entry) {
        std::string text = "[";
        for (std::size_t i = 0; i < count; ++i)
            text.append(i == 0 ? "" : ",").append(entry);
        return text + "]";
    };
    with("\"comparables\":" + list(limits::comparables_max, R"({"price":5,"id":7})"));
    EXPECT_EQ(product_.comparables.size(), limits::comparables_max);
    EXPECT_EQ(product_.comparables.back().id, "7");
    const Error comparables =
        fault_of("\"comparables\":" + list(limits::comparables_max + 1, R"({"price":5})"));
    EXPECT_EQ(comparables.field, "/comparables");
    EXPECT_THAT(comparables.message, HasSubstr("501"));
    with("\"market\":{\"rank_history\":" + list(limits::rank_history_max, R"(["2026-01-01",5])") +
         "}");
    EXPECT_EQ(fault_of("\"market\":{\"rank_history\":" +
                       list(limits::rank_history_max + 1, R"(["2026-01-01",5])") + "}")
                  .field,
              "/market/rank_history");
    with("\"own\":\"" + std::string(limits::string_bytes_max, 'x') + "\"");
    EXPECT_EQ(fault_of("\"own\":\"" + std::string(limits::string_bytes_max + 1, 'x') + "\"").field,
              "/own");
    EXPECT_EQ(parse(std::string(limits::product_bytes_max + 1, ' '))->code,
              ErrorCode::payload_too_large);
}

TEST_F(ProductParserTest, RefusesTextThatIsNotSoundJson) {
    for (const std::string_view json :
         {"", "{", "nul", "{\"title\":\"A\"} x", "{\"title\":\"A\\u0000\"}",
          "{\"title\":\"\\ud800\"}", "{\"title\":\"\\udc00\"}", "{\"title\":\"\\ud800\\u0041\"}",
          "{\"title\":\"\xc3\"}", "{\"title\":\"\xed\xa0\x80\"}", "{\"title\":\"a\nb\"}",
          "{\"a\":1e999,\"title\":\"A\"}", "{\"a\":-9223372036854775809,\"title\":\"A\"}",
          "{\"a\":NaN,\"title\":\"A\"}", "{\"\\u0000\":1}", "{'title':'A'}",
          "{\"title\":\"A\",}"}) {
        const auto fault = parse(json);
        ASSERT_TRUE(fault) << json;
        EXPECT_EQ(fault->code, ErrorCode::invalid_json) << json;
        EXPECT_EQ(product_.product_data, "{}");
    }
    EXPECT_EQ(parse("[]")->code, ErrorCode::invalid_input);
    EXPECT_EQ(parse("17")->code, ErrorCode::invalid_input);
    EXPECT_FALSE(parse("{\"title\":\"\\ud83d\\ude00 \\\\u0000\"}")) << "a pair; an escaped slash";
    EXPECT_EQ(product_.title, "\xf0\x9f\x98\x80 \\u0000");
}

TEST_F(ProductParserTest, FindsAKeyNamedTwiceAmongMany) {
    std::string members;
    for (int i = 0; i < 100; ++i)
        members += "\"k" + std::to_string(i) + "\":{\"a\":1},";
    with(members + "\"last\":1");
    const Error fault = fault_of(members + "\"k50\":1");
    EXPECT_EQ(fault.code, ErrorCode::duplicate_key);
    EXPECT_EQ(fault.field, "/k50");
    EXPECT_EQ(fault_of("\"x\":{" + members + "\"k50\":1}").field, "/x/k50");
    // The same key, once with an escape.
    EXPECT_EQ(fault_of("\"sku\":\"a\",\"s\\u006bu\":\"b\"").code, ErrorCode::duplicate_key);
}

TEST_F(ProductParserTest, ReadsMoneyByItsUnit) {
    EXPECT_EQ(with(R"("msrp":999)").msrp, 999);
    EXPECT_EQ(with(R"("msrp":"9.99")").msrp, 999);
    EXPECT_EQ(with(R"("msrp":{"amount":"9.99","currency":"EUR"})").msrp, 999);
    EXPECT_EQ(product_.currency.code(), "EUR");
    EXPECT_EQ(with(R"("msrp":9.99)", MoneyUnit::major).msrp, 999);
    EXPECT_EQ(with(R"("msrp":9)", MoneyUnit::major).msrp, 900);
    EXPECT_EQ(with(R"("msrp":1e3)", MoneyUnit::major).msrp, 100'000);
    EXPECT_EQ(with(R"("msrp":{"amount":9.99,"currency":"EUR"})", MoneyUnit::major).msrp, 999);
    EXPECT_EQ(with(R"("msrp":999,"currency":"JPY")", MoneyUnit::major).msrp, 999);
    EXPECT_EQ(with(R"("msrp":"1.234","currency":"KWD")").msrp, 1'234);
    EXPECT_EQ(fault_of(R"("msrp":9.995)", MoneyUnit::major).code, ErrorCode::invalid_input);
    EXPECT_EQ(fault_of(R"("msrp":"9.5","currency":"JPY")").field, "/msrp");
    const Error ambiguous = fault_of(R"("msrp":9.99)");
    EXPECT_EQ(ambiguous.code, ErrorCode::ambiguous_money);
    EXPECT_THAT(ambiguous.remedy, HasSubstr("money_unit"));
    EXPECT_EQ(fault_of(R"("msrp":999.0)").code, ErrorCode::ambiguous_money);
    EXPECT_EQ(fault_of(R"("msrp":1e300)", MoneyUnit::major).code, ErrorCode::invalid_input);
}

TEST_F(ProductParserTest, FindsTheCurrencyWhereItIsSaid) {
    EXPECT_EQ(with(R"("msrp":999)").currency.code(), "");
    EXPECT_EQ(with(R"("comparables":[{"price":5,"currency":"GBP"}])").currency.code(), "GBP");
    EXPECT_EQ(with(R"("comparables":[{"price":{"amount":"5","currency":"CHF"}}])").currency.code(),
              "CHF");
    EXPECT_EQ(with(R"("market":{"marketplace":"EBAY_DE"})").currency.code(), "EUR");
    with(R"("currency":"EUR","msrp":{"amount":"5","currency":"USD"})");
    EXPECT_FALSE(product_.msrp) << "left out: there are no rates";
    ASSERT_EQ(product_.notes.size(), 1U);
    EXPECT_EQ(product_.notes[0].code, "mixed_currencies");
    EXPECT_EQ(product_.notes[0].field, "/msrp");
}

TEST_F(ProductParserTest, TakesIdentifiersAsNumbersAndSaysSo) {
    with(R"("identifiers":{"upc":45496901332,"ean":9.78043902348e+12})");
    EXPECT_TRUE(product_.identifiers.any_number);
    EXPECT_EQ(product_.identifiers.upc, "45496901332");
    EXPECT_EQ(product_.identifiers.ean, "9.78043902348e+12") << "the loss stays visible";
    ASSERT_EQ(product_.notes.size(), 2U);
    EXPECT_EQ(product_.notes[0].code, "numeric_identifier");
    EXPECT_EQ(product_.notes[1].code, "lossy_numeric");
    EXPECT_EQ(product_.notes[1].field, "/identifiers/ean");
}

TEST_F(ProductParserTest, ASellersOwnConditionIsNoFault) {
    with(R"("condition":"sort of ok")");
    EXPECT_EQ(product_.condition, Condition::unknown);
    EXPECT_EQ(product_.condition_text, "sort of ok");
    EXPECT_EQ(product_.notes.at(0).code, "condition_not_understood");
}

TEST_F(ProductParserTest, EchoesTheInputInItsOrderAndWords) {
    ASSERT_FALSE(parse(R"({ "z" : 1.50 , "product_id":"p","title" : "A \u00e4\n", )"
                       R"("comparables":[{"price":5,"x":["]"]}],"own":{"product_id":"k"},)"
                       R"("market":{"rank_history":[["2026-01-01",5]],"sold_count":3},"e":[] })"));
    EXPECT_EQ(product_.product_data, R"({"z":1.50,"title":"A \u00e4\n","own":{"product_id":"k"},)"
                                     R"("market":{"sold_count":3},"e":[]})");
    ASSERT_FALSE(parse("{\n  \"title\": \"A\",\r\n  \"own\": [ 1,\n 2 ]\n}"));
    EXPECT_EQ(product_.product_data, R"({"title":"A","own":[1,2]})");
    ASSERT_TRUE(parse(R"({"title":"A","quantity":-1})"));
    EXPECT_EQ(product_.product_data, R"({"title":"A","quantity":-1})") << "also of a faulty one";
    ASSERT_TRUE(parse(R"({"title":"A","x":1,"x":2})"));
    EXPECT_EQ(product_.product_data, "{}") << "nobody knows which x";
}

TEST_F(ProductParserTest, MasksWhatIsPersonal) {
    ASSERT_FALSE(parse(
        R"({"title":"A","identifiers":{"imei":"490154203237518","serial":"C02XG2JH","ean":"1"},)"
        R"("device":{"imei":490154203237518},"IMEI 2":"490154203237518","Serial #":"AB",)"
        R"("s\u0065rial":"12345678","imei":["490154203237518"],"serial_number":null,)"
        R"("size":"490154203237518"})"));
    EXPECT_EQ(product_.product_data,
              R"({"title":"A","identifiers":{"imei":"49015420*****18","serial":"******JH",)"
              R"("ean":"1"},"device":{"imei":"49015420*****18"},"IMEI 2":"49015420*****18",)"
              R"("Serial #":"***","s\u0065rial":"******78","imei":"***","serial_number":null,)"
              R"("size":"490154203237518"})");
    EXPECT_EQ(product_.identifiers.imei, "490154203237518") << "the analysis sees it whole";
}

}  // namespace
}  // namespace assay::engine
