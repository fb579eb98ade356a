// The beginning of each sheet is looked at, as of a CSV; then the chosen one is read whole.
// SPDX-License-Identifier: MIT
#include "engine/batch/xlsx_file.hpp"

#include <algorithm>

#include "engine/batch/office_file.hpp"
#include "engine/batch/table_rows.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t sheets_named_max = 10;  // in one message

// Names of sheets for a message: "A", "B" (hidden) and 3 more.
std::string listed(const std::vector<const XlsxSheet*>& sheets) {
    std::string out;
    for (std::size_t i = 0; i < std::min(sheets.size(), sheets_named_max); ++i) {
        out.append(out.empty() ? "\"" : ", \"").append(sheets[i]->name).append("\"");
        if (sheets[i]->hidden) out += " (hidden)";
    }
    if (sheets.size() > sheets_named_max)
        out += " and " + std::to_string(sheets.size() - sheets_named_max) + " more";
    return out;
}

Result<void> read_sheet(ZipParts& parts, const XlsxSheet& sheet, XlsxRows& rows) {
    auto done = read_xml_part(parts, sheet.part, rows);
    return rows.failure() ? *rows.failure() : done;
}

}  // namespace

Result<void> XlsxFile::feed(std::string_view bytes) {
    if (bytes_.size() + bytes.size() > limits::workbook_bytes_max) {
        return fail(ErrorCode::payload_too_large,
                    "is a workbook or archive of more than " +
                        std::to_string(limits::workbook_bytes_max >> 20) + " MiB",
                    {}, "remove its pictures, split it, or save the table as CSV");
    }
    bytes_ += bytes;
    return {};
}

Result<void> XlsxFile::finish() {
    if (is_old_office_file(bytes_)) return old_office_file(bytes_);
    auto parts = ZipParts::open(bytes_, options_.unpacked_bytes_max);
    if (!parts) return parts.error();
    auto book = read_xlsx_book(*parts);
    if (!book) {
        return book.error().code == ErrorCode::not_found ? foreign_archive(parts->names())
                                                         : book.error();
    }
    auto table = find_table(*parts, *book);
    if (!table) return table.error();
    return read(*parts, *book, *std::move(table));
}

// How the sheet's first rows are understood; an error when they are no table.
Result<TableLayout> XlsxFile::look_at(ZipParts& parts, const XlsxBook& book,
                                      const XlsxSheet& sheet) const {
    TableSample sample;
    XlsxRows rows(book, {false, options_.unpacked_bytes_max},
                  [&](const TableRecord& record) -> Result<bool> {
                      std::vector<std::string> row;
                      for (const std::string_view cell : record.cells)
                          row.emplace_back(trim_blanks(cell));
                      sample.rows.push_back(std::move(row));
                      sample.lines.push_back(record.line);
                      return sample.rows.size() < table_sample_rows_max;
                  });
    if (auto done = read_sheet(parts, sheet, rows); !done) return done.error();
    auto layout = read_table_layout(sample, find_header(sample), {options_.columns, false});
    if (layout && layout->fault) return *layout->fault;
    if (layout && layout->header_line == sample.lines.back())
        return fail(ErrorCode::empty_batch, "holds no products", {}, "send at least one product");
    return layout;
}

Result<XlsxFile::Table> XlsxFile::find_table(ZipParts& parts, const XlsxBook& book) const {
    std::vector<const XlsxSheet*> looked_at, others;
    std::optional<Error> first;
    for (const XlsxSheet& sheet : book.sheets) {
        if (options_.sheet.empty() ? sheet.hidden : sheet.name != options_.sheet) {
            others.push_back(&sheet);
            continue;
        }
        looked_at.push_back(&sheet);
        auto layout = look_at(parts, book, sheet);
        if (layout) return Table{&sheet, *std::move(layout)};
        const ErrorCode code = layout.error().code;
        // A blank sheet, or one of notes, is passed by; what is damaged is not.
        if (code == ErrorCode::unsupported_media || code == ErrorCode::payload_too_large ||
            code == ErrorCode::not_found)
            return layout.error();
        if (!first || (first->code == ErrorCode::empty_batch && code != first->code)) {
            first = layout.error();
            first->message = "sheet \"" + sheet.name + "\" " + first->message;
        }
    }
    if (looked_at.empty() && !options_.sheet.empty()) {
        return fail(ErrorCode::invalid_argument, "has no sheet \"" + options_.sheet +
                                                     "\"; it has " +
                                                     (others.empty() ? "none" : listed(others)));
    }
    if (looked_at.empty()) {
        return fail(ErrorCode::empty_batch,
                    others.empty() ? "has no sheet with cells"
                                   : "has no visible sheet; hidden are " + listed(others),
                    {}, others.empty() ? "send at least one product" : "unhide the one to read");
    }
    Error error = *std::move(first);
    if (looked_at.size() > 1)
        error.message += "; none of its " + std::to_string(looked_at.size()) +
                         " visible sheets holds a table of products";
    if (options_.sheet.empty() && !others.empty()) error.message += "; left out: " + listed(others);
    return error;
}

Result<void> XlsxFile::read(ZipParts& parts, const XlsxBook& book, Table table) {
    report_.sheet = table.sheet->name;
    const XlsxRows::Options as{table.layout.decimal_comma, options_.unpacked_bytes_max};
    TableRows rows(items_, report_, {});
    if (auto begun = rows.begin(std::move(table.layout)); !begun) return begun;
    XlsxRows cells(book, as, [&](const TableRecord& record) -> Result<bool> {
        if (auto taken = rows.put(record); !taken) return taken.error();
        return true;
    });
    if (auto done = read_sheet(parts, *table.sheet, cells); !done) return done;
    remark_sheets(book, *table.sheet);
    if (auto finished = rows.finish(); !finished) return finished;
    remark_cells(cells.tallies());
    return {};
}

void XlsxFile::remark_sheets(const XlsxBook& book, const XlsxSheet& read) {
    std::vector<const XlsxSheet*> others;
    for (const XlsxSheet& sheet : book.sheets) {
        if (&sheet != &read) others.push_back(&sheet);
    }
    if (others.empty()) return;
    report_.remarks.push_back("read the sheet \"" + read.name + "\"; not read: " + listed(others));
}

void XlsxFile::remark_cells(const XlsxTallies& tallies) {
    const auto remark = [&](const CellTally& tally, std::string_view one, std::string_view many,
                            std::string_view rest) {
        if (tally.count == 0) return;
        report_.remarks.push_back(std::to_string(tally.count) + " " +
                                  std::string(tally.count == 1 ? one : many) + " (first " +
                                  tally.first + ") " + std::string(rest));
    };
    remark(tallies.errors, "cell", "cells", "with an error such as #N/A read as empty");
    remark(tallies.uncomputed, "formula", "formulas",
           "without a computed value read as empty; open the file in a spreadsheet and save it");
    remark(tallies.merged, "merged area", "merged areas",
           "over several rows: the value counts for the first row only");
    remark(tallies.hidden_rows, "hidden row", "hidden rows", "read like the others");
}

}  // namespace assay::engine
