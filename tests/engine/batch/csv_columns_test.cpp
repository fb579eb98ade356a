// Whole layouts of manifests: how many of their columns are understood rightly, and that none goes
// missing.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_columns.hpp"

#include <gmock/gmock.h>

#include <iostream>

#include "engine/batch/intake.hpp"
#include "tests/engine/batch/header_layouts.hpp"
#include "tests/engine/batch/taken_items.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using ::testing::HasSubstr;
using testing::HeaderLayout;
using testing::IsOk;
using testing::LayoutColumn;
using testing::Taken;

constexpr std::size_t rows = 8;

Taken take_layout(const HeaderLayout& layout) {
    IntakeOptions options;
    options.format = InputFormat::csv;
    options.check_products = true;
    return testing::take(options, testing::as_csv(layout, rows, ';'));
}

bool is_right(const LayoutColumn& wanted, const ColumnMapping& found) {
    if (wanted.loses) return found.field.empty() && found.meaning == wanted.field;
    return found.field == wanted.field;
}

std::string told(const HeaderLayout& layout, const LayoutColumn& wanted,
                 const ColumnMapping& found) {
    return layout.name + ": \"" + wanted.header + "\" is " +
           (wanted.field.empty() ? "nothing" : wanted.field) + (wanted.loses ? " (loses)" : "") +
           ", understood as " + (found.field.empty() ? "nothing" : found.field) + " (" +
           found.meaning + ", " + std::string(to_string(found.by)) + ": " + found.why + ")\n";
}

// No cell that holds something is lost: it fills a field or is kept under the column's own key.
void nothing_is_dropped(const HeaderLayout& layout, const Taken& taken) {
    ASSERT_EQ(taken.report.columns.size(), layout.columns.size()) << layout.name;
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const ColumnMapping& column = taken.report.columns[i];
        EXPECT_FALSE(column.why.empty()) << layout.name << ": " << column.header;
        if (!column.field.empty()) continue;
        EXPECT_FALSE(column.kept_as.empty()) << layout.name << ": " << column.header;
        EXPECT_THAT(taken.items[0].json, HasSubstr("\"" + column.kept_as + "\":")) << layout.name;
    }
}

struct Score {
    std::size_t layouts = 0, whole = 0, columns = 0, right = 0;
    std::string wrong;
};

Score score(const std::string& file) {
    Score score;
    for (const HeaderLayout& layout : testing::read_layouts(file)) {
        const Taken taken = take_layout(layout);
        EXPECT_THAT(taken.result, IsOk()) << layout.name;
        EXPECT_EQ(taken.items.size(), rows) << layout.name;
        if (!taken.result || taken.items.empty()) continue;
        EXPECT_EQ(taken.report.faults, 0U)
            << layout.name << ": " << describe(taken.report.first_faults.at(0));
        nothing_is_dropped(layout, taken);
        std::size_t right = 0;
        for (std::size_t i = 0; i < layout.columns.size(); ++i) {
            const bool fits = is_right(layout.columns[i], taken.report.columns[i]);
            right += fits ? 1U : 0U;
            if (!fits) score.wrong += told(layout, layout.columns[i], taken.report.columns[i]);
        }
        ++score.layouts;
        score.whole += right == layout.columns.size() ? 1U : 0U;
        score.columns += layout.columns.size();
        score.right += right;
    }
    std::cout << file << ": " << score.right << " of " << score.columns << " columns, "
              << score.whole << " of " << score.layouts << " layouts whole\n"
              << score.wrong;
    return score;
}

TEST(Layouts, WithoutTitleOrIdentifierBrandAndModelNameTheProduct) {
    IntakeOptions options;
    options.format = InputFormat::csv;
    const Taken taken = testing::take(options,
                                      "Brand,Model,Storage,Qty\n"
                                      "Auralon,WH200,64GB,3\n"
                                      "Keyra,Keyra K87,,1\n");
    ASSERT_THAT(taken.result, IsOk());
    ASSERT_EQ(taken.items.size(), 2U);
    EXPECT_THAT(taken.items[0].json, HasSubstr(R"("title":"Auralon WH200 64GB")"));
    EXPECT_THAT(taken.items[1].json, HasSubstr(R"("title":"Keyra K87")"));
    EXPECT_THAT(taken.report.remarks, ::testing::Contains(HasSubstr("stand in for the title")));
}

TEST(Layouts, KnownOnesAreUnderstood) {
    const Score known = score("known.txt");
    EXPECT_GE(known.layouts, 40U);
    EXPECT_GE(known.right * 100, known.columns * 98) << known.wrong;
}

TEST(Layouts, OnesThatWereWrittenDownAfterTheRulesAreUnderstoodToo) {
    for (const char* file : {"unseen.txt", "second.txt", "third.txt", "fourth.txt", "fifth.txt",
                             "sixth.txt", "seventh.txt", "eighth.txt"}) {
        const Score unseen = score(file);
        EXPECT_GE(unseen.layouts, 30U);
        EXPECT_GE(unseen.right * 100, unseen.columns * 98) << unseen.wrong;
    }
}

}  // namespace
}  // namespace assay::engine
