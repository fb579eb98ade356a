// The cells of one sheet become records, as if the sheet had been saved as CSV. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch/table_record.hpp"
#include "engine/batch/xlsx_book.hpp"

namespace assay::engine {

// What happened in many cells and is told once: how often, and where first.
struct CellTally {
    std::uint64_t count = 0;
    std::string first;  // "B7"

    void add(std::string_view reference) {
        if (count++ == 0) first = reference;
    }
};

struct XlsxTallies {
    CellTally errors;      // #REF! and the like
    CellTally uncomputed;  // formulas that whoever wrote the file has not computed
    CellTally merged;      // areas of more than one row
    CellTally hidden_rows;
};

// Rows that hold something come out in order; the record's line is the row's number in the sheet,
// and its bytes are the row as RFC 4180 writes it. A row that is too long or too wide comes out
// with a fault, as from a CSV. One per reading of a sheet.
class XlsxRows final : public XmlHandler {
  public:
    struct Options {
        bool decimal_comma = false;  // as the table's texts are to be read
        std::size_t bytes_max = 0;   // of all rows: small numbers may name long texts
    };
    // False: enough was seen.
    using Sink = std::function<Result<bool>(const TableRecord&)>;

    XlsxRows(const XlsxBook& book, const Options& options, Sink sink);

    bool open(std::string_view name, const XmlAttributes& attributes) override;
    bool close(std::string_view name) override;
    bool text(std::string_view piece) override;

    // What ended the reading, if it was not the end of the sheet or the sink's false.
    const std::optional<Error>& failure() const noexcept { return failure_; }
    const XlsxTallies& tallies() const noexcept { return tallies_; }

  private:
    enum class Type : std::uint8_t { number, shared, text, boolean, error, date };
    struct Span {
        std::size_t begin = 0, end = 0;  // in bytes_
    };

    bool open_row(const XmlAttributes& attributes);
    bool open_cell(const XmlAttributes& attributes);
    bool close_cell();
    bool close_row();
    bool write_value();
    void write_line();
    bool refuse(std::string sentence);
    void fault_row(ErrorCode code, std::string sentence, std::string remedy);
    std::string place() const;  // of the current cell: "B7"

    const XlsxBook& book_;
    CellStyle style_;
    std::size_t bytes_max_;
    Sink sink_;
    XlsxTallies tallies_;
    std::optional<Error> failure_;

    bool in_cells_ = false, in_row_ = false, in_cell_ = false, in_value_ = false;
    bool sounds_ = false, has_formula_ = false;
    std::uint64_t row_ = 0;
    std::size_t next_column_ = 0, column_ = 0;
    Type type_ = Type::number;
    std::size_t format_ = 0;
    std::string value_;         // of the current cell, as stored
    std::string bytes_, line_;  // of the current row: its cells, and as CSV
    std::vector<Span> spans_;   // by column
    std::size_t rendered_ = 0;  // of all rows
    TableRecord record_;
};

}  // namespace assay::engine
