// Sold prices from files as people have them: every layout, every fault with its place, any split.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_prices.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using assay::testing::FailsWith;
using assay::testing::IsOk;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

// A record whose texts outlive the reader.
struct Sale {
    std::uint64_t line = 0;
    std::string ean, upc, gtin, isbn, asin, brand, model, mpn, title, source, id, currency;
    MinorUnits price = 0, shipping = 0;
    std::string sold_at;
    Condition condition{};
    std::int64_t quantity = 0;
    double match = 0;
    ComparableKind kind{};
};

struct Read {
    std::vector<Sale> sales;
    SoldReport report;
    Result<void> outcome{};
};

Sale copy(const SoldRecord& record) {
    Sale sale;
    sale.line = record.line;
    sale.ean = record.identifiers.ean;
    sale.upc = record.identifiers.upc;
    sale.gtin = record.identifiers.gtin;
    sale.isbn = record.identifiers.isbn;
    sale.asin = record.identifiers.asin;
    sale.brand = record.brand;
    sale.model = record.model;
    sale.mpn = record.mpn;
    sale.title = record.sale.title;
    sale.source = record.sale.source;
    sale.id = record.sale.id;
    sale.currency = record.sale.currency.code();
    sale.price = record.sale.price;
    sale.shipping = record.sale.shipping;
    if (record.sale.sold_at) sale.sold_at = to_rfc3339(*record.sale.sold_at);
    sale.condition = record.sale.condition;
    sale.quantity = record.sale.quantity;
    sale.match = record.sale.match;
    sale.kind = record.sale.kind;
    return sale;
}

Read read(std::string_view bytes, SoldReadOptions options = {}, std::size_t step = 1'000'000) {
    Read out;
    SoldPrices prices(options, [&](const SoldRecord& record) -> std::optional<Error> {
        out.sales.push_back(copy(record));
        return std::nullopt;
    });
    for (std::size_t at = 0; at < bytes.size() && out.outcome; at += step)
        out.outcome = prices.feed(bytes.substr(at, step));
    if (out.outcome) out.outcome = prices.finish();
    out.report = prices.report();
    return out;
}

SoldReadOptions lines() {
    SoldReadOptions options;
    options.format = InputFormat::ndjson;
    return options;
}

Currency euro() {
    return *Currency::parse("EUR");
}

TEST(SoldPricesCsv, ReadsEveryField) {
    const auto got = read(
        "GTIN,UPC,EAN,ISBN,ASIN,Brand,Model,MPN,Sold Price,Shipping,Currency,Sold Date,Condition,"
        "Item Title,Qty,Match,Marketplace,Order ID,Kind\n"
        "1,2,3,4,5,Sony,WH-1000XM4,WH1000XM4B,\"1,199.00\",4.99,USD,2026-05-01T10:00:00Z,used,"
        "\"Sony \"\"XM4\"\"\",2,0.9,ebay,o-1,active\n");
    ASSERT_THAT(got.outcome, IsOk());
    ASSERT_EQ(got.sales.size(), 1U);
    const Sale& sale = got.sales[0];
    EXPECT_EQ(sale.line, 2U);
    EXPECT_EQ(sale.gtin + sale.upc + sale.ean + sale.isbn + sale.asin, "12345");
    EXPECT_EQ(sale.brand + "|" + sale.model + "|" + sale.mpn, "Sony|WH-1000XM4|WH1000XM4B");
    EXPECT_EQ(sale.price, 119'900);
    EXPECT_EQ(sale.shipping, 499);
    EXPECT_EQ(sale.currency, "USD");
    EXPECT_EQ(sale.sold_at, "2026-05-01T10:00:00.000Z");
    EXPECT_NE(sale.condition, Condition::unknown);
    EXPECT_EQ(sale.title, "Sony \"XM4\"");
    EXPECT_EQ(sale.quantity, 2);
    EXPECT_DOUBLE_EQ(sale.match, 0.9);
    EXPECT_EQ(sale.source + "|" + sale.id, "ebay|o-1");
    EXPECT_EQ(sale.kind, ComparableKind::active);
    for (const SoldColumn& column : got.report.columns)
        EXPECT_FALSE(column.field.empty()) << column.header;
}

struct Layout {
    const char* what;
    const char* text;
};
// The same sale: EAN 4006381333931 for 12.50 EUR on 25 May 2026.
constexpr Layout layouts[] = {
    {"english", "Sold For,EAN,Date Sold,Currency\n12.50,4006381333931,2026-05-25,EUR\n"},
    {"german", "Verkaufspreis;EAN;Verkaufsdatum\n12,50 \xe2\x82\xac;4006381333931;25.05.2026\n"},
    {"spanish", "Precio de venta;EAN;Fecha de venta;Moneda\n12,50;4006381333931;25/05/2026;EUR\n"},
    {"french",
     "Prix de vente;Code EAN;Date de vente;Devise\n12,50;4006381333931;25 mai 2026;EUR\n"},
    {"tabs", "Price\tEAN\tDate\tCurrency\n12.50\t4006381333931\tMay 25, 2026\tEUR\n"},
    {"american dates", "Price,EAN,Sale Date,Currency\nEUR 12.50,4006381333931,05/25/2026,EUR\n"},
    {"an auction site's export",
     "Sale Date,Item Title,EAN,Sold For\nMay-25-26,\"Pens, 10\",4006381333931,\xe2\x82\xac"
     "12.50\n"},
    {"a title above the table",
     "My sales\n\nEAN,Price,Currency,Date\n4006381333931,12.50,EUR,2026-05-25\n"},
    {"crlf and a byte order mark",
     "\xef\xbb\xbf"
     "EAN,Price,Currency,Date\r\n4006381333931,12.50,EUR,2026-05-25\r\n"},
    {"a date with a time", "EAN,Price,Currency,Date\n4006381333931,12.50,EUR,25.05.2026 18:30\n"},
};

TEST(SoldPricesCsv, UnderstandsTheLayoutsThatPeopleHave) {
    for (const Layout& layout : layouts) {
        const auto got = read(layout.text);
        ASSERT_THAT(got.outcome, IsOk()) << layout.what;
        ASSERT_EQ(got.sales.size(), 1U) << layout.what;
        const Sale& sale = got.sales[0];
        EXPECT_EQ(sale.ean, "4006381333931") << layout.what;
        EXPECT_EQ(sale.price, 1250) << layout.what;
        EXPECT_EQ(sale.currency, "EUR") << layout.what;
        EXPECT_EQ(sale.sold_at, "2026-05-25T00:00:00.000Z") << layout.what;
    }
}

TEST(SoldPricesCsv, ReadsDatesByTheOrderThatTheFileShows) {
    const std::string head = "EAN,Price,Currency,Date\n";
    const auto row = [](const char* date) {
        return "4006381333931,1,EUR," + std::string(date) + "\n";
    };
    const auto by_month = read(head + row("05/06/2026") + row("05/25/2026"));
    ASSERT_EQ(by_month.sales.size(), 2U);
    EXPECT_EQ(by_month.sales[0].sold_at.substr(0, 10), "2026-05-06");
    const auto by_day = read(head + row("05/06/2026") + row("25/05/2026"));
    EXPECT_EQ(by_day.sales[0].sold_at.substr(0, 10), "2026-06-05");
    const auto undecided = read(head + row("05/06/2026") + row("2026-05-25"));
    EXPECT_EQ(undecided.report.skipped, 1U);
    EXPECT_THAT(undecided.report.first_faults[0].message, HasSubstr("in two ways"));
    for (const char* date : {"2026-02-30", "31.04.2026", "yesterday", "2026", "13/13/2026",
                             "0/1/2026", "Smarch 5 2026"}) {
        const auto bad = read(head + row(date) + row("2026-05-25"));
        EXPECT_EQ(bad.report.skipped, 1U) << date;
    }
}

TEST(SoldPricesCsv, TellsLineFieldAndReasonOfEveryBadRow) {
    struct Case {
        const char* row;
        const char* field;
        const char* reason;
    };
    constexpr Case cases[] = {
        {"4006381333931,,EUR,2026-05-01,1,,", "Sold", "is empty"},
        {"4006381333931,abc,EUR,2026-05-01,1,,", "Sold", "not an amount"},
        {"4006381333931,-5.00,EUR,2026-05-01,1,,", "Sold", "is negative"},
        {"4006381333931,0,EUR,2026-05-01,1,,", "Sold", "is 0"},
        {"4006381333931,99999999999999999,EUR,2026-05-01,1,,", "Sold", ""},
        {"4006381333931,5,XXZ,2026-05-01,1,,", "Currency", "not an ISO 4217"},
        {"4006381333931,5,,2026-05-01,1,,", "Currency", "is missing"},
        {"4006381333931,$5,EUR,2026-05-01,1,,", "Sold", "is not in EUR"},
        {"4006381333931,5 USD,EUR,2026-05-01,1,,", "Sold", "is not in EUR"},
        {"4006381333931,5,EUR,someday,1,,", "Date", "is not a date"},
        {"4006381333931,5,EUR,2026-05-01,0,,", "Qty", "not a whole number"},
        {"4006381333931,5,EUR,2026-05-01,1.5,,", "Qty", "not a whole number"},
        {"4006381333931,5,EUR,2026-05-01,1,1.5,", "Match", "from 0 to 1"},
        {"4006381333931,5,EUR,2026-05-01,1,inf,", "Match", "from 0 to 1"},
        {"4006381333931,5,EUR,2026-05-01,1,,maybe", "Kind", "neither sold nor active"},
        {"4006381333931,5,EUR,2026-05-01,1,,,surplus", "", "8 cells where the header has 7"},
    };
    for (const Case& bad : cases) {
        const auto got = read(
            "EAN,Sold Price,Currency,Date,Qty,Match,Kind\n"
            "4006381333931,5,EUR,2026-05-01,1,,\n" +
            std::string(bad.row) + "\n");
        ASSERT_THAT(got.outcome, IsOk()) << bad.row;
        ASSERT_EQ(got.report.first_faults.size(), 1U) << bad.row;
        const Error& fault = got.report.first_faults[0];
        EXPECT_EQ(fault.line, 3U) << bad.row;
        EXPECT_THAT(fault.field, ::testing::StartsWith(bad.field)) << bad.row;
        EXPECT_THAT(fault.message, HasSubstr(bad.reason)) << bad.row;
        EXPECT_EQ(got.report.rows, 2U);
        EXPECT_EQ(got.report.skipped, 1U);
    }
}

TEST(SoldPricesCsv, TakesACurrencyForRowsThatNameNone) {
    SoldReadOptions options;
    options.currency = euro();
    const auto got = read("EAN,Price\n4006381333931,5\n4006381333931,$7\n", options);
    ASSERT_EQ(got.sales.size(), 2U);
    EXPECT_EQ(got.sales[0].currency, "EUR");
    EXPECT_EQ(got.sales[1].currency, "USD");  // a dollar is no euro
}

TEST(SoldPricesCsv, ObeysTheColumnsThatAreNamed) {
    SoldReadOptions options;
    options.columns = {{"price", "Betrag X"}, {"ean", "Code"}, {"currency", "W"}};
    const auto got = read("Code,Betrag X,Price,W\n4006381333931,5,9,EUR\n", options);
    ASSERT_EQ(got.sales.size(), 1U);
    EXPECT_EQ(got.sales[0].price, 500);
    EXPECT_THAT(got.report.columns, Contains(SoldColumn{"Price", ""}));
    options.columns = {{"price", "Nothing"}};
    EXPECT_THAT(read("EAN,Price\n1,2\n", options).outcome, FailsWith(ErrorCode::invalid_argument));
    options.columns = {{"prize", "Price"}};
    EXPECT_THAT(read("EAN,Price\n1,2\n", options).outcome, FailsWith(ErrorCode::invalid_argument));
}

TEST(SoldPricesCsv, ReadsLatin1AndSaysWhatItCouldNotMakeOut) {
    const auto got = read(
        "EAN;Preis;Zustand;Titel\n4006381333931;1,50 EUR;wie neu;Kopfh\xf6rer\n"
        "4006381333931;1,505 EUR;seltsam;x\n");
    ASSERT_EQ(got.sales.size(), 2U);
    EXPECT_EQ(got.sales[0].title, "Kopfh\xc3\xb6rer");
    EXPECT_EQ(got.report.encoding, "latin-1");
    EXPECT_THAT(got.report.remarks, Contains(HasSubstr("latin-1")));
    EXPECT_THAT(got.report.remarks, Contains(HasSubstr("1 conditions were not understood")));
    EXPECT_THAT(got.report.remarks, Contains(HasSubstr("undated")));
}

TEST(SoldPricesCsv, AWrongFileGetsOneClearSentence) {
    EXPECT_THAT(read("%PDF-1.7 ...").outcome, FailsWith(ErrorCode::unsupported_media));
    EXPECT_EQ(read("%PDF-1.7 ...").outcome.error().message, "is a PDF, not a list of sold prices");
    SoldReadOptions document;
    document.format = InputFormat::json;
    EXPECT_THAT(read("[{\"price\":1}]", document).outcome, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(read("").outcome, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(read("EAN,Price\n").outcome, FailsWith(ErrorCode::invalid_input));
    const auto manifest = read("Item Description,Qty,UPC\nKettle,1,4006381333931\n");
    ASSERT_THAT(manifest.outcome, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(manifest.outcome.error().message,
                AllOf(HasSubstr("no column that holds a price"), HasSubstr("\"UPC\"")));
    const auto anonymous = read("Price,Title\n5,Kettle\n");
    ASSERT_THAT(anonymous.outcome, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(anonymous.outcome.error().message, HasSubstr("nor a brand with a model"));
    const auto useless = read("EAN,Price\n4006381333931,x\n4006381333931,y\n");
    ASSERT_THAT(useless.outcome, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(useless.outcome.error().message,
                HasSubstr("not one of its 2 rows can be used; the first: line 2: Price"));
}

TEST(SoldPricesLines, ReadsEveryFieldAndBothPlacesOfIdentifiers) {
    const auto got = read(
        R"({"ean":"4006381333931","price":"12.50","shipping":399,"currency":"EUR","sold_at":)"
        R"("2026-05-25","condition":"new","title":"Pens","qty":3,"match":0.8,"source":"s","id":7,)"
        R"("kind":"active","extra":[1]})"
        "\n\n"
        R"({"identifiers":{"isbn":9780306406157},"brand":"B","model":1234,"mpn":"M","price":)"
        R"({"amount":"1.00","currency":"USD"},"quantity":2})"
        "\n",
        lines());
    ASSERT_THAT(got.outcome, IsOk());
    ASSERT_EQ(got.sales.size(), 2U);
    EXPECT_EQ(got.sales[0].price, 1250);
    EXPECT_EQ(got.sales[0].shipping, 399);
    EXPECT_EQ(got.sales[0].quantity, 3);
    EXPECT_EQ(got.sales[0].id, "7");
    EXPECT_EQ(got.sales[0].kind, ComparableKind::active);
    EXPECT_EQ(got.sales[1].isbn, "9780306406157");
    EXPECT_EQ(got.sales[1].model, "1234");
    EXPECT_EQ(got.sales[1].quantity, 2);
    EXPECT_EQ(got.sales[1].currency, "USD");
    EXPECT_EQ(got.sales[1].line, 3U);
}

TEST(SoldPricesLines, TellsTheFieldOfEveryBadLine) {
    struct Case {
        const char* line;
        const char* field;
        ErrorCode code;
    };
    constexpr Case cases[] = {
        {R"({"price":1.5,"currency":"EUR"})", "/price", ErrorCode::ambiguous_money},
        {R"({"price":-1,"currency":"EUR"})", "/price", ErrorCode::invalid_input},
        {R"({"currency":"EUR"})", "/price", ErrorCode::invalid_input},
        {R"({"price":1})", "/currency", ErrorCode::invalid_input},
        {R"({"price":1,"currency":"XXZ"})", "/currency", ErrorCode::invalid_input},
        {R"({"price":1,"currency":"EUR","sold_at":"x"})", "/sold_at", ErrorCode::invalid_input},
        {R"({"price":1,"currency":"EUR","quantity":0})", "/quantity", ErrorCode::invalid_input},
        {R"({"price":1,"currency":"EUR","ean":{}})", "/ean", ErrorCode::invalid_input},
        {R"({"price":1,"currency":"EUR","identifiers":3})", "/identifiers",
         ErrorCode::invalid_input},
        {R"({"price":1,"price":2,"currency":"EUR"})", "/price", ErrorCode::duplicate_key},
        {R"({"price":1,)", "", ErrorCode::invalid_json},
        {"7", "", ErrorCode::invalid_input},
    };
    for (const Case& bad : cases) {
        const auto got =
            read("{\"price\":1,\"currency\":\"EUR\"}\n" + std::string(bad.line), lines());
        ASSERT_THAT(got.outcome, IsOk()) << bad.line;
        ASSERT_EQ(got.report.first_faults.size(), 1U) << bad.line;
        EXPECT_EQ(got.report.first_faults[0].line, 2U) << bad.line;
        EXPECT_EQ(got.report.first_faults[0].field, bad.field) << bad.line;
        EXPECT_EQ(got.report.first_faults[0].code, bad.code) << bad.line;
    }
}

TEST(SoldPricesLines, RefusesOneDocumentAndBoundsALine) {
    EXPECT_THAT(read("[{\"price\":1}]", lines()).outcome, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(read("{\n\"price\":1}", lines()).outcome, FailsWith(ErrorCode::unsupported_media));
    const std::string fat = "{\"x\":\"" + std::string(limits::comps_row_bytes_max, 'x') + "\"}\n";
    for (const std::size_t step : {std::size_t{1'000'000}, std::size_t{1'000}}) {
        const auto got = read(fat + "{\"price\":1,\"currency\":\"EUR\"}\n", lines(), step);
        ASSERT_THAT(got.outcome, IsOk());
        EXPECT_EQ(got.report.skipped, 1U);
        EXPECT_EQ(got.report.first_faults[0].code, ErrorCode::payload_too_large);
        EXPECT_EQ(got.sales.size(), 1U);
    }
}

TEST(SoldPrices, AnySplitGivesTheSame) {
    for (const Layout& layout : layouts) {
        const auto whole = read(layout.text);
        for (const std::size_t step : {1U, 3U, 17U}) {
            const auto split = read(layout.text, {}, step);
            ASSERT_EQ(split.sales.size(), whole.sales.size()) << layout.what;
            EXPECT_EQ(split.sales[0].price, whole.sales[0].price);
            EXPECT_EQ(split.sales[0].line, whole.sales[0].line);
            EXPECT_EQ(split.report.columns, whole.report.columns);
        }
    }
}

TEST(SoldPrices, KeepsItsLimitsAndListsAHundredFaults) {
    std::string text = "EAN,Price,Currency\n";
    for (int i = 0; i < 250; ++i)
        text += i % 2 == 0 ? "4006381333931,1,EUR\n" : "4006381333931,x,EUR\n";
    const auto got = read(text);
    EXPECT_EQ(got.report.skipped, 125U);
    EXPECT_EQ(got.report.first_faults.size(), limits::faults_listed_max);
    SoldReadOptions few;
    few.rows_max = 249;
    EXPECT_THAT(read(text, few).outcome, FailsWith(ErrorCode::invalid_input));
    few.rows_max = 250;
    EXPECT_THAT(read(text, few).outcome, IsOk());
    SoldReadOptions small;
    small.bytes_max = 100;
    EXPECT_THAT(read(text, small).outcome, FailsWith(ErrorCode::payload_too_large));
}

TEST(SoldPrices, UnpacksGzipUpToItsLimit) {
    const std::string text = "EAN,Price,Currency\n4006381333931,12.50,EUR\n";
    std::string packed(1'000, '\0');
    z_stream stream{};
    ASSERT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    SoldReadOptions options;
    options.gzip = true;
    EXPECT_EQ(read(packed, options).sales.size(), 1U);
    EXPECT_THAT(read(text, options).outcome, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(read(packed.substr(0, 20), options).outcome,
                FailsWith(ErrorCode::unsupported_media));
    options.unpacked_bytes_max = 20;
    EXPECT_THAT(read(packed, options).outcome, FailsWith(ErrorCode::payload_too_large));
}

}  // namespace
}  // namespace assay::engine
