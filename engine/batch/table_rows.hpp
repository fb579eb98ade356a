// Tables: rows of cells, from whichever file, become items. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/batch/csv_product.hpp"
#include "engine/batch/item_maker.hpp"
#include "engine/batch/table_layout.hpp"
#include "engine/batch/table_record.hpp"

namespace assay::engine {

// Readers of a format hand over record after record, in UTF-8, preamble and header included. The
// layout is what begin() says; a reader that has none just put()s: the first records then wait
// until there are enough of them to understand the table.
class TableRows {
  public:
    TableRows(ItemMaker& items, IntakeReport& report,
              std::vector<std::pair<std::string, std::string>> named)
        : items_(items), report_(report), hints_{std::move(named), false} {}

    // At most once, before the first put(). Errors: the layout's fault; the report then tells what
    // was understood.
    Result<void> begin(TableLayout layout);
    // Errors: those of read_table_layout, of begin() and of ItemMaker::put.
    Result<void> put(const TableRecord& record);
    // Ends the table and writes the remarks. `lines_not_preamble`: lines above the header that the
    // reader has eaten itself.
    Result<void> finish(std::uint64_t lines_not_preamble = 0);

  private:
    struct Kept {
        std::uint64_t line = 0;
        std::string bytes;
        std::vector<std::string> cells;
        std::optional<Error> fault;
    };

    Result<void> understand();
    Result<void> row(const TableRecord& record);
    bool repeats_header() const;
    bool is_total() const;
    std::optional<Error> ragged() const;
    void remark(std::uint64_t lines_not_preamble);

    ItemMaker& items_;
    IntakeReport& report_;
    TableHints hints_;
    std::vector<Kept> kept_;  // until the layout is known
    std::optional<TableLayout> layout_;
    std::optional<CsvProduct> product_;
    std::vector<std::string_view> cells_;
    CsvTallies tallies_;
    std::uint64_t first_total_line_ = 0, first_repeated_line_ = 0;
};

}  // namespace assay::engine
