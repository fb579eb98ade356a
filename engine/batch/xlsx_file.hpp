// An Excel workbook: finds the sheet that holds the table, whose rows become items. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include "engine/batch/input_reader.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/item_maker.hpp"
#include "engine/batch/table_layout.hpp"
#include "engine/batch/xlsx_rows.hpp"

namespace assay::engine {

// Holds the file, up to limits::workbook_bytes_max, for the directory of a ZIP stands at its end;
// unpacks as it reads. Takes the first visible sheet with a table, or the one that is named. What
// it is given may turn out to be another archive or an old .xls, and is then told so.
class XlsxFile final : public InputReader {
  public:
    // Of the options: the sheet, named columns, and how much may be unpacked.
    XlsxFile(ItemMaker& items, IntakeReport& report, const IntakeOptions& options)
        : items_(items), report_(report), options_(options) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    struct Table {
        const XlsxSheet* sheet = nullptr;
        TableLayout layout;
    };

    Result<TableLayout> look_at(ZipParts& parts, const XlsxBook& book,
                                const XlsxSheet& sheet) const;
    Result<Table> find_table(ZipParts& parts, const XlsxBook& book) const;
    Result<void> read(ZipParts& parts, const XlsxBook& book, Table table);
    void remark_sheets(const XlsxBook& book, const XlsxSheet& read);
    void remark_cells(const XlsxTallies& tallies);

    ItemMaker& items_;
    IntakeReport& report_;
    const IntakeOptions& options_;
    std::string bytes_;
};

}  // namespace assay::engine
