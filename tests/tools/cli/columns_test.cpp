// `assay columns` on strings: what it shows, what it corrects, its exit codes.
// SPDX-License-Identifier: MIT
#include "tools/cli/columns.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "tests/support/manual_clock.hpp"
#include "tools/api/query.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using assay::testing::ManualClock;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr AddCommand commands[] = {add_columns};

class ColumnsTest : public ::testing::Test {
  protected:
    int run(const std::string& table, std::vector<std::string> arguments = {}, int columns = 80) {
        arguments.insert(arguments.begin(), {"columns", "-"});
        std::istringstream in(table);
        out_.str("");
        error_.str("");
        CommandContext context{in, out_, error_, clock_, random_};
        context.columns = columns;
        return run_command_line(arguments, commands, context);
    }
    boost::json::object json() { return boost::json::parse(out_.str()).as_object(); }

    std::ostringstream out_, error_;
    ManualClock clock_;
    SeededRandom random_{1};
    const std::string manifest_ =
        "Lot of May\n"
        "Artikelbezeichnung;Menge;UVP;Herkunft;Code\n"
        "Bohrmaschine mit Koffer;2;1.299,00 \xe2\x82\xac;DE;4006381333931\n"
        "Kaffeemaschine;1;99,50 \xe2\x82\xac;CN;5901234123457\n"
        "Summe;3;;;\n";
};

TEST_F(ColumnsTest, ShowsWhatEveryColumnIsAndWhy) {
    ASSERT_EQ(run(manifest_), exit_ok) << error_.str();
    EXPECT_THAT(
        out_.str(),
        AllOf(HasSubstr("2 products; utf-8, separated by semicolons, header on line 2"),
              HasSubstr("1.299,00"), HasSubstr("EUR"), HasSubstr("Artikelbezeichnung  title"),
              HasSubstr("synonym"), HasSubstr("identifiers.gtin"), HasSubstr("values"),
              HasSubstr("Not used, but kept in product_data"), HasSubstr("Herkunft"),
              HasSubstr("line 5 looks like a total")));
    EXPECT_EQ(error_.str(), "");
}

TEST_F(ColumnsTest, NoLineIsWiderThanTheTerminal) {
    for (const int width : {60, 80, 140}) {
        ASSERT_EQ(run("Title,Some header that goes on and on and on and on and on,Qty\n" +
                          std::string(300, 'x') + "," + std::string(300, 'y') + ",1\n",
                      {}, width),
                  exit_ok);
        std::istringstream lines(out_.str());
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
    }
}

TEST_F(ColumnsTest, IsOneObjectForScripts) {
    ASSERT_EQ(run(manifest_, {"--json"}), exit_ok);
    const auto object = json();
    EXPECT_EQ(object.at("products").as_int64(), 2);
    EXPECT_EQ(object.at("delimiter").as_string(), ";");
    EXPECT_EQ(object.at("header_line").as_int64(), 2);
    EXPECT_EQ(object.at("decimal_separator").as_string(), ",");
    EXPECT_EQ(object.at("dropped").as_object().at("total_rows").as_int64(), 1);
    const auto& columns = object.at("columns").as_array();
    ASSERT_EQ(columns.size(), 5U);
    EXPECT_EQ(columns[2].as_object().at("field").as_string(), "msrp");
    EXPECT_TRUE(columns[3].as_object().at("field").is_null());
    EXPECT_EQ(columns[3].as_object().at("kept_as").as_string(), "Herkunft");
    EXPECT_EQ(columns[4].as_object().at("by").as_string(), "values");
    EXPECT_EQ(object.at("unmapped").as_array().size(), 1U);
}

TEST_F(ColumnsTest, ObeysTheUser) {
    ASSERT_EQ(run(manifest_, {"--columns", "brand=Herkunft", "--json"}), exit_ok);
    const auto object = json();
    const auto& column = object.at("columns").as_array()[3].as_object();
    EXPECT_EQ(column.at("field").as_string(), "brand");
    EXPECT_EQ(column.at("by").as_string(), "user");
}

TEST_F(ColumnsTest, NamesFieldsAndHeadersWhereOneIsWrong) {
    EXPECT_EQ(run(manifest_, {"--columns", "marke=Herkunft"}), exit_failed);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("\"marke\" is not a field"), HasSubstr("brand")));
    EXPECT_EQ(run(manifest_, {"--columns", "brand=Marke"}), exit_failed);
    EXPECT_THAT(error_.str(), AllOf(HasSubstr("not a header"), HasSubstr("\"Herkunft\"")));
    EXPECT_EQ(run(manifest_, {"--columns", "brand"}), exit_usage);
}

TEST_F(ColumnsTest, ShowsATableThatCannotBeUsed) {
    EXPECT_EQ(run("Qty,Colour\n1,red\n"), exit_failed);
    EXPECT_THAT(out_.str(), HasSubstr("quantity"));
    EXPECT_THAT(error_.str(), HasSubstr("no column that looks like a title"));
}

TEST_F(ColumnsTest, LetsNoControlCharacterThrough) {
    ASSERT_EQ(run("Title,Odd\x1b[31m\nA\x1b]0;x\x07,b\n" + std::string(120, 'x') + ",c\n"), exit_ok)
        << error_.str();
    EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
}

TEST(ColumnOption, ACommaMayBePartOfAHeader) {
    const auto columns = parse_columns({"title=Name", " long", "msrp=RRP"}, "--columns");
    ASSERT_TRUE(columns);
    EXPECT_THAT(*columns, ElementsAre(Pair("title", "Name, long"), Pair("msrp", "RRP")));
    EXPECT_FALSE(parse_columns({"title"}, "--columns"));
    EXPECT_FALSE(parse_columns({"=x"}, "--columns"));
    EXPECT_FALSE(parse_columns({"title="}, "--columns"));
}

}  // namespace
}  // namespace assay::tools
