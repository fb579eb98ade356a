// Tests of intake: JSON and NDJSON become items, whatever the split; one bad product stays one.
// SPDX-License-Identifier: MIT
#include "engine/batch/intake.hpp"

#include <zlib.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/batch/product_parser.hpp"
#include "tests/engine/batch/taken_items.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::take;
using testing::take_split;
using testing::Taken;

constexpr std::string_view three_lines =
    "{\"product_id\":\"a\",\"title\":\"A\"}\n"
    "\n"
    "  {\"title\": \"B\", \"product_id\": \"b\"} \r\n"
    "{\"title\":\"C\"}";

IntakeOptions ndjson() {
    IntakeOptions options;
    options.format = InputFormat::ndjson;
    return options;
}
IntakeOptions json() {
    IntakeOptions options;
    options.format = InputFormat::json;
    return options;
}

std::string gzip(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

TEST(IntakeOfLines, MakesOneItemPerLine) {
    const Taken taken = take(ndjson(), three_lines);
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_EQ(taken.items[0].id, "a");
    EXPECT_EQ(taken.items[0].json, R"({"product_id":"a","title":"A"})");
    EXPECT_EQ(taken.items[1].id, "b");
    EXPECT_EQ(taken.items[1].line, 3U);
    EXPECT_EQ(taken.items[1].index, 1U);
    EXPECT_EQ(taken.items[2].line, 4U);
    EXPECT_EQ(taken.items[2].id.size(), 36U);
    EXPECT_EQ(taken.items[2].id[14], '8') << "a UUID of version 8";
    EXPECT_EQ(taken.report.items, 3U);
    EXPECT_EQ(taken.report.faults, 0U);
    EXPECT_EQ(taken.report.encoding, "utf-8");
}

TEST(IntakeOfLines, AnySplitGivesTheSameItems) {
    const Taken whole = take(ndjson(), three_lines);
    for (std::size_t at = 0; at <= three_lines.size(); ++at)
        EXPECT_EQ(take_split(ndjson(), three_lines, at), whole) << "split at " << at;
}

TEST(IntakeOfLines, RowsWithoutIdAreNamedByTheirBytesAndOccurrence) {
    const Taken first = take(ndjson(), "{\"title\":\"A\"}\n{\"title\":\"A\"}\n{\"title\":\"B\"}\n");
    const Taken again = take(ndjson(), "{\"title\":\"B\"}\n{\"title\":\"A\"}\n{\"title\":\"A\"}\n");
    ASSERT_EQ(first.items.size(), 3U);
    EXPECT_NE(first.items[0].id, first.items[1].id);
    EXPECT_EQ(first.items[0].id, again.items[1].id);
    EXPECT_EQ(first.items[1].id, again.items[2].id);
    EXPECT_EQ(first.items[2].id, again.items[0].id);
}

TEST(IntakeOfLines, TheSeedOfTheIdTableDoesNotShow) {
    IntakeOptions one = ndjson(), other = ndjson();
    one.id_seed = 1;
    other.id_seed = 2;
    EXPECT_EQ(take(one, three_lines), take(other, three_lines));
}

TEST(IntakeOfLines, ARepeatedIdFailsTheLaterProduct) {
    const Taken taken = take(ndjson(),
                             "{\"product_id\":\"a\",\"title\":\"A\"}\n"
                             "{\"product_id\":\"b\",\"title\":\"A\"}\n"
                             "{\"product_id\":\"a\",\"title\":\"B\"}\n");
    ASSERT_EQ(taken.items.size(), 3U);
    EXPECT_FALSE(taken.items[0].fault);
    EXPECT_FALSE(taken.items[1].fault);
    ASSERT_TRUE(taken.items[2].fault);
    EXPECT_EQ(taken.items[2].fault->code, ErrorCode::duplicate_product_id);
    EXPECT_EQ(taken.items[2].fault->line, 3U);
    EXPECT_EQ(taken.items[2].fault->field, "/product_id");
    EXPECT_EQ(taken.items[2].id, "a");
    EXPECT_EQ(taken.report.faults, 1U);
}

TEST(IntakeOfLines, FindsTheIdWhereverItStands) {
    const auto id_of = [](std::string_view line) { return take(ndjson(), line).items.at(0).id; };
    EXPECT_EQ(id_of(R"({"meta":{"product_id":"no"},"t":["product_id"],"product_id":"yes"})"),
              "yes");
    EXPECT_EQ(id_of(R"({"product\u005fid":"escaped"})"), "escaped");
    EXPECT_EQ(id_of(R"({"product_id":"a\u00e4\"b"})"), "a\xc3\xa4\"b");
    EXPECT_EQ(id_of(R"({"product_id":null,"title":"A"})").size(), 36U);
    EXPECT_EQ(id_of(R"({"meta":{"product_id":"no"}})").size(), 36U);
}

TEST(IntakeOfLines, RefusesIdsThatAreNone) {
    const std::string long_id(129, 'x');
    for (const std::string& id :
         {std::string("\"\""), std::string("7"), "\"" + long_id + "\"", std::string("[]"),
          std::string("\"a\\u0007\""), std::string("\"\xff\"")}) {
        const Taken taken = take(ndjson(), "{\"product_id\":" + id + ",\"title\":\"A\"}");
        ASSERT_EQ(taken.items.size(), 1U);
        ASSERT_TRUE(taken.items[0].fault) << id;
        EXPECT_EQ(taken.items[0].fault->field, "/product_id");
        EXPECT_EQ(taken.items[0].fault->code, ErrorCode::invalid_input);
        EXPECT_FALSE(taken.items[0].fault->remedy.empty());
        EXPECT_EQ(taken.items[0].id.size(), 36U);
    }
}

TEST(IntakeOfLines, ALineThatIsTooLongFailsAsThatItem) {
    const std::string fat = "{\"product_id\":\"fat\",\"title\":\"" +
                            std::string(limits::product_bytes_max, 'x') + "\"}";
    const std::string text = "{\"title\":\"A\"}\n" + fat + "\n{\"title\":\"B\"}\n";
    const Taken whole = take(ndjson(), text);
    ASSERT_EQ(whole.items.size(), 3U);
    ASSERT_TRUE(whole.items[1].fault);
    EXPECT_EQ(whole.items[1].fault->code, ErrorCode::payload_too_large);
    EXPECT_EQ(whole.items[1].fault->line, 2U);
    EXPECT_EQ(whole.items[1].json, "{}");
    EXPECT_FALSE(whole.items[2].fault);
    for (const std::size_t at : {std::size_t{20}, std::size_t{5000}, text.size() - 20})
        EXPECT_EQ(take_split(ndjson(), text, at), whole);
}

TEST(IntakeOfLines, HandsBrokenLinesOnToFailAlone) {
    const Taken taken = take(ndjson(), "{\"title\":\"A\"}\n{oops\n{\"title\":\"B\"}\n");
    ASSERT_THAT(taken.result, IsOk());
    EXPECT_EQ(taken.items.size(), 3U);
}

TEST(IntakeOfLines, ListsTheFaultsOfProductsWhenAskedTo) {
    IntakeOptions options = ndjson();
    options.batch.on_invalid = OnInvalid::reject;
    const Taken taken =
        take(options, "{\"title\":\"A\"}\n{oops\n{\"title\":\"B\",\"quantity\":-1}\n");
    ASSERT_THAT(taken.result, IsOk());
    EXPECT_EQ(taken.report.faults, 2U);
    ASSERT_EQ(taken.report.first_faults.size(), 2U);
    EXPECT_EQ(taken.report.first_faults[0].code, ErrorCode::invalid_json);
    EXPECT_EQ(taken.report.first_faults[0].line, 2U);
    EXPECT_EQ(taken.report.first_faults[1].field, "/quantity");
    EXPECT_EQ(taken.report.first_faults[1].line, 3U);
}

TEST(IntakeOfLines, CapsTheListOfFaults) {
    IntakeOptions options = ndjson();
    options.check_products = true;
    std::string text;
    for (int i = 0; i < 250; ++i)
        text += "{}\n";
    const Taken taken = take(options, text);
    EXPECT_EQ(taken.report.faults, 250U);
    EXPECT_EQ(taken.report.first_faults.size(), limits::faults_listed_max);
}

TEST(IntakeOfLines, RefusesADocumentOverSeveralLines) {
    EXPECT_THAT(take(ndjson(), "[\n{\"title\":\"A\"}\n]").result,
                FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(take(ndjson(), "{\n\"title\":\"A\"\n}").result, FailsWith(ErrorCode::invalid_json));
}

TEST(IntakeOfLines, RefusesAnEmptyBatch) {
    for (const std::string_view text : {"", "\n\n", "  \r\n"})
        EXPECT_THAT(take(ndjson(), text).result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(take(json(), "").result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(take(json(), "[]").result, FailsWith(ErrorCode::empty_batch));
    EXPECT_THAT(take(json(), R"({"products":[]})").result, FailsWith(ErrorCode::empty_batch));
}

TEST(IntakeOfLines, RefusesOneProductTooMany) {
    std::string text;
    for (std::size_t i = 0; i <= limits::products_per_batch_max; ++i)
        text += "{}\n";
    const Taken taken = take(ndjson(), text);
    EXPECT_THAT(taken.result, FailsWith(ErrorCode::too_many_products));
    EXPECT_EQ(taken.items.size(), limits::products_per_batch_max);
}

TEST(IntakeOfLines, TakesAByteOrderMark) {
    const Taken taken = take(ndjson(), "\xef\xbb\xbf{\"title\":\"A\"}");
    ASSERT_EQ(taken.items.size(), 1U);
    EXPECT_EQ(taken.items[0].json, "{\"title\":\"A\"}");
    EXPECT_EQ(taken.report.encoding, "utf-8 with BOM");
}

TEST(Intake, StopsWhereTheSinkSaysSo) {
    int calls = 0;
    Intake intake(ndjson(), [&](const IntakeItem&) -> Result<void> {
        ++calls;
        return fail(ErrorCode::storage_full, "no room");
    });
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "{\"title\":\"A\"}\n";
    EXPECT_THAT(intake.feed(text), FailsWith(ErrorCode::storage_full));
    EXPECT_THAT(intake.feed(text), FailsWith(ErrorCode::storage_full));
    EXPECT_THAT(intake.finish(), FailsWith(ErrorCode::storage_full));
    EXPECT_EQ(calls, 1);
}

TEST(Intake, RefusesMoreBytesThanAllowed) {
    IntakeOptions options = ndjson();
    options.bytes_max = 10;
    EXPECT_THAT(take(options, three_lines).result, FailsWith(ErrorCode::payload_too_large));
}

TEST(Intake, NamesForeignFilesInOneSentence) {
    using namespace std::string_view_literals;
    for (const auto format : {InputFormat::csv, InputFormat::json, InputFormat::ndjson}) {
        IntakeOptions options;
        options.format = format;
        for (const std::string_view file :
             {"%PDF-1.7 ..."sv, "\x89PNG\r\n\x1a\n"sv, "\xff\xd8\xff\xe0"sv, "PK\x03\x04 xlsx"sv,
              "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "<!DOCTYPE html><html>"sv, "\x1f\x8b\x08"sv}) {
            const Taken taken = take(options, file);
            EXPECT_THAT(taken.result, FailsWith(ErrorCode::unsupported_media));
            EXPECT_FALSE(taken.result.error().remedy.empty());
        }
    }
}

TEST(IntakeOfGzip, UnpacksAnySplitOfTheBytes) {
    IntakeOptions options = ndjson();
    const Taken plain = take(options, three_lines);
    options.gzip = true;
    const std::string packed = gzip(three_lines.substr(0, 20)) + gzip(three_lines.substr(20));
    for (std::size_t at = 0; at <= packed.size(); ++at)
        EXPECT_EQ(take_split(options, packed, at), plain) << "split at " << at;
}

TEST(IntakeOfGzip, RefusesWhatIsNotGzipDamagedOrCutShort) {
    IntakeOptions options = ndjson();
    options.gzip = true;
    EXPECT_THAT(take(options, three_lines).result, FailsWith(ErrorCode::unsupported_media));
    std::string packed = gzip(three_lines);
    EXPECT_THAT(take(options, packed.substr(0, packed.size() - 4)).result,
                FailsWith(ErrorCode::unsupported_media));
    packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
    EXPECT_THAT(take(options, packed).result, FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(take(options, "").result, FailsWith(ErrorCode::empty_batch));
}

TEST(IntakeOfGzip, StopsABombAtTheLimit) {
    IntakeOptions options = ndjson();
    options.gzip = true;
    options.unpacked_bytes_max = 4 * limits::mebibyte;
    EXPECT_THAT(take(options, gzip(std::string(32 * limits::mebibyte, '\n'))).result,
                FailsWith(ErrorCode::payload_too_large));
}

TEST(IntakeOfADocument, TakesAnObjectOrAnArray) {
    const Taken array = take(json(), R"( [ {"title":"A"} , {"product_id":"b","title":"B"} ] )");
    ASSERT_THAT(array.result, IsOk());
    ASSERT_EQ(array.items.size(), 2U);
    EXPECT_EQ(array.items[1].id, "b");
    EXPECT_EQ(array.items[1].line, 0U);
    const Taken object =
        take(json(), R"({"collection_id":"c","products":[{"title":"A"}],"money_unit":"major"})");
    ASSERT_THAT(object.result, IsOk());
    EXPECT_EQ(object.items.size(), 1U);
    EXPECT_EQ(object.options.collection_id, "c");
    EXPECT_EQ(object.options.money_unit, MoneyUnit::major);
}

TEST(IntakeOfADocument, AnySplitGivesTheSameItems) {
    const std::string_view text = R"({"products":[{"title":"A"},{"title":"B\n"}],"metadata":{}})";
    const Taken whole = take(json(), text);
    for (std::size_t at = 0; at <= text.size(); ++at)
        EXPECT_EQ(take_split(json(), text, at), whole);
}

TEST(IntakeOfADocument, RefusesWholeWhatIsNotValid) {
    const auto code = [](std::string_view text) {
        const Taken taken = take(json(), text);
        EXPECT_TRUE(taken.items.empty()) << text;
        return taken.result.has_value() ? ErrorCode::internal : taken.result.error().code;
    };
    for (const std::string_view text : {"{",
                                        "[",
                                        "[1,]",
                                        "[{}",
                                        "[{}]]",
                                        "[{},]",
                                        "[{} {}]",
                                        "{\"products\":[{}]} x",
                                        "{\"products\":[{}],}",
                                        "{\"products\" [{}]}",
                                        "[{\"a\":01}]",
                                        "[{\"a\":1e400}]",
                                        "[{\"a\":18446744073709551615}]",
                                        "[{\"a\":\"\xff\"}]",
                                        "[{\"a\":\"\\u0000\"}]",
                                        "[{\"a\":\"\\ud800\"}]",
                                        "[{\"a\":\"\\udc00\"}]",
                                        "\"products\"",
                                        "17",
                                        "{]",
                                        "[}",
                                        "{\"products\":[{}}]",
                                        "{'products':[]}",
                                        "{\"products\":[{\"title\":\"A\"}],\"x\":nul}"})
        EXPECT_EQ(code(text), ErrorCode::invalid_json) << text;
    EXPECT_EQ(code(R"([{"a":1,"a":2}])"), ErrorCode::duplicate_key);
    EXPECT_EQ(code(R"({"products":[],"products":[{}]})"), ErrorCode::duplicate_key);
    EXPECT_EQ(code(R"({"metadata":{"a":1,"a":2},"products":[{}]})"), ErrorCode::duplicate_key);
    EXPECT_EQ(code(R"({"items":[{}]})"), ErrorCode::invalid_input);
    EXPECT_EQ(code(R"({"products":{}})"), ErrorCode::invalid_input);
    EXPECT_EQ(code(R"({"products":[{}],"bogus":1})"), ErrorCode::invalid_argument);
}

TEST(IntakeOfADocument, SaysWhereItIsBroken) {
    const Taken taken = take(json(), "[\n{\"title\":\"A\"},\n{\"title\" \"B\"}\n]");
    ASSERT_THAT(taken.result, FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(taken.result.error().message, ::testing::HasSubstr("line 3, column 10"));
    const Taken twice = take(json(), R"({"products":[{},{"device":{"imei":"1","imei":"2"}}]})");
    EXPECT_EQ(twice.result.error().field, "/products/1/device/imei");
}

TEST(IntakeOfADocument, KeepsTheLimitOnDepth) {
    const auto nested = [](std::size_t depth) {
        return "[{\"x\":" + std::string(depth, '[') + "1" + std::string(depth, ']') + "}]";
    };
    EXPECT_THAT(take(json(), nested(limits::json_depth_max - 1)).result, IsOk());
    EXPECT_THAT(take(json(), nested(limits::json_depth_max)).result,
                FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(take(json(), nested(100'000)).result, FailsWith(ErrorCode::invalid_json));
}

TEST(IntakeOfADocument, RefusesOneThatIsTooLarge) {
    EXPECT_THAT(take(json(), std::string(limits::json_document_bytes_max + 1, ' ')).result,
                FailsWith(ErrorCode::payload_too_large));
}

TEST(IntakeOfADocument, PointsAtTheProductInItsReport) {
    const Taken taken = take(
        json(), R"({"on_invalid":"reject","products":[{"title":"A"},{"title":"B","quantity":0}]})");
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.report.first_faults.size(), 1U);
    EXPECT_EQ(taken.report.first_faults[0].field, "/products/1/quantity");
}

TEST(IntakeOfADocument, ReadsAShopsOwnProductRecords) {
    std::ifstream file(testing::shared_data("dummyjson_products.json"), std::ios::binary);
    if (!file) GTEST_SKIP() << "the shared data is not here";
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Taken taken = take(json(), text);
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.items.size(), 194U);
    ProductParser parser;
    Product product;
    for (const auto& item : taken.items) {
        const auto fault = parser.parse(item.json, item.id, MoneyUnit::minor, product);
        EXPECT_FALSE(fault) << describe(*fault);
        EXPECT_NE(product.product_data.find("\"barcode\":"), std::string_view::npos);
        EXPECT_EQ(product.product_data.find('\n'), std::string_view::npos);
    }
}

TEST(InputFormat, IsFoundByContentTypeOrFileName) {
    EXPECT_EQ(format_of_content_type("text/csv; charset=latin1"), InputFormat::csv);
    EXPECT_EQ(format_of_content_type("Application/JSON"), InputFormat::json);
    EXPECT_EQ(format_of_content_type("application/x-ndjson"), InputFormat::ndjson);
    EXPECT_EQ(format_of_content_type("image/png"), std::nullopt);
    EXPECT_EQ(format_of_file_name("Lot 7.CSV"), InputFormat::csv);
    EXPECT_EQ(format_of_file_name("lot.tsv.gz"), InputFormat::csv);
    EXPECT_EQ(format_of_file_name("lot.jsonl"), InputFormat::ndjson);
    EXPECT_EQ(format_of_file_name("lot.json"), InputFormat::json);
    EXPECT_EQ(format_of_file_name("lot.XLSX"), InputFormat::xlsx);
    EXPECT_EQ(format_of_file_name("lot.xls"), std::nullopt);
    EXPECT_EQ(
        format_of_content_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        InputFormat::xlsx);
    EXPECT_EQ(format_of_content_type("application/octet-stream"), InputFormat::xlsx);
}

}  // namespace
}  // namespace assay::engine
