// The layout first, then row by row; what was noticed on the way becomes remarks.
// SPDX-License-Identifier: MIT
#include "engine/batch/table_rows.hpp"

#include <algorithm>

#include "engine/batch/key_table.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

constexpr auto total_words = make_key_table("total", "totals", "grandtotal", "subtotal", "sum",
                                            "summe", "gesamt", "gesamtsumme", "zwischensumme");

bool is_total_word(std::string_view cell) {
    constexpr std::size_t longest = 16;
    if (cell.empty() || cell.size() > longest) return false;
    const char first = static_cast<char>(cell.front() | 0x20);
    if (first != 't' && first != 's' && first != 'g' && first != 'z') return false;
    return total_words.find(normalise_header(cell)) >= 0;
}

constexpr CsvField naming_fields[] = {CsvField::title, CsvField::gtin,   CsvField::upc,
                                      CsvField::ean,   CsvField::isbn,   CsvField::asin,
                                      CsvField::imei,  CsvField::serial, CsvField::identifier};

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

void TableRows::begin(TableLayout layout) {
    layout_ = std::move(layout);
    product_.emplace(*layout_);
    report_.columns = layout_->columns.mapping;
}

Result<void> TableRows::put(const TableRecord& record) {
    if (layout_) return row(record);
    Kept& kept = kept_.emplace_back(Kept{record.line, std::string(record.bytes), {}, record.fault});
    for (const std::string_view cell : record.cells)
        kept.cells.emplace_back(trim_blanks(cell));
    return kept_.size() < table_sample_rows_max ? Result<void>{} : understand();
}

// Lays out the table by the records that waited, and lets them go on.
Result<void> TableRows::understand() {
    TableSample sample;
    for (const Kept& kept : kept_) {
        const auto is_blank = [](const std::string& cell) { return cell.empty(); };
        if (std::all_of(kept.cells.begin(), kept.cells.end(), is_blank)) continue;
        sample.rows.push_back(kept.cells);
        sample.lines.push_back(kept.line);
    }
    auto layout = read_table_layout(sample, find_header(sample), hints_);
    if (!layout) return layout.error();
    begin(std::move(*layout));
    for (const Kept& kept : kept_) {
        const TableRecord record{
            kept.line, kept.bytes, {kept.cells.begin(), kept.cells.end()}, kept.fault};
        if (auto done = row(record); !done) return done;
    }
    kept_.clear();
    return {};
}

// A row that names no product and says "Total", or whose quantity is that of all rows before it.
bool TableRows::is_total() const {
    const std::size_t title = layout_->columns.column(CsvField::title);
    for (const CsvField field : naming_fields) {
        const std::string_view value = product_->cell(cells_, field);
        if (value.empty()) continue;
        if (layout_->columns.column(field) != title || !is_total_word(value)) return false;
    }
    if (std::any_of(cells_.begin(), cells_.end(), is_total_word)) return true;
    const std::string_view quantity = product_->cell(cells_, CsvField::quantity);
    constexpr std::uint64_t rows_min = 2;
    return items_.count() >= rows_min && !quantity.empty() &&
           quantity == std::to_string(tallies_.quantity);
}

std::optional<Error> TableRows::ragged() const {
    const std::size_t width = layout_->headers.size();
    for (std::size_t i = width; i < cells_.size(); ++i) {
        if (cells_[i].empty()) continue;
        return fail(ErrorCode::invalid_input,
                    "has " + std::to_string(cells_.size()) + " cells where the header has " +
                        std::to_string(width),
                    {}, "put cells that hold the delimiter in quotes");
    }
    return std::nullopt;
}

Result<void> TableRows::row(const TableRecord& record) {
    if (record.line <= layout_->header_line) return {};
    cells_ = record.cells;
    for (std::string_view& cell : cells_)
        cell = trim_blanks(cell);
    const auto is_blank = [](std::string_view cell) { return cell.empty(); };
    if (!record.fault && std::all_of(cells_.begin(), cells_.end(), is_blank)) return {};
    if (!record.fault && is_total()) {
        if (totals_++ == 0) first_total_line_ = record.line;
        return {};
    }
    Row item;
    item.line = record.line;
    item.bytes = record.bytes;
    item.fault = record.fault;
    if (!item.fault) item.fault = ragged();
    if (!item.fault) {
        item.fault = product_->write(cells_, record.line, tallies_);
        item.json = product_->json();
        const std::string_view id = product_->cell(cells_, CsvField::product_id);
        if (!id.empty()) item.given_id = id;
    }
    if (item.json.size() > limits::product_bytes_max) {
        item.json = "{}";
        item.fault = fail(ErrorCode::payload_too_large, "is a row of more than 1 MiB as JSON");
    }
    return items_.put(item);
}

void TableRows::remark(std::uint64_t lines_not_preamble) {
    std::vector<std::string>& remarks = report_.remarks;
    const std::uint64_t preamble = layout_->header_line - 1 - lines_not_preamble;
    if (preamble > 0) remarks.push_back(counted(preamble, "line") + " above the header left out");
    if (totals_ > 0) {
        remarks.push_back("line " + std::to_string(first_total_line_) +
                          " looks like a total and was left out" +
                          (totals_ > 1 ? " (" + counted(totals_, "such row") + ")" : ""));
    }
    if (tallies_.totals_differ > 0) {
        remarks.push_back("in " + counted(tallies_.totals_differ, "row") +
                          " the total is not quantity x unit amount (first on line " +
                          std::to_string(tallies_.first_total_line) + "); the unit amount counts");
    }
    if (tallies_.rounded > 0) {
        remarks.push_back(counted(tallies_.rounded, "amount") +
                          " with more decimals than the currency were rounded half up");
    }
}

Result<void> TableRows::finish(std::uint64_t lines_not_preamble) {
    if (!layout_) {
        if (auto understood = understand(); !understood) return understood;
    }
    remark(lines_not_preamble);
    return {};
}

}  // namespace assay::engine
