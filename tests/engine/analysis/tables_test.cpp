// The shipped tables load and say what their sources say; a broken file fails with its place.
// SPDX-License-Identifier: MIT
#include "engine/analysis/tables.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>

#include "engine/analysis/table_reader.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class TablesTest : public ::testing::Test {
  protected:
    std::shared_ptr<const Tables> tables = *load_tables();
};

TEST_F(TablesTest, RecoveryOfTheWorkedLotHolds) {
    const std::map<std::string, double> expected = {
        {"Home Improvement > Power Tools", .3083}, {"Home & Garden > Outdoor Furniture", .277},
        {"Electronics > Headphones", .2345},       {"Kitchen > Small Appliances", .249},
        {"Home Improvement > Hand Tools", .3083},  {"Toys > Building Sets", .2451},
        {"Electronics > Tablets", .2345},          {"Sports > Fitness Equipment", .277},
        {"Home & Garden > Vacuum Cleaners", .277}, {"Kitchen > Cookware", .249},
        {"Electronics > Monitors", .2345},         {"Baby > Strollers", .3408},
        {"Home Improvement > Lighting", .3083},    {"Pet Supplies > Pet Beds", .3946},
        {"Electronics > Smart Home", .2345},
    };
    for (const auto& [category, rate] : expected) {
        EXPECT_EQ(tables->recovery_of(category), rate) << category;
    }
}

TEST_F(TablesTest, OneNameAloneMayBeACategory) {
    EXPECT_EQ(tables->recovery_of("Headphones"), .2027);
    EXPECT_EQ(tables->recovery_of("power tools"), .3667);
    EXPECT_EQ(tables->recovery_of("smartphones"), .1625);
    EXPECT_EQ(tables->recovery_of("Headphones > Over-Ear"), .277) << "a category is no department";
}

TEST_F(TablesTest, NamesAreFoldedAndSmallGroupsAreGlobal) {
    EXPECT_EQ(tables->recovery_of("  HOME   improvement "), .3083);
    EXPECT_EQ(tables->recovery_of("Lawn & Garden"), .4096);
    EXPECT_EQ(tables->recovery_of("home-decoration"), .3167);
    EXPECT_EQ(tables->recovery_of("KÜCHE"), .249);
    EXPECT_EQ(tables->recovery_of("Luggage"), .277) << "three items are no sample";
    EXPECT_EQ(tables->recovery_of("Sports"), .277) << "22 items are no sample";
    EXPECT_EQ(tables->recovery_of(""), .277);
    EXPECT_EQ(tables->recovery_of(" > "), .277);
    EXPECT_EQ(tables->recovery_of(std::string(5000, 'x')), .277);
    for (const RecoveryRow& row : tables->recovery) {
        EXPECT_GE(row.n, 30) << row.name;
        EXPECT_EQ(tables->recovery_of(row.name), row.rate) << row.name;
    }
}

TEST_F(TablesTest, ConditionsHoldTheirOrderAndTheFiguresOfTheirSource) {
    const auto factor = [&](Condition c) {
        return tables->condition_factors[static_cast<std::size_t>(c)];
    };
    EXPECT_EQ(factor(Condition::new_), 1.0);
    EXPECT_EQ(factor(Condition::like_new), .95);
    EXPECT_EQ(factor(Condition::new_other), .92);
    EXPECT_EQ(factor(Condition::good), .85);
    EXPECT_EQ(factor(Condition::acceptable), .75);
    EXPECT_EQ(factor(Condition::parts), .40);
    EXPECT_EQ(factor(Condition::unknown), .90);
    EXPECT_GE(factor(Condition::refurb_cert), factor(Condition::refurb_excellent));
    EXPECT_GE(factor(Condition::refurb_excellent), factor(Condition::refurb_very_good));
    EXPECT_GE(factor(Condition::refurb_very_good), factor(Condition::refurb_good));
    EXPECT_GE(factor(Condition::very_good), factor(Condition::good));
}

TEST_F(TablesTest, DefaultsOfTheFileAreThoseOfTheProgram) {
    const Defaults fresh;
    const Defaults& read = tables->defaults;
    EXPECT_EQ(read.half_life_days, fresh.half_life_days);
    EXPECT_EQ(read.prior_tau, fresh.prior_tau);
    EXPECT_EQ(read.min_roi, fresh.min_roi);
    EXPECT_EQ(read.min_confidence, fresh.min_confidence);
    EXPECT_EQ(read.shrink_below, fresh.shrink_below);
    EXPECT_EQ(read.lot_correlation, fresh.lot_correlation);
    EXPECT_EQ(tables->version, "2026-11-25");
}

TEST_F(TablesTest, ChannelsAreFoundByNameAndMarketplace) {
    ASSERT_EQ(tables->channels.size(), 10U);
    EXPECT_EQ(tables->find_channel("ebay_us"), &tables->channels[0]);
    EXPECT_EQ(tables->find_channel("EBAY_DE"), &tables->channels[1]);
    EXPECT_EQ(tables->find_channel("Mercari_US")->name, "mercari");
    EXPECT_EQ(tables->find_channel("EBAY_FR"), nullptr);
}

TEST_F(TablesTest, TheFeeTableInForceIsTheNewestNotLater) {
    using namespace std::chrono;
    const Channel* channel = tables->find_channel("ebay_de");
    EXPECT_EQ(channel->in_force(2023y / 2 / 28), nullptr);
    EXPECT_EQ(channel->in_force(2023y / 3 / 1)->version, "2023-03-01");
    EXPECT_EQ(channel->in_force(2026y / 2 / 11)->version, "2023-03-01");
    EXPECT_EQ(channel->in_force(2026y / 2 / 12)->version, "2026-02-12");
}

// The shipped files, of which a test spoils one.
class BrokenTablesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const char* name :
             {"analysis/defaults", "analysis/conditions", "analysis/recovery", "analysis/returns",
              "analysis/tax", "analysis/carriers", "analysis/variants", "analysis/brands",
              "analysis/words", "analysis/risks", "analysis/listings", "analysis/prices",
              "analysis/demand", "fees/ebay_us"}) {
            const std::string path = "data/" + std::string(name) + ".json";
            std::ifstream file(testing::source_tree() / path, std::ios::binary);
            files_[path] = {std::istreambuf_iterator<char>(file), {}};
        }
    }
    void replace(const std::string& path, const std::string& from, const std::string& to) {
        std::string& text = files_.at(path);
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
    }
    Result<std::shared_ptr<const Tables>> load() const {
        std::vector<embedded::EmbeddedFile> views;
        for (const auto& [path, bytes] : files_)
            views.push_back({path, bytes});
        return parse_tables(views);
    }
    void expect_fault(const std::string& path, const std::string& field, const std::string& says) {
        const auto tables = load();
        ASSERT_THAT(tables, FailsWith(ErrorCode::invalid_input));
        EXPECT_THAT(tables.error().message, HasSubstr(path));
        EXPECT_THAT(tables.error().message, HasSubstr(says));
        EXPECT_EQ(tables.error().field, field);
    }

    std::map<std::string, std::string> files_;
    const std::string defaults = "data/analysis/defaults.json";
    const std::string conditions = "data/analysis/conditions.json";
    const std::string recovery = "data/analysis/recovery.json";
};

TEST_F(BrokenTablesTest, WholeFilesLoad) {
    EXPECT_THAT(load(), IsOk());
}

TEST_F(BrokenTablesTest, BrokenJsonNamesFileAndLine) {
    replace(conditions, "\"factors\": {", "\"factors\": {,");
    const auto tables = load();
    ASSERT_THAT(tables, FailsWith(ErrorCode::invalid_input));
    EXPECT_THAT(tables.error().message, HasSubstr(conditions));
    EXPECT_EQ(tables.error().line, 4U);
}

TEST_F(BrokenTablesTest, TextAfterTheEndIsRefused) {
    files_[conditions] += "\n{}";
    EXPECT_THAT(load(), FailsWith(ErrorCode::invalid_input));
    files_[conditions].clear();
    EXPECT_THAT(load(), FailsWith(ErrorCode::invalid_input));
}

TEST_F(BrokenTablesTest, AMissingDefaultIsNamed) {
    replace(defaults, "\"prior_tau\"", "\"prior_tow\"");
    expect_fault(defaults, "/values/prior_tow", "is no default");
}

TEST_F(BrokenTablesTest, AValueOutOfRangeIsNamed) {
    replace(defaults, "\"match_min\": {\"value\": 0.5", "\"match_min\": {\"value\": 1.5");
    expect_fault(defaults, "/values/match_min/value", "is not a number from 0");
}

TEST_F(BrokenTablesTest, AValueOfTheWrongTypeIsNamed) {
    replace(defaults, "\"min_profit\": {\"value\": 300", "\"min_profit\": {\"value\": 300.5");
    expect_fault(defaults, "/values/min_profit/value", "is not a whole number");
}

TEST_F(BrokenTablesTest, AValueWithoutReasonIsRefused) {
    replace(conditions, "\"why\": \"the reference\", ", "");
    expect_fault(conditions, "/factors/new", "does not say why");
}

TEST_F(BrokenTablesTest, AMissingConditionIsNamed) {
    replace(conditions, "\"refurb_good\"", "\"refurb_goood\"");
    expect_fault(conditions, "/factors", "has no member \"refurb_good\"");
}

TEST_F(BrokenTablesTest, ASmallGroupIsRefused) {
    replace(recovery, "\"n\": 1937", "\"n\": 29");
    expect_fault(recovery, "/departments/0/n", "is not a whole number from 30");
}

TEST_F(BrokenTablesTest, AGroupNamedTwiceIsRefused) {
    replace(recovery, "\"name\": \"Camera\"", "\"name\": \"BISS\"");
    expect_fault(recovery, "", "names the group \"biss\" twice");
}

TEST_F(BrokenTablesTest, AMissingFileIsNamed) {
    files_.erase(recovery);
    expect_fault(recovery, "", "is missing");
}

TEST_F(BrokenTablesTest, AChannelWithTwoFilesIsRefused) {
    files_["data/fees/second.json"] = files_.at("data/fees/ebay_us.json");
    expect_fault("data/fees/second.json", "/channel", "has a file already");
}

TEST(FoldCategory, SaysWhenANameDoesNotFit) {
    char out[4];
    EXPECT_EQ(fold_category("A&B", out, 4), 5U);
    EXPECT_EQ(fold_category("a-b", out, 4), 3U);
    EXPECT_EQ(std::string_view(out, 3), "a b");
}

}  // namespace
}  // namespace assay::engine
