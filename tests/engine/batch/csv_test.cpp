// Tests of CSV intake: real layouts, real mess, any split of the bytes.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/batch/intake.hpp"
#include "engine/batch/product_parser.hpp"
#include "tests/engine/batch/taken_items.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::take;
using testing::take_split;
using testing::Taken;

IntakeOptions csv() {
    IntakeOptions options;
    options.format = InputFormat::csv;
    return options;
}

Taken table(std::string_view text) {
    return take(csv(), text);
}

// The first item's JSON.
std::string first(std::string_view text) {
    const Taken taken = table(text);
    EXPECT_THAT(taken.result, IsOk());
    return taken.items.empty() ? std::string() : taken.items[0].json;
}

std::string field_of(const Taken& taken, std::string_view header) {
    for (const ColumnMapping& column : taken.report.columns) {
        if (column.header == header) return column.field;
    }
    return "no such header";
}

TEST(Csv, MakesOneProductPerRow) {
    const Taken taken = table(
        "Title,Qty,MSRP,Brand,UPC\n"
        "Drill,2,129.99,Bosch,00045496901332\n"
        "\"Saw, \"\"big\"\"\",1,\"$1,299.00\",,\n");
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.items.size(), 2U);
    EXPECT_EQ(taken.items[0].json,
              R"({"title":"Drill","brand":"Bosch","identifiers":{"upc":"00045496901332"},)"
              R"("quantity":2,"msrp":"129.99"})");
    EXPECT_EQ(taken.items[0].line, 2U);
    EXPECT_EQ(taken.items[1].json,
              R"({"title":"Saw, \"big\"","quantity":1,"currency":"USD","msrp":"1299.00"})");
    EXPECT_EQ(taken.report.delimiter, ",");
    EXPECT_EQ(taken.report.encoding, "utf-8");
    EXPECT_TRUE(taken.report.remarks.empty());
}

TEST(Csv, AnySplitGivesTheSameItems) {
    const std::string text =
        "Title;Menge;UVP;Notiz\r\n"
        "\"Bohrer\r\nmit \"\"Koffer\"\"\";2;1.299,00 EUR;\r\n"
        "S\xe4ge;1;12,50;\"a;b\"  ;\r\n"
        "\r\n"
        "Monitor 27\" schwarz;1;99;\"x\" y\" \r"
        "Summe;4;;\n";
    const Taken whole = table(text);
    ASSERT_THAT(whole.result, IsOk());
    EXPECT_EQ(whole.items.size(), 3U);
    for (std::size_t at = 0; at <= text.size(); ++at)
        EXPECT_EQ(take_split(csv(), text, at), whole) << "split at " << at;
}

TEST(Csv, AnySplitOfALongFileGivesTheSameItems) {
    std::string text = "Title,Qty\n";
    for (int i = 0; i < 20'000; ++i)
        text += "\"Thing " + std::to_string(i) + ",\n\"\"new\"\"\"," + std::to_string(i % 9 + 1) +
                "\r\n";
    const Taken whole = table(text);
    ASSERT_EQ(whole.items.size(), 20'000U);
    EXPECT_EQ(whole.items[19'999].line, 2U + 2U * 19'999U);
    for (const std::size_t at : {1U, 65'535U, 65'536U, 65'537U, 131'072U, 300'001U})
        EXPECT_EQ(take_split(csv(), text, at), whole) << "split at " << at;
}

TEST(Csv, DetectsTheDelimiter) {
    EXPECT_EQ(table("Title;Qty\nA;1\n").report.delimiter, ";");
    EXPECT_EQ(table("Title\tQty\nA\t1\n").report.delimiter, "\t");
    EXPECT_EQ(table("Title\nA\n").report.delimiter, ",");
    EXPECT_EQ(table("Title;Notes, and more, commas\nA;x\n").report.delimiter, ";");
    const Taken said = table("sep=;\nTitle;Qty\nA;1\n");
    EXPECT_EQ(said.report.delimiter, ";");
    ASSERT_EQ(said.items.size(), 1U);
    EXPECT_EQ(said.items[0].line, 3U);
}

TEST(Csv, ReadsLatin1AndTellsSo) {
    const Taken taken = table("Titel;Preis \x80\nSch\xf6ne S\xe4ge \x96 gro\xdf;5\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(taken.items[0].json,
              "{\"title\":\"Sch\xc3\xb6ne S\xc3\xa4ge \xe2\x80\x93 gro\xc3\x9f\","
              "\"currency\":\"EUR\",\"msrp\":\"5\"}");
    EXPECT_EQ(taken.report.encoding, "latin-1");
    EXPECT_EQ(taken.report.remarks.size(), 1U);
}

TEST(Csv, TakesAByteOrderMark) {
    const Taken taken = table("\xef\xbb\xbfTitle,Qty\nA,1\n");
    EXPECT_EQ(field_of(taken, "Title"), "title");
    EXPECT_EQ(taken.report.encoding, "utf-8 with BOM");
}

TEST(Csv, ReadsAmountsAsPeopleWriteThem) {
    const auto msrp = [](std::string_view cell, std::string_view file = ",") {
        const std::string json = first("Title" + std::string(file) + "MSRP\nA" + std::string(file) +
                                       "\"" + std::string(cell) + "\"\n");
        const std::size_t at = json.find("\"currency\"");
        return json.substr(at == std::string::npos ? json.find("\"msrp\"") : at);
    };
    EXPECT_EQ(msrp("$1,299.00"), R"("currency":"USD","msrp":"1299.00"})");
    EXPECT_EQ(msrp("1.299,00 EUR"), R"("currency":"EUR","msrp":"1299.00"})");
    EXPECT_EQ(msrp("1.299,00 \xe2\x82\xac"), R"("currency":"EUR","msrp":"1299.00"})");
    EXPECT_EQ(msrp("\xc2\xa3 12.5"), R"("currency":"GBP","msrp":"12.5"})");
    EXPECT_EQ(msrp("USD 7"), R"("currency":"USD","msrp":"7"})");
    EXPECT_EQ(msrp("1 299,50"), R"("msrp":"1299.50"})");
    EXPECT_EQ(msrp("1'299.50"), R"("msrp":"1299.50"})");
    EXPECT_EQ(msrp("1,299"), R"("msrp":"1299"})");
    EXPECT_EQ(msrp("1.299", ";"), R"("msrp":"1299"})");
    EXPECT_EQ(msrp("1,299", ";"), R"("msrp":"1.30"})") << "rounded half up";
    EXPECT_EQ(msrp("12.125"), R"("msrp":"12.13"})");
    EXPECT_EQ(msrp("0.125"), R"("msrp":"0.13"})");
    EXPECT_EQ(msrp("9.995"), R"("msrp":"10.00"})");
    EXPECT_EQ(msrp("1.234.567,89"), R"("msrp":"1234567.89"})");
    EXPECT_EQ(msrp("129.99000000000001"), R"("msrp":"129.99"})");
}

TEST(Csv, NamesColumnAndLineOfABadCell) {
    const Taken taken = table(
        "Title,Qty,Unit Retail\n"
        "A,many,1\n"
        "B,0,1\n"
        "C,1,cheap\n"
        "D,1,-5\n"
        "E,2.5,5\n"
        "F,1,5 kg\n");
    ASSERT_EQ(taken.items.size(), 6U);
    for (const auto& item : taken.items) {
        ASSERT_TRUE(item.fault) << item.json;
        EXPECT_EQ(item.fault->code, ErrorCode::invalid_input);
        EXPECT_EQ(item.fault->line, item.line);
        EXPECT_FALSE(item.fault->remedy.empty());
    }
    EXPECT_EQ(taken.items[0].fault->field, "Qty");
    EXPECT_EQ(taken.items[2].fault->field, "Unit Retail");
    EXPECT_THAT(taken.items[2].fault->message, HasSubstr("\"cheap\""));
    EXPECT_THAT(taken.items[2].json, HasSubstr("\"title\":\"C\"")) << "what could be kept";
    EXPECT_EQ(taken.report.faults, 6U);
}

TEST(Csv, TreatsTheWordsForNothingAsAbsent) {
    EXPECT_EQ(first("Title,Brand,MSRP,UPC,EAN,Condition\n"
                    "A,not available,N/A,-,4006381333931,\n"),
              R"({"title":"A","identifiers":{"ean":"4006381333931"}})");
}

TEST(Csv, KeepsUnmappedColumnsUnderTheirOwnHeader) {
    const Taken taken = table("Title,Shelf,Shelf,,market,Notes\nA,x,y,z,m,\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(
        taken.items[0].json,
        R"~({"title":"A","Shelf":"x","Shelf (2)":"y","column 4":"z","market (column)":"m"})~");
    EXPECT_EQ(field_of(taken, "Shelf"), "");
}

TEST(Csv, UnderstandsHeadersThatAreNearlyRight) {
    const Taken taken = table("Item Descripton,Quantitty,Brnad Name\nA,1,B\n");
    EXPECT_EQ(field_of(taken, "Item Descripton"), "title");
    EXPECT_EQ(field_of(taken, "Quantitty"), "quantity");
    ASSERT_EQ(taken.report.columns.size(), 3U);
    EXPECT_LT(taken.report.columns[0].confidence, 1.0);
    EXPECT_GE(taken.report.columns[0].confidence, 0.88);
    EXPECT_EQ(taken.report.columns[2].field, "brand");
}

TEST(Csv, ObeysTheColumnsThatAreNamed) {
    IntakeOptions options = csv();
    options.columns = {{"title", "Notes"}, {"upc", "Code"}};
    const Taken taken = take(options, "Title,Notes,Code\nA,B,1\n");
    ASSERT_THAT(taken.result, IsOk());
    EXPECT_EQ(taken.items[0].json, R"({"title":"B","identifiers":{"upc":"1"},"Title":"A"})");
    EXPECT_EQ(taken.report.columns[1].why, "named by --columns");
    options.columns = {{"title", "Nothing"}};
    EXPECT_THAT(take(options, "Title\nA\n").result, FailsWith(ErrorCode::invalid_argument));
    options.columns = {{"bogus", "Title"}};
    EXPECT_THAT(take(options, "Title\nA\n").result, FailsWith(ErrorCode::invalid_argument));
}

TEST(Csv, LeavesTotalsOut) {
    const Taken said = table("Title,Qty,Ext. Retail\nA,2,10\nB,3,10\nTotal,5,20\n");
    EXPECT_EQ(said.items.size(), 2U);
    EXPECT_THAT(said.report.remarks, ElementsAre("line 4 looks like a total and was left out"));
    const Taken bare = table("Qty,Title,Ext. Retail\n2,A,10\n3,B,10\n5,,20\n");
    EXPECT_EQ(bare.items.size(), 2U);
    // A product may be called so when it has more to show for it.
    EXPECT_EQ(table("Title,UPC\nTotal,012000004568\nA,\n").items.size(), 2U);
    EXPECT_EQ(table("Title,Qty\nTotal War,1\nA,1\n").items.size(), 2U);
}

TEST(Csv, ChecksTotalsAgainstQuantityAndUnit) {
    const Taken taken =
        table("Title,QTY,TOTAL RETAIL,UNIT RETAIL\nA,2,20.00,10.00\nB,3,20.00,10.00\nC,4,10.00,\n");
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_THAT(taken.items[1].json, HasSubstr(R"("msrp":"10.00")"));
    EXPECT_THAT(taken.items[2].json, HasSubstr(R"("msrp":"2.50")"));
    ASSERT_EQ(taken.report.remarks.size(), 1U);
    EXPECT_THAT(taken.report.remarks[0], HasSubstr("1 row"));
    EXPECT_THAT(taken.report.remarks[0], HasSubstr("line 3"));
}

TEST(Csv, ReadsWeightsByTheirUnit) {
    EXPECT_THAT(first("Title,Weight,Weight UOM\nA,2.5,LB\n"), HasSubstr(R"("weight_g":1134)"));
    EXPECT_THAT(first("Title,Weight (kg)\nA,2.5\n"), HasSubstr(R"("weight_g":2500)"));
    EXPECT_THAT(first("Title;Gewicht\nA;\"2,5 kg\"\n"), HasSubstr(R"("weight_g":2500)"));
    EXPECT_THAT(first("Title,Weight\nA,2.5\n"), HasSubstr(R"("Weight":"2.5")"))
        << "without a unit it is no weight";
}

TEST(Csv, ReadsTheVerbatimAmazonEuLayout) {
    const Taken taken = table(
        "CONDITION,Pallet ID,CATEGORY,SUBCATEGORY,ASIN,Item Desc,QTY,ItemPkgWeight,"
        "ItemPkgWeightUOM,CURRENCY CODE,TOTAL RETAIL,UNIT RETAIL\n"
        "Customer Damage,LOT-1,Home Improvement,Power Tools,B0SAMPLE01,Cordless Drill,2,2400,GR,"
        "EUR,259.98,129.99\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(taken.items[0].json,
              R"({"pallet_id":"LOT-1","title":"Cordless Drill","condition":"Customer Damage",)"
              R"("category":"Home Improvement > Power Tools","identifiers":{"asin":"B0SAMPLE01"},)"
              R"("quantity":2,"currency":"EUR","msrp":"129.99","msrp_total":"259.98",)"
              R"("weight_g":2400})");
    for (const ColumnMapping& column : taken.report.columns)
        EXPECT_FALSE(column.field.empty()) << column.header;
}

TEST(Csv, ReadsTheVerbatimTargetLayout) {
    const Taken taken = table(
        "Item #,Seller Category,Item Description,Qty,Unit Retail,Ext. Retail,Brand,UPC,TCIN,Origin,"
        "Category,Condition,Product Class,Category Code,Division,Department,Optoro Condition,"
        "Pallet ID,Subcategory,Lot ID\n"
        "LP1,Toys,Bricks,2,$10.00,$20.00,Lego,673419340533,T99,US,Toys,NEW,P,C,D,Dep,Good,PAL,"
        "Building,LOT\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(field_of(taken, "Item #"), "lpn");
    EXPECT_EQ(field_of(taken, "TCIN"), "sku");
    EXPECT_EQ(field_of(taken, "Category"), "category");
    EXPECT_EQ(field_of(taken, "Seller Category"), "");
    EXPECT_EQ(field_of(taken, "Condition"), "condition");
    EXPECT_EQ(field_of(taken, "Optoro Condition"), "");
    EXPECT_THAT(taken.items[0].json, HasSubstr(R"("category":"Dep > Toys > Building")"));
    EXPECT_THAT(taken.items[0].json, HasSubstr(R"("Division":"D")"));
}

TEST(Csv, ReadsTheVerbatimCostcoLayout) {
    const Taken taken = table(
        "Lot ID,Location,Item #,Dept. Code,Department,Item Description,Qty,Unit Retail,Ext. Retail,"
        "Model,Serial #,Vendor,Category Code,Seller Category,Category,Condition\n"
        "L1,W5,1234567,24,Electronics,TV 55,1,499.99,499.99,QN55,SN123,SAMSUNG,2401,TVs,TV,"
        "Customer Returns\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(field_of(taken, "Item #"), "sku");
    EXPECT_EQ(field_of(taken, "Serial #"), "identifiers.serial");
    EXPECT_EQ(field_of(taken, "Vendor"), "brand");
    EXPECT_EQ(field_of(taken, "Dept. Code"), "");
    EXPECT_EQ(field_of(taken, "Category Code"), "");
}

TEST(Csv, ReadsTheVerbatimAmazonUsLayout) {
    const Taken taken = table(
        "Category,Subcategory,ASIN,Item Description,Qty,Unit Retail,Ext. Retail,Product Class,"
        "GL Description,Seller Category,EAN,LPN,UPC,Brand,Condition,Pallet ID,Lot ID\n"
        "Home,Kitchen,B0ABCDEFGH,Kettle,3,29.99,89.97,PC,GL,SC,,LPN1,012000004568,X,New,P,L\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_THAT(taken.items[0].json,
                HasSubstr(R"("identifiers":{"upc":"012000004568","asin":"B0ABCDEFGH"})"));
    EXPECT_EQ(field_of(taken, "LPN"), "lpn");
}

TEST(Csv, TakesATypedIdentifier) {
    EXPECT_THAT(first("Title,Identifier,ID Type\nA,4006381333931,EAN\n"),
                HasSubstr(R"("identifiers":{"ean":"4006381333931"})"));
    EXPECT_THAT(first("Title,UPC\nA,\"=\"\"012000004568\"\"\"\n"),
                HasSubstr(R"("upc":"012000004568")"));
}

TEST(Csv, FindsIdentifiersByTheirValues) {
    std::string text = "Title,Code A,Code B\n";
    for (int i = 0; i < 6; ++i)
        text += "A,4006381333931,B0ABCDEF" + std::to_string(10 + i) + "\n";
    const Taken taken = table(text);
    EXPECT_EQ(field_of(taken, "Code A"), "identifiers.gtin");
    EXPECT_EQ(taken.report.columns[1].why, "values look like GTINs");
    EXPECT_EQ(field_of(taken, "Code B"), "identifiers.asin");
}

TEST(Csv, SkipsWhatStandsAboveTheHeader) {
    const Taken taken = table("Manifest of lot 7\nDate:,2026-05-01\n\nTitle,Qty,Brand\nA,1,B\n");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(taken.items[0].line, 5U);
    EXPECT_THAT(taken.report.remarks, ElementsAre("3 lines above the header left out"));
}

TEST(Csv, FailsARowWhoseCellsHaveShifted) {
    const Taken taken = table("Title,Qty\nA,1\nB, big,2\nC\nD,1,,\n");
    ASSERT_EQ(taken.items.size(), 4U);
    EXPECT_FALSE(taken.items[0].fault);
    ASSERT_TRUE(taken.items[1].fault);
    EXPECT_THAT(taken.items[1].fault->message, HasSubstr("3 cells"));
    EXPECT_FALSE(taken.items[2].fault);
    EXPECT_FALSE(taken.items[3].fault);
}

TEST(Csv, SurvivesAQuoteThatIsNeverClosed) {
    std::string text = "Title,Qty\nA,1\n\"B,2\n";
    const Taken at_end = table(text);
    ASSERT_EQ(at_end.items.size(), 2U);
    ASSERT_TRUE(at_end.items[1].fault);
    EXPECT_EQ(at_end.items[1].fault->line, 3U);
    std::size_t lines = 3;
    for (; text.size() < 2 * limits::product_bytes_max; ++lines)
        text += "Some thing,1\n";
    const Taken whole = table(text);
    ASSERT_THAT(whole.result, IsOk());
    ASSERT_GT(whole.items.size(), 3U);
    ASSERT_TRUE(whole.items[1].fault);
    EXPECT_EQ(whole.items[1].fault->code, ErrorCode::payload_too_large);
    EXPECT_FALSE(whole.items[2].fault) << "reading goes on behind the limit";
    EXPECT_EQ(whole.items.back().line, lines);
    for (const std::size_t at : {100U, 70'000U, 1'048'590U, 1'100'000U})
        EXPECT_EQ(take_split(csv(), text, at), whole);
}

TEST(Csv, RefusesATableThatSaysNothing) {
    const Taken taken = table("x,y\n1,2\n");
    EXPECT_THAT(taken.result, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(taken.result.error().message, HasSubstr("\"x\", \"y\""));
    EXPECT_THAT(taken.result.error().remedy, HasSubstr("--columns"));
    EXPECT_THAT(table("").result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(table("\n\n").result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(table("Title,Qty\n").result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(table(std::string("Title\0,Qty\n", 11)).result,
                FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(table("{\"products\":[]}").result, FailsWith(ErrorCode::unsupported_media));
}

TEST(Csv, TakesIdsFromTheirColumn) {
    const Taken taken = table("product_id,Title\na,A\n,B\na,C\n");
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_EQ(taken.items[0].id, "a");
    EXPECT_EQ(taken.items[1].id.size(), 36U);
    ASSERT_TRUE(taken.items[2].fault);
    EXPECT_EQ(taken.items[2].fault->code, ErrorCode::duplicate_product_id);
}

TEST(Csv, ProductsOfEveryRowAreUnderstood) {
    const Taken taken = table(
        "Title,Qty,MSRP,Currency,Grade,Sold Count,Image URL\nA,1,5.00,eur,B,7,http://x/y.jpg\n");
    ASSERT_EQ(taken.items.size(), 1U);
    ProductParser parser;
    Product product;
    const auto fault = parser.parse(taken.items[0].json, "a", MoneyUnit::minor, product);
    ASSERT_FALSE(fault) << describe(*fault);
    EXPECT_EQ(product.msrp, 500);
    EXPECT_EQ(product.currency.code(), "EUR");
    EXPECT_EQ(product.condition, Condition::very_good);
    EXPECT_EQ(product.market.sold_count, 7);
    EXPECT_EQ(product.image_count, 1);
}

TEST(Csv, ReadsUtf16AsSpreadsheetsExportIt) {
    const std::string text = "Title\tMenge\tUVP\r\nS\xc3\xa4ge \xf0\x9f\x94\xa7\t2\t1.299,00\r\n";
    const std::u16string wide = u"Title\tMenge\tUVP\r\nS\u00e4ge \U0001f527\t2\t1.299,00\r\n";
    const Taken plain = table(text);
    ASSERT_EQ(plain.items.size(), 1U);
    for (const bool big : {false, true}) {
        for (const bool marked : {true, false}) {
            std::string bytes = marked ? (big ? "\xfe\xff" : "\xff\xfe") : "";
            for (const char16_t unit : wide) {
                const char low = static_cast<char>(unit & 0xff),
                           high = static_cast<char>(unit >> 8);
                bytes += big ? high : low;
                bytes += big ? low : high;
            }
            const Taken taken = table(bytes);
            ASSERT_THAT(taken.result, IsOk());
            EXPECT_EQ(taken.items, plain.items);
            EXPECT_EQ(taken.report.encoding, "utf-16");
            for (std::size_t at = 0; at <= bytes.size(); ++at)
                EXPECT_EQ(take_split(csv(), bytes, at), taken) << at;
        }
    }
}

TEST(Csv, ReadsATableWithoutAHeaderByItsValues) {
    const Taken taken = table(
        "4006381333931,Cordless drill 18V with case,2,129.99,259.98\n"
        "5901234123457,Espresso machine 15 bar,1,99.00,99.00\n"
        "4012345678901,Wool sweater for men,3,20.00,60.00\n");
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_EQ(taken.items[0].line, 1U);
    EXPECT_EQ(taken.items[0].json,
              R"({"title":"Cordless drill 18V with case","identifiers":{"gtin":"4006381333931"},)"
              R"("quantity":2,"msrp":"129.99","msrp_total":"259.98"})");
    EXPECT_EQ(taken.report.header_line, 0U);
    EXPECT_THAT(taken.report.remarks[0], HasSubstr("no header line"));
}

TEST(Csv, LeavesRepeatedHeadersOut) {
    const Taken taken = table("Title,Qty,Brand\nA,1,X\nTitle,Qty,Brand\nB,1,Y\nTitle,2,Z\n");
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_EQ(taken.report.dropped.repeated_headers, 1U);
    EXPECT_THAT(taken.report.remarks, ElementsAre("line 3 repeats the header and was left out"));
}

TEST(Csv, KnowsTotalsInFourLanguagesAndBySum) {
    for (const char* total :
         {"TOTAL", "Total (3 items)", "Grand Total:", "Gesamtsumme", "Summe", "TOTAL GENERAL",
          "Suma", "Total g\xc3\xa9n\xc3\xa9ral", "Sous-total"}) {
        const Taken taken = table("Title;Qty;Brand\nA;1;X\nB;2;Y\n" + std::string(total) + ";;\n");
        EXPECT_EQ(taken.items.size(), 2U) << total;
        EXPECT_EQ(taken.report.dropped.totals, 1U) << total;
    }
    EXPECT_EQ(table("Title,Qty,Ext. Retail\nA,2,\"$1,000.00\"\nB,3,$10.50\n,,\"$1,010.50\"\n")
                  .items.size(),
              2U);
}

TEST(Csv, TakesCurrencyAndUnitsFromHeaders) {
    EXPECT_EQ(
        first("Title;Unit Retail (GBP);Weight [kg];Dimensions in cm\nA;9,99;1,5;30x20x10,5\n"),
        R"({"title":"A","currency":"GBP","msrp":"9.99","weight_g":1500,)"
        R"("dims_mm":[300,200,105]})");
    EXPECT_THAT(first("Title,Retail EUR,Cost USD\nA,10,5\n"),
                HasSubstr(R"("unit_cost":{"amount":"5","currency":"USD"})"));
    EXPECT_THAT(first("Title,MSRP,Currency\nA,10,\xe2\x82\xac\n"),
                HasSubstr(R"("currency":"EUR")"));
}

TEST(Csv, FillsTheRestOfTheSchema) {
    EXPECT_EQ(
        first("Title,Variant,Pack Size,Length (in),Width (in),Height (in),Sold 30d,Monthly Sales,"
              "Offers,Buy Box Price,Sold Price,Shipping Cost,Storage,Carrier,Battery Health,"
              "Image 1,Image 2\n"
              "A,Blue,6,10,5,2,12,4,3,9.5,8,4.99,1TB,Unlocked,87%,http://x/1.jpg,"
              "http://x/2.jpg|http://x/3.jpg\n"),
        R"({"title":"A","variant":"Blue","pack_size":6,"costs":{"ship_out":"4.99"},)"
        R"("comparables":[{"price":"8","kind":"sold","source":"Sold Price"}],)"
        R"("dims_mm":[254,127,51],)"
        R"("images":["http://x/1.jpg","http://x/2.jpg","http://x/3.jpg"],)"
        R"("market":{"sold_count":12,"sold_window_days":30,"monthly_sold":4,"competing_offers":3,)"
        R"("buy_box_price":"9.5"},)"
        R"("device":{"storage_gb":1024,"carrier":"Unlocked","battery_pct":87}})");
}

TEST(Csv, KeepsWhatItCannotReadUnderItsHeader) {
    EXPECT_EQ(first("Title,Dims,Storage,Battery,Weight\nA,large,some,ok,light\n"),
              R"({"title":"A","Weight":"light","Dims":"large","Storage":"some","Battery":"ok"})");
}

TEST(Csv, AnIdThatOnlySeemedToBeOneFailsNothing) {
    std::string text = "ID,Title\n";
    for (int i = 0; i < 100; ++i)
        text += "p" + std::to_string(i) + ",Thing\n";
    text += "p3,Again\n";
    const Taken taken = table(text);
    ASSERT_EQ(taken.items.size(), 101U);
    EXPECT_EQ(field_of(taken, "ID"), "product_id");
    EXPECT_EQ(taken.items[3].id, "p3");
    EXPECT_FALSE(taken.items[100].fault);
    EXPECT_EQ(taken.items[100].id.size(), 36U);
    EXPECT_THAT(taken.items[100].json, HasSubstr(R"("ID":"p3")"));
}

TEST(Csv, TellsOfDigitsThatASpreadsheetHasLost) {
    const Taken taken = table("Title,UPC\nA,9.78044E+12\nB,1.90199E+11\nC,8.45423E+11\n");
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_THAT(taken.items[0].json, HasSubstr(R"("upc":"9.78044E+12")"));
    ASSERT_EQ(taken.report.remarks.size(), 1U);
    EXPECT_THAT(taken.report.remarks[0], HasSubstr("scientific notation"));
}

TEST(Csv, ValuesOverruleAHeaderOnlyAloud) {
    const Taken taken = table("Title,UPC\nA,B0ABCDEF01\nB,B0ABCDEF02\nC,B0ABCDEF03\n");
    EXPECT_EQ(field_of(taken, "UPC"), "identifiers.asin");
    ASSERT_EQ(taken.report.remarks.size(), 1U);
    EXPECT_THAT(taken.report.remarks[0], HasSubstr("headed identifiers.upc, but 3 of 3"));
    IntakeOptions named = csv();
    named.columns = {{"upc", "UPC"}};
    EXPECT_EQ(field_of(take(named, "Title,UPC\nA,B0ABCDEF01\nB,B0ABCDEF02\nC,B0ABCDEF03\n"), "UPC"),
              "identifiers.upc");
}

TEST(Csv, ShowsWhatItUnderstoodEvenWhereThatIsNotEnough) {
    const Taken taken = table("Qty,Colour\n1,red\n");
    EXPECT_THAT(taken.result, FailsWith(ErrorCode::invalid_input));
    EXPECT_EQ(field_of(taken, "Qty"), "quantity");
}

TEST(Csv, ReadsTheSampleManifest) {
    std::ifstream file(testing::shared_data("eu_bstock_sample_manifest.csv"), std::ios::binary);
    if (!file) GTEST_SKIP() << "the shared data is not here";
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Taken taken = table(text);
    ASSERT_THAT(taken.result, IsOk());
    EXPECT_EQ(taken.items.size(), 15U);
    EXPECT_EQ(taken.report.faults, 0U);
    EXPECT_TRUE(taken.report.remarks.empty());
    ProductParser parser;
    Product product;
    for (const auto& item : taken.items) {
        EXPECT_FALSE(parser.parse(item.json, item.id, MoneyUnit::minor, product));
        EXPECT_GT(product.msrp.value_or(0), 0);
        EXPECT_NE(product.condition, Condition::unknown);
    }
}

TEST(Csv, ReadsALatin1ShopTable) {
    std::ifstream file(testing::shared_data("abt.csv"), std::ios::binary);
    if (!file) GTEST_SKIP() << "the shared data is not here";
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Taken taken = table(text);
    ASSERT_THAT(taken.result, IsOk());
    EXPECT_EQ(taken.items.size(), 1081U);
    EXPECT_EQ(taken.report.encoding, "latin-1");
    EXPECT_EQ(taken.report.faults, 0U);
}

}  // namespace
}  // namespace assay::engine
