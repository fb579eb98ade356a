// Results as CSV and as a table: flat, whole, and never a formula.
// SPDX-License-Identifier: MIT
#include "tools/cli/results_csv.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"
#include "tools/cli/result_table.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using ::testing::EndsWith;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using ::testing::StartsWith;

const std::string sound =
    R"({"product_id":"a1","product_data":{"title":"Kettle, \"red\"","condition":"used",)"
    R"("quantity":2,)"
    R"("msrp":"49.90","unit_cost":{"amount":"10.00","currency":"EUR"}},"status":"completed",)"
    R"("progress":100,"result":{"fee_version":"2026-02-12","as_of":"2026-05-25T10:30:00.000Z",)"
    R"("identity":{"gtin14":"04548736112117"},"attributes":{"condition":)"
    R"("good"},"price":{"currency":"EUR","p10":3793,"p50":8184,"p90":17657,"n_used":0,)"
    R"("confidence":20,"basis":"category_prior"},"channels":[{"channel":"other","list_price":1},)"
    R"({"channel":"ebay_de","list_price":8184,"fees_total":618,"net_proceeds":6867,)"
    R"("profit_p50":-1867,"roi_p50":0.3734}],"best_channel":"ebay_de","verdict":{"decision":)"
    R"("review","score":44,"reasons":["profit_ok","roi_low"],"missing":[]}},"error":null})"
    "\n";
const std::string failed =
    R"({"product_id":"b2","product_data":{"title":"ソニー ワイヤレス","currency":"JPY"},)"
    R"("status":"failed","progress":100,"result":null,"error":{"code":"invalid_input",)"
    R"("message":"is out of range","field":"quantity"}})"
    "\n";

std::string cell(std::string_view text, bool foreign = true) {
    std::string out;
    append_csv_cell(out, text, foreign);
    return out;
}

std::string csv_of(const std::string& lines, std::size_t piece = 1'000'000) {
    std::string out;
    ResultsCsv csv([&](std::string_view text) {
        out += text;
        return Result<void>();
    });
    for (std::size_t at = 0; at < lines.size(); at += piece)
        EXPECT_THAT(csv.feed(std::string_view(lines).substr(at, piece)), IsOk());
    EXPECT_THAT(csv.finish(), IsOk());
    return out;
}

// The value below a head, by a reader of our own that knows quotes.
std::string value_of(const std::string& csv, const std::string& column, std::size_t row = 1) {
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 3; i < csv.size(); ++i) {  // behind the byte order mark
        const char c = csv[i];
        if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
            rows.back().back() += csv[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            rows.back().emplace_back();
        } else if (!quoted && c == '\r') {
            continue;
        } else if (!quoted && c == '\n') {
            rows.emplace_back(1);
        } else {
            rows.back().back() += c;
        }
    }
    const auto head = std::find(rows[0].begin(), rows[0].end(), column);
    EXPECT_NE(head, rows[0].end()) << column;
    return rows.at(row).at(static_cast<std::size_t>(head - rows[0].begin()));
}

TEST(CsvCell, DisarmsWhateverASpreadsheetWouldRun) {
    for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "\xC2\xA0=1",
                                "  \xC2\xA0 @x", "＝1+1", "＋1", "－1", "＠x"}) {
        std::string text = cell(formula);
        if (text.starts_with('"')) text.erase(0, 1);
        EXPECT_THAT(text, StartsWith("'")) << formula;
    }
    EXPECT_EQ(cell("kettle\n=1+1"), "\"kettle\n'=1+1\"");
    EXPECT_EQ(cell("kettle\r\n -1"), "\"kettle\r\n' -1\"");
    EXPECT_EQ(cell("=a\n=b"), "\"'=a\n'=b\"");
}

TEST(CsvCell, LeavesOrdinaryTextAndOurOwnNumbersAlone) {
    EXPECT_EQ(cell("Kettle 1.7 l"), "Kettle 1.7 l");
    EXPECT_EQ(cell("a=b"), "a=b");
    EXPECT_EQ(cell(""), "");
    EXPECT_EQ(cell("-18.67", false), "-18.67");
}

TEST(CsvCell, QuotesWhatWouldSplitARow) {
    EXPECT_EQ(cell("a,b"), "\"a,b\"");
    EXPECT_EQ(cell("a;b"), "\"a;b\"");
    EXPECT_EQ(cell("say \"hi\""), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(cell("a\nb"), "\"a\nb\"");
    EXPECT_EQ(cell(" a"), "\" a\"");
}

TEST(ResultsCsv, FlattensALine) {
    const std::string csv = csv_of(sound);
    EXPECT_THAT(csv, StartsWith("\xEF\xBB\xBFproduct_id,status,verdict,"));
    for (const auto& [column, expected] : {std::pair{"product_id", "a1"},
                                           {"title", "Kettle, \"red\""},
                                           {"condition", "good"},
                                           {"condition_given", "used"},
                                           {"quantity", "2"},
                                           {"gtin14", "04548736112117"},
                                           {"currency", "EUR"},
                                           {"msrp", "49.90"},
                                           {"unit_cost", "10.00"},
                                           {"price_p10", "37.93"},
                                           {"price_p50", "81.84"},
                                           {"price_p90", "176.57"},
                                           {"best_channel", "ebay_de"},
                                           {"list_price", "81.84"},
                                           {"fees", "6.18"},
                                           {"net", "68.67"},
                                           {"profit_p50", "-18.67"},
                                           {"roi_p50", "0.3734"},
                                           {"verdict", "review"},
                                           {"score", "44"},
                                           {"reasons", "profit_ok; roi_low"},
                                           {"missing", ""},
                                           {"error_code", ""}}) {
        EXPECT_EQ(value_of(csv, column), expected) << column;
    }
}

TEST(ResultsCsv, SaysWhyAProductFailed) {
    const std::string csv = csv_of(sound + failed);
    EXPECT_EQ(value_of(csv, "status", 2), "failed");
    EXPECT_EQ(value_of(csv, "error_field", 2), "quantity");
    EXPECT_EQ(value_of(csv, "error_message", 2), "is out of range");
    EXPECT_EQ(value_of(csv, "price_p50", 2), "");
}

TEST(ResultsCsv, ShowsAmountsWithTheDecimalsOfTheirCurrency) {
    const auto with = [](const char* currency) {
        return csv_of(std::string(R"({"product_id":"x","status":"completed","result":{"price":)") +
                      R"({"currency":")" + currency + R"(","p50":12345}}})" + "\n");
    };
    EXPECT_EQ(value_of(with("JPY"), "price_p50"), "12345");
    EXPECT_EQ(value_of(with("KWD"), "price_p50"), "12.345");
}

TEST(ResultsCsv, IsTheSameHoweverTheBytesAreSplit) {
    const std::string lines = sound + failed + "\n" + sound.substr(0, sound.size() - 1);
    const std::string whole = csv_of(lines);
    EXPECT_EQ(std::count(whole.begin(), whole.end(), '\n'), 4);
    for (const std::size_t piece : {1U, 2U, 7U, 100U, 1'023U})
        EXPECT_EQ(csv_of(lines, piece), whole) << piece;
}

TEST(ResultsCsv, OfNothingIsAHeadAlone) {
    EXPECT_THAT(csv_of(""), EndsWith("error_message\r\n"));
}

TEST(ResultsCsv, NamesTheLineThatIsNoResult) {
    ResultsCsv csv([](std::string_view) { return Result<void>(); });
    const auto fed = csv.feed(sound + "<html>\n");
    ASSERT_THAT(fed, FailsWith(ErrorCode::invalid_json));
    EXPECT_EQ(fed.error().line, 2U);
    EXPECT_THAT(ResultsCsv([](std::string_view) { return Result<void>(); }).feed("[1]\n"),
                FailsWith(ErrorCode::invalid_json));
}

TEST(ResultsCsv, GivesUpALineWithoutEnd) {
    ResultsCsv csv([](std::string_view) { return Result<void>(); });
    const std::string much(1U << 20, 'x');
    Result<void> fed;
    for (int i = 0; i < 20 && fed; ++i)
        fed = csv.feed(much);
    EXPECT_THAT(fed, FailsWith(ErrorCode::payload_too_large));
}

TEST(ResultsCsv, PassesOnThatNobodyReadsAnyMore) {
    ResultsCsv csv([](std::string_view) -> Result<void> {
        return fail(ErrorCode::cancelled, "the pipe is closed");
    });
    EXPECT_THAT(csv.feed(sound), IsOk()) << "it is written in larger pieces";
    EXPECT_THAT(csv.finish(), FailsWith(ErrorCode::cancelled));
}

TEST(IsCsv, IsDecidedByTheOptionElseByTheName) {
    EXPECT_TRUE(is_csv("", "r.csv"));
    EXPECT_FALSE(is_csv("", "r.ndjson"));
    EXPECT_FALSE(is_csv("", ""));
    EXPECT_TRUE(is_csv("csv", "r.txt"));
    EXPECT_FALSE(is_csv("ndjson", "r.csv"));
}

std::vector<std::string> table_of(const std::string& lines, int columns) {
    std::string out;
    ResultTable table(
        [&](std::string_view text) {
            out += text;
            return Result<void>();
        },
        {columns, false});
    EXPECT_THAT(table.feed(lines), IsOk());
    EXPECT_THAT(table.finish(), IsOk());
    std::vector<std::string> rows;
    std::istringstream stream(out);
    for (std::string row; std::getline(stream, row);)
        rows.push_back(row);
    return rows;
}

TEST(ResultTable, FitsItsTerminalWithWideTitlesToo) {
    for (const int columns : {60, 80, 100, 140, 200}) {
        const auto rows = table_of(sound + failed, columns);
        ASSERT_EQ(rows.size(), 3U);
        for (const std::string& row : rows)
            EXPECT_LT(display_width(row), static_cast<std::size_t>(columns)) << row;
    }
}

TEST(ResultTable, ShowsVerdictPriceProfitAndDoubts) {
    const auto rows = table_of(sound + failed, 140);
    EXPECT_THAT(rows[0], HasSubstr("SELLS FOR"));
    EXPECT_THAT(rows[1], StartsWith("review     Kettle, \"red\""));
    EXPECT_THAT(rows[1], HasSubstr("81.84 EUR"));
    EXPECT_THAT(rows[1], HasSubstr("-18.67 EUR"));
    EXPECT_THAT(rows[1], EndsWith("roi_low"));
    EXPECT_THAT(rows[2], StartsWith("failed"));
    EXPECT_THAT(rows[2], HasSubstr("quantity: is out of range"));
}

TEST(ResultTable, LetsNoTitleSteerTheTerminal) {
    const auto rows = table_of(
        R"({"product_id":"x","status":"completed","product_data":{"title":"a\u001b[31mb\nc"}})"
        "\n",
        80);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_THAT(rows[1], HasSubstr("a?[31mb c"));
    EXPECT_THAT(rows[1], Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace assay::tools
