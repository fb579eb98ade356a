// The layout first, then row by row; what was noticed on the way becomes remarks.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_rows.hpp"

#include <algorithm>

#include "engine/base/utf8.hpp"
#include "engine/batch/csv_amount.hpp"
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

Result<void> CsvRows::feed(std::string_view bytes) {
    if (reader_) return reader_->feed(bytes);
    head_ += bytes;
    return head_.size() < csv_head_bytes ? Result<void>{} : begin();
}

Result<void> CsvRows::begin() {
    auto layout = read_csv_layout(std::string_view(head_).substr(0, csv_head_bytes), named_);
    if (!layout) return layout.error();
    layout_ = std::move(*layout);
    product_.emplace(*layout_);
    reader_.emplace(layout_->delimiter, [this](const CsvRecord& read) { return record(read); });
    report_.columns = layout_->columns.mapping;
    report_.delimiter = std::string(1, layout_->delimiter);
    const std::string head = std::move(head_);
    return reader_->feed(head);
}

void CsvRows::prepare(const CsvRecord& record) {
    cells_ = record.cells;
    if (!is_utf8(record.bytes)) {
        ++latin1_rows_;
        transcoded_.clear();
        transcoded_.reserve(record.bytes.size() * 3);  // so that views into it stay
        for (std::string_view& cell : cells_) {
            const std::size_t begin = transcoded_.size();
            append_latin1(transcoded_, cell);
            cell = std::string_view(transcoded_).substr(begin);
        }
    }
    for (std::string_view& cell : cells_)
        cell = trim_blanks(cell);
}

// A row that names no product and says "Total", or whose quantity is that of all rows before it.
bool CsvRows::is_total() const {
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

std::optional<Error> CsvRows::ragged() const {
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

Result<void> CsvRows::record(const CsvRecord& record) {
    if (record.line <= layout_->header_line) return {};
    prepare(record);
    const auto is_blank = [](std::string_view cell) { return cell.empty(); };
    if (!record.fault && std::all_of(cells_.begin(), cells_.end(), is_blank)) return {};
    if (!record.fault && is_total()) {
        if (totals_++ == 0) first_total_line_ = record.line;
        return {};
    }
    Row row;
    row.line = record.line;
    row.bytes = record.bytes;
    row.fault = record.fault;
    if (!row.fault) row.fault = ragged();
    if (!row.fault) {
        row.fault = product_->write(cells_, record.line, tallies_);
        row.json = product_->json();
        const std::string_view id = product_->cell(cells_, CsvField::product_id);
        if (!id.empty()) row.given_id = id;
    }
    if (row.json.size() > limits::product_bytes_max) {
        row.json = "{}";
        row.fault = fail(ErrorCode::payload_too_large, "is a row of more than 1 MiB as JSON");
    }
    return items_.put(row);
}

void CsvRows::remark() {
    std::vector<std::string>& remarks = report_.remarks;
    if (latin1_rows_ > 0) {
        report_.encoding = "latin-1";
        remarks.push_back(counted(latin1_rows_, "row") +
                          " not valid UTF-8, read as latin-1 (Windows-1252)");
    }
    const std::uint64_t preamble = layout_->header_line - 1 - (layout_->says_delimiter ? 1 : 0);
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

Result<void> CsvRows::finish() {
    if (!reader_) {
        if (auto begun = begin(); !begun) return begun;
    }
    if (auto finished = reader_->finish(); !finished) return finished;
    remark();
    return {};
}

}  // namespace assay::engine
