// Tests of a table's rows without any file around them: records of cells in, items out.
// SPDX-License-Identifier: MIT
#include "engine/batch/table_rows.hpp"

#include <gtest/gtest.h>

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;

// Rows as a workbook would hand them over, and the items they became.
class Table {
  public:
    Table()
        : sink_([this](const IntakeItem& item) -> Result<void> {
              items.emplace_back(item.json);
              return {};
          }),
          maker_(options_, 1, sink_, report),
          rows_(maker_, report, {}) {}

    Result<void> put(std::vector<std::string_view> cells) {
        TableRecord record;
        record.line = ++line_;
        record.bytes = "row";
        record.cells = std::move(cells);
        return rows_.put(record);
    }
    Result<void> finish() { return rows_.finish(); }

    std::vector<std::string> items;
    IntakeReport report;

  private:
    IntakeOptions options_;
    Intake::Sink sink_;
    ItemMaker maker_;
    TableRows rows_;
    std::uint64_t line_ = 0;
};

TEST(TableRows, UnderstandsAShortTableAtItsEnd) {
    Table table;
    ASSERT_THAT(table.put({"Manifest 7", ""}), IsOk());
    ASSERT_THAT(table.put({"", ""}), IsOk());
    ASSERT_THAT(table.put({"Title", "Qty"}), IsOk());
    ASSERT_THAT(table.put({"Drill", " 2 "}), IsOk());
    EXPECT_TRUE(table.items.empty()) << "nobody knows yet what the columns hold";
    ASSERT_THAT(table.finish(), IsOk());
    EXPECT_EQ(table.items, std::vector<std::string>{R"({"title":"Drill","quantity":2})"});
    EXPECT_EQ(table.report.columns.size(), 2U);
}

TEST(TableRows, StreamsOnceTheTableIsUnderstood) {
    Table table;
    ASSERT_THAT(table.put({"Title", "Qty"}), IsOk());
    for (std::size_t i = 1; i < table_sample_rows_max; ++i)
        ASSERT_THAT(table.put({"Drill", "1"}), IsOk());
    EXPECT_EQ(table.items.size(), table_sample_rows_max - 1);
    ASSERT_THAT(table.put({"Saw", "1"}), IsOk());
    EXPECT_EQ(table.items.back(), R"({"title":"Saw","quantity":1})");
    EXPECT_THAT(table.finish(), IsOk());
}

TEST(TableRows, RefusesATableWithoutRows) {
    EXPECT_THAT(Table().finish(), FailsWith(ErrorCode::empty_batch));
}

}  // namespace
}  // namespace assay::engine
