// A directory of the user's own fee files: read in order of names, refused with file and reason.
// SPDX-License-Identifier: MIT
#include "tools/cli/fee_directory.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "engine/base/limits.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class FeeDirectory : public ::testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) {
        std::ofstream(directory_.path() / name, std::ios::binary) << text;
    }
    static std::string channel(const std::string& name, int ppm) {
        return R"({"channel":")" + name + R"(","marketplace":"MINE","currency":"EUR",
 "postage":{"steps":[{"amount":0}],"unknown_weight":0},
 "tables":[{"effective":"2026-01-01","percentage_code":"share",
  "standard":{"shape":"marginal","steps":[{"ppm":)" +
               std::to_string(ppm) + "}]}}]}";
    }
    auto load() const { return load_tables_with({directory_.path().string(), {}}); }

    testing::TemporaryDirectory directory_;
};

TEST_F(FeeDirectory, WithoutOneTheShippedTablesHold) {
    EXPECT_THAT(load_tables_with({}), IsOk());
}

TEST_F(FeeDirectory, LaysItsFilesOverTheShippedOnes) {
    write("b.json", channel("my_shop", 20'000));
    write("a.json", channel("ebay_de", 30'000));
    write("notes.txt", "not read");
    const auto tables = load();
    ASSERT_THAT(tables, IsOk());
    EXPECT_EQ((*tables)->find_channel("ebay_de")->tables.back().standard.steps[0].rate, 30'000);
    EXPECT_NE((*tables)->find_channel("my_shop"), nullptr);
}

TEST_F(FeeDirectory, NamesTheFileAndItsFault) {
    write("mine.json", channel("my_shop", -1));
    const auto tables = load();
    ASSERT_THAT(tables, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(tables.error().message, HasSubstr("mine.json"));
    EXPECT_THAT(tables.error().message, HasSubstr("/tables/0/standard/steps/0/ppm"));
}

TEST_F(FeeDirectory, RefusesWhatIsNoDirectoryOrHoldsNothing) {
    EXPECT_THAT(load(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(load_tables_with({(directory_.path() / "none").string(), {}}),
                FailsWith(ErrorCode::invalid_argument));
}

TEST_F(FeeDirectory, ExchangeRatesStandBesideTheFees) {
    write("rates.csv", "date,base,quote,rate\n2026-05-22,EUR,USD,1.25\n");
    const std::string rates = (directory_.path() / "rates.csv").string();
    const auto alone = load_tables_with({{}, rates});
    ASSERT_THAT(alone, IsOk());
    ASSERT_NE((*alone)->rates, nullptr);
    EXPECT_EQ((*alone)->rates->size(), 1U);
    write("mine.json", channel("my_shop", 20'000));
    const auto both = load_tables_with({directory_.path().string(), rates});
    ASSERT_THAT(both, IsOk());
    EXPECT_NE((*both)->rates, nullptr);
    EXPECT_NE((*both)->find_channel("my_shop"), nullptr);
}

TEST_F(FeeDirectory, RatesThatCannotBeReadAreNamed) {
    const auto missing = load_tables_with({{}, (directory_.path() / "none.csv").string()});
    ASSERT_THAT(missing, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(missing.error().message, HasSubstr("none.csv"));
    EXPECT_THAT(load_tables_with({{}, directory_.path().string()}),
                FailsWith(ErrorCode::invalid_argument));
    write("rates.csv", "date,base,quote,rate\n2026-05-22,EUR,USD,none\n");
    const auto wrong = load_tables_with({{}, (directory_.path() / "rates.csv").string()});
    ASSERT_THAT(wrong, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(wrong.error().message, HasSubstr("line 2"));
    write("large.csv", std::string(engine::ExchangeRates::file_bytes_max + 1, ' '));
    EXPECT_THAT(load_tables_with({{}, (directory_.path() / "large.csv").string()}),
                FailsWith(ErrorCode::payload_too_large));
}

TEST_F(FeeDirectory, AddsAFileOfBrandsToThoseThatAreKnown) {
    write("brands.json", R"({"brands": {"zarblatt": ["Z-Blatt"]}})");
    const auto tables = load_tables_with({{}, {}, (directory_.path() / "brands.json").string()});
    ASSERT_THAT(tables, IsOk());
    const std::string_view words[] = {"zblatt"};
    EXPECT_EQ((*tables)->brands.find_whole(words), "zarblatt");
    EXPECT_THAT(load_tables_with({{}, {}, (directory_.path() / "none").string()}),
                FailsWith(ErrorCode::invalid_argument));
    write("brands.json", R"({"brands": {"zarblatt": [7]}})");
    EXPECT_THAT(load_tables_with({{}, {}, (directory_.path() / "brands.json").string()}),
                FailsWith(ErrorCode::invalid_input));
}

TEST_F(FeeDirectory, AddsAFileOfWordsToThoseThatAreKnown) {
    const std::string path = (directory_.path() / "words.json").string();
    write("words.json", R"({"words": {"bundle": {"it": ["lottone"]}}})");
    const auto tables = load_tables_with({{}, {}, {}, path});
    ASSERT_THAT(tables, IsOk());
    const engine::TitleVocabulary& words = (*tables)->vocabulary;
    EXPECT_EQ(words.size(), engine::shipped_vocabulary().size() + 1);
    EXPECT_EQ(words.find(engine::word_key("lottone")), engine::Word::bundle);
    write("words.json", R"({"words": {"used": {"it": ["lot"]}}})");
    const auto refused = load_tables_with({{}, {}, {}, path});
    ASSERT_THAT(refused, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(refused.error().message, HasSubstr("words.json: /words/used/it/0 (\"lot\")"));
    write("words.json", R"({"wrods": {}})");
    const auto other = load_tables_with({{}, {}, {}, path});
    ASSERT_THAT(other, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(other.error().message, HasSubstr("words.json: has no member \"words\""));
    const auto missing = load_tables_with({{}, {}, {}, path + "x"});
    ASSERT_THAT(missing, FailsWith(ErrorCode::invalid_argument));
    EXPECT_EQ(missing.error().field, "--words");
    write("words.json", std::string(limits::brand_file_bytes_max + 1, ' '));
    EXPECT_THAT(load_tables_with({{}, {}, {}, path}), FailsWith(ErrorCode::payload_too_large));
}

TEST_F(FeeDirectory, IsBounded) {
    write("large.json", std::string(limits::fee_file_bytes_max + 1, ' '));
    EXPECT_THAT(load(), FailsWith(ErrorCode::payload_too_large));
    for (std::size_t i = 0; i <= limits::fee_files_max; ++i)
        write(std::to_string(i) + ".json", "{}");
    EXPECT_THAT(load(), FailsWith(ErrorCode::payload_too_large));
}

}  // namespace
}  // namespace assay::tools
