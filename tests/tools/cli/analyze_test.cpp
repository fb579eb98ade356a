// `assay analyze` on strings: what it prints where, its exit codes, and the same bytes each time.
// SPDX-License-Identifier: MIT
#include "tools/cli/analyze.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/support/manual_clock.hpp"
#include "tests/support/schema_faults.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/xlsx_writer.hpp"
#include "tools/cli/analyze_streams.hpp"

namespace assay::tools {
namespace {

using assay::testing::ManualClock;
using assay::testing::TemporaryDirectory;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr AddCommand commands[] = {add_analyze};

class AnalyzeTest : public ::testing::Test {
  protected:
    int run(std::vector<std::string> arguments, bool terminal = false) {
        arguments.insert(arguments.begin(), "analyze");
        out_.str("");
        error_.str("");
        CommandContext context{in_, out_, error_, clock_, random_};
        context.out_is_terminal = terminal;
        return run_command_line(arguments, commands, context);
    }
    std::string file(const std::string& name, const std::string& bytes) {
        const auto path = directory_.path() / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }
    static std::string bytes_of(const std::string& path) {
        std::stringstream bytes;
        bytes << std::ifstream(path, std::ios::binary).rdbuf();
        return bytes.str();
    }
    static std::string manifest(int lines = 3) {
        std::string text = "Item Desc,QTY,CATEGORY,CURRENCY CODE,UNIT RETAIL\n";
        for (int line = 0; line < lines; ++line) {
            text += "Kettle " + std::to_string(line) + ",2,Kitchen,EUR,4" +
                    std::to_string(line % 10) + ".99\n";
        }
        return text;
    }
    // A file of the public data, or a skipped test.
    static std::string shared(const std::string& name) {
        return assay::testing::shared_data(name).string();
    }
    static std::int64_t lines_of(const std::string& text) {
        return std::count(text.begin(), text.end(), '\n');
    }

    TemporaryDirectory directory_;
    ManualClock clock_;
    SystemRandom random_;
    std::istringstream in_;
    std::ostringstream out_, error_;
};

TEST_F(AnalyzeTest, PipedItGivesOneResultLinePerProductInInputOrder) {
    ASSERT_EQ(run({file("m.csv", manifest(200))}), exit_ok) << error_.str();
    EXPECT_EQ(lines_of(out_.str()), 200);
    EXPECT_LT(out_.str().find("Kettle 63"), out_.str().find("Kettle 64"));
    EXPECT_THAT(out_.str(), StartsWith("{\"product_id\""));
}

TEST_F(AnalyzeTest, GivesTheSameBytesForAnyNumberOfThreads) {
    const std::string path = file("m.csv", manifest(1'000));
    ASSERT_EQ(run({path, "--threads", "1"}), exit_ok);
    const std::string one = out_.str();
    for (const char* threads : {"2", "8"}) {
        ASSERT_EQ(run({path, "--threads", threads}), exit_ok);
        EXPECT_TRUE(out_.str() == one) << threads << " threads";
    }
}

TEST_F(AnalyzeTest, OnATerminalTheAnswerComesFirstAndNoJson) {
    ASSERT_EQ(run({file("m.csv", manifest()), "--freight", "5", "--premium", "5%"}, true), exit_ok);
    EXPECT_THAT(out_.str(),
                AllOf(StartsWith("m.csv\n3 products, 6 units"), HasSubstr("Worth about"),
                      HasSubstr("How far to trust it"), Not(HasSubstr("{\""))));
    std::istringstream lines(out_.str());
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 80U) << line;
}

TEST_F(AnalyzeTest, TheAnswerSaysKindlyWhatKeepsLinesFromAVerdictAndSortsItsBids) {
    ASSERT_EQ(run({file("m.csv", manifest(15)), "--bid", "9000"}, true), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr("15 lines cannot be judged one by one: none names its cost"));
    EXPECT_THAT(out_.str(), HasSubstr("<- your bid\n\n"));  // the highest comes last
}

TEST_F(AnalyzeTest, AsJsonTheAnswerIsOneObjectWithTheLotsValue) {
    for (const bool terminal : {false, true}) {
        ASSERT_EQ(run({file("m.csv", manifest()), "--json", "--freight", "5"}, terminal), exit_ok);
        EXPECT_EQ(lines_of(out_.str()), 1);
        const auto answer = boost::json::parse(out_.str());
        EXPECT_EQ(answer.at("products").as_int64(), 3);
        EXPECT_EQ(answer.at("by_verdict").at("insufficient_data").as_int64(), 3);
        EXPECT_EQ(answer.at("lot").at("currency").as_string(), "EUR");
        EXPECT_EQ(answer.at("lot").at("freight").as_int64(), 500);
        EXPECT_GT(answer.at("lot").at("net").at("p50").as_int64(), 0);
        EXPECT_EQ(answer.at("expected_revenue"), answer.at("lot").at("expected_gross"));
        EXPECT_GT(answer.at("recovery_pct").to_number<double>(), 0);
        if (!answer.at("lot").at("max_bid").is_null()) {
            EXPECT_EQ(answer.at("max_bid"), answer.at("lot").at("max_bid"));
        }
    }
    ASSERT_EQ(run({file("m.csv", manifest()), "--json", "--only", "price"}), exit_ok);
    EXPECT_EQ(out_.str().find("\"lot\""), std::string::npos);
    ASSERT_EQ(run({file("c.ndjson", R"({"title":"a","unit_cost":"2.50","quantity":3})"
                                    "\n"),
                   "--json"}),
              exit_ok);
    const auto costed = boost::json::parse(out_.str());
    std::ifstream schema(assay::testing::source_tree() / "docs/schemas/summary.json");
    EXPECT_EQ(
        assay::testing::schema_faults(
            boost::json::parse(std::string{std::istreambuf_iterator<char>(schema), {}}), costed),
        "")
        << out_.str();
    EXPECT_EQ(costed.at("total_cost").as_int64(), 750);
    EXPECT_EQ(costed.at("products_with_cost").as_int64(), 1);
}

TEST_F(AnalyzeTest, OutWritesTheFileAndATerminalStillGetsTheAnswer) {
    const std::string results = (directory_.path() / "results.ndjson").string();
    ASSERT_EQ(run({file("m.csv", manifest()), "--out", results}, true), exit_ok);
    EXPECT_EQ(lines_of(bytes_of(results)), 3);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("Worth about"), HasSubstr("Results: " + results)));
    ASSERT_EQ(run({file("m.csv", manifest()), "--out", results}), exit_ok);
    EXPECT_EQ(out_.str(), "");
}

TEST_F(AnalyzeTest, ARunThatFailsLeavesTheOldResultsAndNoHalfFile) {
    const std::string results = file("results.ndjson", "old\n");
    EXPECT_EQ(run({file("empty.csv", "title,msrp\n"), "--out", results}), exit_failed);
    EXPECT_EQ(bytes_of(results), "old\n");
    EXPECT_FALSE(std::filesystem::exists(results + ".part"));
    EXPECT_THAT(error_.str(), HasSubstr("empty.csv: holds no products"));
}

TEST_F(AnalyzeTest, AFullDiskIsNamed) {
    EXPECT_EQ(run({file("m.csv", manifest(500)), "--out", "/dev/full"}), exit_failed);
    EXPECT_EQ(error_.str(), "assay: cannot write /dev/full: No space left on device\n");
}

TEST_F(AnalyzeTest, AReaderThatHasLeftIsNoFaultToTalkAbout) {
    class ClosedPipe final : public std::streambuf {
        int_type overflow(int_type) override {
            errno = EPIPE;
            return traits_type::eof();
        }
    } pipe;
    std::ostream out(&pipe);
    CommandContext context{in_, out, error_, clock_, random_};
    EXPECT_EQ(run_command_line({"analyze", file("m.csv", manifest())}, commands, context),
              exit_failed);
    EXPECT_EQ(error_.str(), "");
}

TEST_F(AnalyzeTest, ReadsStandardInputAndFindsItsFormat) {
    in_.str("{\"title\":\"Kettle\",\"msrp\":\"19.99\",\"currency\":\"EUR\"}\n");
    ASSERT_EQ(run({"-"}), exit_ok) << error_.str();
    EXPECT_EQ(lines_of(out_.str()), 1);
    EXPECT_EQ(sniff_format("[{\"title\""), engine::InputFormat::json);
    EXPECT_EQ(sniff_format("{\"title\":1}\n{\"title\":2}\n"), engine::InputFormat::ndjson);
    EXPECT_EQ(sniff_format("{\"products\":[{}]}\n"), engine::InputFormat::json);
    EXPECT_EQ(sniff_format("{\n  \"products\": ["), engine::InputFormat::json);
    EXPECT_EQ(sniff_format("title,msrp\n"), engine::InputFormat::csv);
    EXPECT_EQ(sniff_format(""), engine::InputFormat::csv);
}

TEST_F(AnalyzeTest, AWorkbookIsOneByItsBytesNotItsName) {
    const std::string table =
        assay::testing::text_rows({{"Item Desc", "MSRP"}, {"Kettle", "19.99"}});
    assay::testing::XlsxWriter writer;
    writer.sheet("Cover", assay::testing::text_rows({{"Lot 7"}})).sheet("Lot", table);
    writer.sheet("Other", assay::testing::text_rows({{"Item Desc"}, {"Pan"}, {"Pot"}}));
    for (const char* name : {"m.xlsx", "m.csv", "m", "m.json"}) {
        const std::string path = file(name, writer.bytes());
        ASSERT_EQ(run({path}), exit_ok) << name << error_.str();
        EXPECT_EQ(lines_of(out_.str()), 1) << name;
        ASSERT_EQ(run({path}, true), exit_ok) << name;
        EXPECT_THAT(out_.str(), HasSubstr("read the sheet \"Lot\"; not read: \"Cover\", "
                                          "\"Other\""));
        ASSERT_EQ(run({path, "--sheet", "Other"}), exit_ok) << name;
        EXPECT_EQ(lines_of(out_.str()), 2) << name;
    }
    in_.str(writer.bytes());
    ASSERT_EQ(run({"-"}), exit_ok) << error_.str();
    EXPECT_EQ(run({file("m.xlsx", writer.bytes()), "--sheet", "None"}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("has no sheet \"None\""));
    ASSERT_EQ(run({file("text.xlsx", manifest())}), exit_ok) << "text is read as what it is";
    EXPECT_EQ(lines_of(out_.str()), 3);
}

TEST_F(AnalyzeTest, AFileThatIsNoManifestGetsOneSentence) {
    struct Wrong {
        std::string name, bytes, tells;
    };
    for (const Wrong& wrong :
         {Wrong{"m.csv", "%PDF-1.7\n", "is a PDF"}, Wrong{"m.pdf", "%PDF-1.7\n", "is a PDF"},
          Wrong{"m.json", "\x89PNG\r\n\x1a\n", "picture"},
          Wrong{"m.ndjson",
                "\x7f"
                "ELF\x02",
                "program"},
          Wrong{"m.xls", "<html><table>", "web page"},
          Wrong{"m.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file"},
          Wrong{"m.zip", assay::testing::zip_of({{"a.jpg", ""}}), "ZIP archive"},
          Wrong{"m.ods", assay::testing::zip_of({{"content.xml", ""}}), ".ods"},
          Wrong{"m.csv", "", "is empty"}, Wrong{"m.csv", "\n\n \n", "blank lines"},
          Wrong{"m.json", "", "is empty"}, Wrong{"m.xlsx", "", "is empty"},
          Wrong{"m.bin", std::string(1000, '\1'), "binary data"}}) {
        EXPECT_EQ(run({file(wrong.name, wrong.bytes)}), exit_failed) << wrong.tells;
        EXPECT_THAT(error_.str(), HasSubstr(wrong.tells));
        EXPECT_EQ(lines_of(error_.str()), 1) << error_.str();
        EXPECT_EQ(out_.str(), "");
    }
    EXPECT_EQ(run({directory_.path().string()}), exit_failed);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("is a directory"), HasSubstr(".xlsx")));
    EXPECT_EQ(run({"/nowhere/m.csv"}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("No such file"));
}

TEST_F(AnalyzeTest, WhatIsWrongWithTheCommandIsSaidBeforeAByteIsRead) {
    const std::string path = file("m.csv", manifest());
    EXPECT_EQ(run({}), exit_usage);
    EXPECT_EQ(run({path, "--threads", "many"}), exit_usage);
    EXPECT_EQ(run({path, "--freight", "sixty"}), exit_usage);
    EXPECT_THAT(error_.str(), HasSubstr("--freight"));
    EXPECT_EQ(run({path, "--premium", "500%"}), exit_usage);
    EXPECT_EQ(run({path, "--as-of", "soon"}), exit_usage);
    EXPECT_EQ(run({path, "--only", "horoscope"}), exit_usage);
    EXPECT_THAT(error_.str(), HasSubstr("--only"));
    EXPECT_EQ(run({path, "--columns", "title"}), exit_usage);
    EXPECT_EQ(run({"/nowhere/m.csv"}), exit_failed);
    EXPECT_EQ(run({directory_.path().string()}), exit_failed);
    EXPECT_EQ(out_.str(), "");
}

TEST_F(AnalyzeTest, OnlyPrintsWhatIsNamed) {
    ASSERT_EQ(run({file("m.csv", manifest()), "--only", "price"}), exit_ok);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("\"price\":{"), Not(HasSubstr("\"verdict\":{"))));
}

TEST_F(AnalyzeTest, CopiesOfOneProductAreFoundWhereverTheyStand) {
    std::string lines = R"({"product_id":"z","title":"Philips toaster HD2590A steel"})"
                        "\n";
    for (int i = 0; i < 300; ++i) {
        lines += R"({"product_id":"p)" + std::to_string(i) + R"(","title":"Thing n)" +
                 std::to_string(i) + R"(x of kind k)" + std::to_string(i) + "y\"}\n";
    }
    lines += R"({"product_id":"b","title":"HD2590/A Philips Toaster","brand":"Philips"})"
             "\n";
    const std::string path = file("copies.ndjson", lines);
    ASSERT_EQ(run({path, "--only", "duplicates"}), exit_ok);
    EXPECT_THAT(out_.str(), StartsWith(R"({"product_id":"z")"));
    EXPECT_THAT(out_.str(), HasSubstr(R"("duplicates":{"group":"b","role":"member","of":"b",)"));
    EXPECT_THAT(out_.str(), HasSubstr(R"("duplicates":{"group":"b","role":"canonical","of":null)"));
    EXPECT_THAT(out_.str(), HasSubstr(R"("duplicates":{"group":"p7","role":"unique","of":null)"));
    ASSERT_EQ(run({path, "--json"}), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr(R"("duplicates":1,"duplicate_groups":1)"));
    ASSERT_EQ(run({path, "--only", "identity,price", "--json"}), exit_ok);
    EXPECT_THAT(out_.str(), Not(HasSubstr("duplicate")));
    ASSERT_EQ(run({path}, true), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr("1 line lists a product that another line has too."));
}

TEST_F(AnalyzeTest, AUsersBrandsAreKnown) {
    const std::string brands = file("brands.json", R"({"brands": {"zarblatt": []}})");
    const std::string path = file("one.ndjson", R"({"title":"ZARBLATT amplifier"})"
                                                "\n");
    ASSERT_EQ(run({path, "--only", "attributes", "--brands", brands}), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr(R"("brand":"zarblatt")"));
    EXPECT_EQ(run({path, "--brands", "/nowhere/brands.json"}), exit_usage);
    EXPECT_EQ(run({path, "--brands", file("bad.json", "{")}), exit_usage);
    EXPECT_THAT(error_.str(), HasSubstr("bad.json"));
}

TEST_F(AnalyzeTest, AUsersWordsAreKnownBesideOurs) {
    const std::string words = file(
        "words.json", R"({"words": {"bundle": {"it": ["lottone"]}, "used": {"it": ["usato"]}}})");
    const std::string path = file("two.ndjson", R"({"title":"LOTTONE Lego"})"
                                                "\n"
                                                R"({"title":"Konvolut Lego, usato"})"
                                                "\n");
    ASSERT_EQ(run({path, "--only", "attributes"}), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr(R"("is_bundle":false)"));
    EXPECT_THAT(out_.str(), Not(HasSubstr(R"("condition":"good")")));
    ASSERT_EQ(run({path, "--only", "attributes", "--words", words}), exit_ok);
    EXPECT_THAT(out_.str(), Not(HasSubstr(R"("is_bundle":false)")));
    EXPECT_THAT(out_.str(), HasSubstr(R"("condition":"good")"));
    EXPECT_EQ(run({path, "--words", "/nowhere/words.json"}), exit_usage);
    EXPECT_THAT(error_.str(), HasSubstr("write it like {\"words\": "));
    EXPECT_EQ(run({path, "--words", file("bad.json", R"({"words": {"bundel": {"it": ["a"]}}})")}),
              exit_usage);
    EXPECT_THAT(error_.str(),
                HasSubstr("bad.json: /words/bundel is no meaning of a word; known are"));
}

TEST_F(AnalyzeTest, ATitleCannotSteerTheTerminal) {
    const std::string title = "Kettle \\u001b[31m red";
    const std::string path = file("m.ndjson", "{\"title\":\"" + title +
                                                  "\",\"msrp\":\"99.99\",\"currency\":\"EUR\","
                                                  "\"category\":\"Kitchen\"}\n");
    ASSERT_EQ(run({path}, true), exit_ok);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("Kettle ?[31m red"), Not(HasSubstr("\x1b"))));
}

TEST_F(AnalyzeTest, BadProductsAreNamedAndDoNotSpoilTheRest) {
    const std::string path = file("m.ndjson",
                                  "{\"title\":\"Kettle\",\"msrp\":\"99.99\",\"currency\":\"EUR\"}\n"
                                  "{\"title\":\n");
    ASSERT_EQ(run({path}, true), exit_ok);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("1 product failed"), HasSubstr("  - line 2: "),
                                  HasSubstr("Worth about")));
}

TEST_F(AnalyzeTest, TheWorkedExampleComesOutWithinThreePercent) {
    const std::string path = shared("eu_bstock_sample_manifest.csv");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the public data is not here";
    ASSERT_EQ(run({path, "--freight", "60", "--premium", "5%", "--bid", "400"}, true), exit_ok);
    const auto number_behind = [this](const std::string& words) {
        const std::string text = out_.str();
        const std::size_t at = text.find(words);
        if (at == std::string::npos) return 0.0;
        std::string digits = text.substr(at + words.size(), 6);
        digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
        return std::strtod(digits.c_str(), nullptr);
    };
    EXPECT_NEAR(number_behind("Worth about "), 586, 586 * 0.03);
    EXPECT_NEAR(number_behind("brings less than "), 293, 293 * 0.03);
    EXPECT_NEAR(number_behind("Bid at most "), 230, 230 * 0.03);
    EXPECT_THAT(out_.str(), HasSubstr("your bid"));
}

TEST_F(AnalyzeTest, AShopsProductListGivesALineForEach) {
    const std::string path = shared("dummyjson_products.json");
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the public data is not here";
    ASSERT_EQ(run({path}), exit_ok) << error_.str();
    EXPECT_EQ(lines_of(out_.str()), 194);
}

TEST_F(AnalyzeTest, PricesComeFromOnesOwnSales) {
    const std::string lot = file("lot.csv", "Title,EAN,Currency\nPens,4006381333931,EUR\n");
    ASSERT_EQ(run({lot}), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr(R"("p50":null)"));
    std::string sales = "Verkaufspreis;EAN;Titel\n";
    for (int i = 0; i < 9; ++i)
        sales += "12,00 EUR;4006381333931;Pens\n";
    const std::string sold = file("sold.csv", sales + "gratis;4006381333931;Pens\n");
    ASSERT_EQ(run({lot, "--comps", sold}), exit_ok) << error_.str();
    EXPECT_THAT(out_.str(), HasSubstr(R"("p50":1200)"));
    EXPECT_THAT(out_.str(), HasSubstr(R"("source":"comps_book","rule":"gtin","detail":"9 rows)"));
    EXPECT_THAT(error_.str(), HasSubstr("9 sold prices of 1 product"));
    EXPECT_THAT(error_.str(), HasSubstr("1 row left out:\n    line 11: Verkaufspreis: is not an"));
}

TEST_F(AnalyzeTest, WithOnesOwnSalesTheBytesAreTheSameForAnyNumberOfThreads) {
    std::string lot = "Title,Brand,Model,Currency\n", sales = "Brand,Model,Price,Currency\n";
    for (int i = 0; i < 1'000; ++i) {
        const std::string name = "Acme,K-" + std::to_string(100 + i % 90) + ",";
        lot += "Kettle," + name + "EUR\n";
        sales += name + std::to_string(10 + i % 7) + ".50,EUR\n";
    }
    const std::string manifest = file("lot.csv", lot), sold = file("sold.csv", sales);
    ASSERT_EQ(run({manifest, "--comps", sold, "--threads", "1"}), exit_ok);
    const std::string one = out_.str();
    EXPECT_THAT(one, HasSubstr("comps_book"));
    for (const char* threads : {"2", "8"}) {
        ASSERT_EQ(run({manifest, "--comps", sold, "--threads", threads}), exit_ok);
        EXPECT_TRUE(out_.str() == one) << threads << " threads";
    }
}

TEST_F(AnalyzeTest, SoldPricesThatCannotBeReadGetOneSentence) {
    const std::string lot = file("lot.csv", manifest());
    EXPECT_EQ(run({lot, "--comps", (directory_.path() / "none.csv").string()}), exit_failed);
    EXPECT_EQ(run({lot, "--comps", directory_.path().string()}), exit_failed);
    EXPECT_EQ(run({lot, "--comps", file("x.csv", "%PDF-1.7")}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("x.csv is a PDF, not a list of sold prices"));
    EXPECT_EQ(run({lot, "--comps", lot}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("no column that holds a price"));
    const std::string odd = file("odd.csv", "Code,Betrag X\n4006381333931,5\n");
    EXPECT_EQ(run({lot, "--comps", odd}), exit_failed);
    EXPECT_EQ(run({lot, "--comps", odd, "--comps-columns", "price=Betrag X,ean=Code",
                   "--comps-currency", "EUR"}),
              exit_ok)
        << error_.str();
    EXPECT_EQ(run({lot, "--comps", odd, "--comps-currency", "XXZ"}), exit_failed);
    EXPECT_THAT(out_.str(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace assay::tools
