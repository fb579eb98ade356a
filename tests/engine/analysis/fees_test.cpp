// Fees: the published vectors, the shapes of schedules, and segments that agree with exact lines.
// SPDX-License-Identifier: MIT
#include "engine/analysis/fees.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using testing::flat_table;
using ::testing::IsEmpty;
using testing::official_tables;
using testing::open_end;
using testing::table_on;

MinorUnits fee(const FeeTable& table, MinorUnits price, std::string_view category = {}) {
    std::vector<FeeLine> lines;
    compute_fees(plan_fees(table, category), price, 0, lines);
    return total(lines);
}

MinorUnits net(const FeeTable& table, MinorUnits price) {
    return price - fee(table, price);
}

TEST(Fees, FollowTheOfficialVectorOfTheTableOf2024) {
    EXPECT_EQ(fee(table_on("ebay_us", "2024-06-01"), 2500), 371);
}

TEST(Fees, FollowThePublishedVectorsOfEbayUs) {
    const FeeTable& table = table_on("ebay_us", "2025-06-01");
    EXPECT_EQ(fee(table, 800), 139);
    EXPECT_EQ(fee(table, 1000), 166);
    EXPECT_EQ(fee(table, 1001), 176);
    EXPECT_EQ(fee(table, 5600), 802);
    EXPECT_EQ(fee(table, 750'000), 102'040);
    EXPECT_EQ(fee(table, 900'000), 105'565);
}

TEST(Fees, AreLinesThatRoundOneByOne) {
    std::vector<FeeLine> lines;
    const FeeTable& us = table_on("ebay_us", "2025-06-01");
    compute_fees(plan_fees(us, "Jewelry & Watches > Watches"), 602'000, 0, lines);
    EXPECT_THAT(lines, ElementsAre(FeeLine{"final_value", 47'630}, FeeLine{"per_order", 40}));
    compute_fees(plan_fees(us, ""), 4232, 0, lines);
    EXPECT_THAT(lines, ElementsAre(FeeLine{"final_value", 576}, FeeLine{"per_order", 40}));
}

TEST(Fees, OfSneakersJumpDownForTheWholeAmount) {
    FeeTable table = table_on("ebay_us", "2025-06-01");
    table.fixed.clear();  // the vector leaves the per-order fee out
    table.standard = find_schedule(table, "Athletic Shoes");
    EXPECT_EQ(net(table, 14'999), 12'959);
    EXPECT_EQ(net(table, 15'000), 13'800);
}

TEST(Fees, OfWholeSchedulesLeaveLessForMore) {
    const FeeTable clothing = flat_table(
        {FeeShape::whole, {{1500, 50'000}, {2000, 100'000}, {open_end, 170'000}}, {}, {}});
    EXPECT_EQ(net(clothing, 1500), 1425);
    EXPECT_EQ(net(clothing, 1501), 1351);
    EXPECT_EQ(net(clothing, 2000), 1800);
    EXPECT_EQ(net(clothing, 2001), 1661);
    EXPECT_LT(net(clothing, 2168), 1800);
    EXPECT_EQ(net(clothing, 2169), 1800);
}

TEST(Fees, MayBeFixedBelowAThresholdAndAShareAbove) {
    FeeTable table = flat_table({FeeShape::whole, {{1499, 0}, {open_end, 200'000}}, {}, {}});
    table.fixed.push_back({"flat", {{1499, 295}, {open_end, 0}}});
    EXPECT_EQ(net(table, 1499), 1204);
    EXPECT_EQ(net(table, 1500), 1200);
    std::vector<FeeLine> lines;
    compute_fees(plan_fees(table, ""), 1500, 0, lines);
    EXPECT_THAT(lines, ElementsAre(FeeLine{"final_value", 300}));  // no line of nothing
}

TEST(Fees, KeepToTheirMinimumAndMaximum) {
    const FeeTable table = flat_table({FeeShape::marginal, {{open_end, 80'000}}, 10, 15'000});
    EXPECT_EQ(fee(table, 100), 10);
    EXPECT_EQ(fee(table, 10'000), 800);
    EXPECT_EQ(fee(table, 10'000'000), 15'000);
}

TEST(Fees, OfEbayGermanyDependOnTheDate) {
    EXPECT_EQ(fee(table_on("ebay_de", "2026-02-11"), 5000), 550 + 35);
    EXPECT_EQ(fee(table_on("ebay_de", "2026-02-12"), 5000), 550 + 45);
    EXPECT_EQ(fee(table_on("ebay_de", "2026-02-12"), 1000), 110 + 35);
    EXPECT_EQ(fee(table_on("ebay_de", "2026-02-12"), 300'000), 21'890 + 2'020 + 45);
}

TEST(Fees, CountTheShippingThatTheBuyerPays) {
    std::vector<FeeLine> with, without;
    const FeeTable& table = table_on("ebay_de", "2026-06-01");
    compute_fees(plan_fees(table, ""), 4500, 500, with);
    compute_fees(plan_fees(table, ""), 5000, 0, without);
    EXPECT_EQ(with, without);
}

TEST(Fees, OfAPriceOfNothingAreTheFixedOnes) {
    EXPECT_EQ(fee(table_on("ebay_us", "2025-06-01"), 0), 30);
    EXPECT_EQ(fee(flat_table({FeeShape::marginal, {{open_end, 100'000}}, {}, {}}), 0), 0);
}

TEST(Fees, OfHugeAmountsDoNotOverflow) {
    EXPECT_EQ(
        fee(flat_table({FeeShape::whole, {{open_end, 1'000'000}}, {}, {}}), 1'000'000'000'000'000),
        1'000'000'000'000'000);
}

TEST(FeeCategories, AreChosenByTheDeepestPartThatSaysOne) {
    const FeeTable& table = table_on("ebay_us", "2025-06-01");
    const auto rate = [&](std::string_view category) {
        return find_schedule(table, category).steps.front().rate;
    };
    EXPECT_EQ(rate("Books"), 153'000);
    EXPECT_EQ(rate("MEDIA > books & Magazines"), 153'000);
    EXPECT_EQ(rate("Comic Books & Memorabilia"), 136'000);
    EXPECT_EQ(find_schedule(table, "Jewelry & Watches > Fine Jewelry").steps.front().up_to,
              500'000);
    EXPECT_EQ(rate("Bookshelves"), 136'000);  // whole words only
    EXPECT_EQ(rate("Video Games > Consoles"), 132'500);
    EXPECT_EQ(rate(" > > "), 136'000);
    EXPECT_EQ(rate(""), 136'000);
}

// Every shape: bends, jumps, fixed steps, minimum and maximum.
std::vector<FeeTable> shapes() {
    std::vector<FeeTable> tables;
    for (const Channel& channel : official_tables().channels)
        tables.insert(tables.end(), channel.tables.begin(), channel.tables.end());
    tables.push_back(flat_table(
        {FeeShape::whole, {{1500, 50'000}, {2000, 100'000}, {open_end, 170'000}}, 30, 90'000}));
    tables.push_back(
        flat_table({FeeShape::marginal, {{10'000, 150'000}, {open_end, 80'000}}, 30, 100'000}));
    tables.push_back(flat_table({FeeShape::whole, {{1499, 0}, {open_end, 200'000}}, 5, {}}));
    tables.back().fixed.push_back({"flat", {{1499, 295}, {open_end, 0}}});
    return tables;
}

// Every plan that a table can make: each category, each option, with and without sales tax.
std::vector<FeePlan> plans_of(const FeeTable& table) {
    std::vector<FeePlan> plans;
    std::vector<std::string> categories{""};
    for (const FeeCategory& category : table.categories)
        categories.push_back(category.matches.front());
    for (const std::string& category : categories) {
        for (std::size_t option = 0; option <= table.options.size(); ++option) {
            const std::uint32_t options =
                option == table.options.size() ? 0 : std::uint32_t{1} << option;
            plans.push_back(plan_fees(table, category, options));
            if (!table.base_includes_sales_tax) continue;
            plans.push_back(plans.back());
            plans.back().sales_tax = 72'500;
        }
    }
    return plans;
}

TEST(FeeSegments, AgreeWithTheExactLinesWithinRounding) {
    std::vector<FeeSegment> segments;
    std::vector<FeeLine> lines;
    for (const FeeTable& table : shapes()) {
        for (const FeePlan& plan : plans_of(table)) {
            fee_segments(plan, segments);
            ASSERT_FALSE(segments.empty());
            EXPECT_EQ(segments.front().from, 0);
            EXPECT_TRUE(std::isinf(segments.back().until));
            // Half a cent for each line that rounds, an option's among them, and for the tax.
            const double slack = 0.51 * static_cast<double>(3 + table.percentages.size());
            for (MinorUnits price = 0; price < 1'200'000; price += price < 26'000 ? 7 : 3'237) {
                compute_fees(plan, price, 0, lines);
                const double at = static_cast<double>(price);
                const auto segment =
                    std::find_if(segments.begin(), segments.end(),
                                 [&](const FeeSegment& s) { return at >= s.from && at < s.until; });
                ASSERT_NE(segment, segments.end()) << table.version << " at " << price;
                ASSERT_NEAR(segment->fixed + segment->rate * at, static_cast<double>(total(lines)),
                            slack)
                    << table.channel << " " << table.version << " at " << price;
                if (plan.sales_tax != 0) continue;  // whose rounding decides at a jump
                const FeeSegment around = fee_around(plan, at);
                ASSERT_NEAR(around.fixed + around.rate * at, static_cast<double>(total(lines)),
                            slack);
            }
        }
    }
}

TEST(FeeSegments, JumpAtTheFirstCentThatPaysTheNewFee) {
    std::vector<FeeSegment> segments;
    std::vector<FeeLine> lines;
    for (const FeeTable& table : shapes()) {
        for (const FeePlan& plan : plans_of(table)) {
            fee_segments(plan, segments);
            for (std::size_t i = 1; i < segments.size(); ++i) {
                const double from = segments[i].from;
                const double before = segments[i - 1].fixed + segments[i - 1].rate * from;
                const double after = segments[i].fixed + segments[i].rate * from;
                if (std::abs(after - before) < 3) continue;  // a bend
                const auto at = static_cast<MinorUnits>(from);
                ASSERT_EQ(static_cast<double>(at), from);
                compute_fees(plan, at, 0, lines);
                ASSERT_NEAR(static_cast<double>(total(lines)), after, 2) << table.channel;
                compute_fees(plan, at - 1, 0, lines);
                ASSERT_NEAR(static_cast<double>(total(lines)), before, 2) << table.channel;
            }
        }
    }
}

TEST(FeeSegments, LeaveNoGap) {
    std::vector<FeeSegment> segments;
    for (const FeeTable& table : shapes()) {
        fee_segments(plan_fees(table, "Books"), segments);
        for (std::size_t i = 1; i < segments.size(); ++i) {
            EXPECT_EQ(segments[i].from, segments[i - 1].until);
            EXPECT_LT(segments[i].from, segments[i].until);
        }
    }
}

TEST(Total, OfNoLinesIsNothing) {
    EXPECT_EQ(total({}), 0);
}

}  // namespace
}  // namespace assay::engine
