// The layout first, then row by row; what was noticed on the way becomes remarks.
// SPDX-License-Identifier: MIT
#include "engine/batch/table_rows.hpp"

#include <algorithm>

#include "engine/batch/csv_amount.hpp"
#include "engine/batch/header_words.hpp"
#include "engine/batch/key_table.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

constexpr auto total_words =
    make_key_table("total", "totals", "totale", "totales", "totaux", "subtotal", "grandtotal",
                   "sum", "summe", "gesamt", "gesamtsumme", "endsumme", "zwischensumme",
                   "insgesamt", "suma", "somme", "soustotal");
// What may stand beside them: "Total (15 items)", "TOTAL GENERAL".
constexpr auto beside_total = make_key_table(
    "grand", "general", "items", "item", "units", "unit", "lines", "rows", "products", "pieces",
    "pcs", "qty", "quantity", "artikel", "positionen", "stueck", "stk", "menge", "unidades",
    "articulos", "productos", "lineas", "unites", "articles", "produits", "lignes", "sous", "sub",
    "retail", "value", "cost", "msrp", "uvp", "pvp", "of", "de", "for", "lot", "pallet", "all");

bool is_total_word(std::string_view cell) {
    constexpr std::size_t longest = 40;
    if (cell.empty() || cell.size() > longest) return false;
    const char first = static_cast<char>(cell.front() | 0x20);
    if (first != 't' && first != 's' && first != 'g' && first != 'z' && first != 'i' &&
        first != 'e')
        return false;
    bool any = false;
    for (const std::string& word : split_header(cell).words) {
        const bool total = total_words.find(word) >= 0;
        if (!total && beside_total.find(word) < 0) return false;
        any = any || total;
    }
    return any;
}

constexpr CsvField naming_fields[] = {CsvField::title, CsvField::gtin,   CsvField::upc,
                                      CsvField::ean,   CsvField::isbn,   CsvField::asin,
                                      CsvField::imei,  CsvField::serial, CsvField::identifier};

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

Result<void> TableRows::begin(TableLayout layout) {
    layout_ = std::move(layout);
    product_.emplace(*layout_);
    report_.columns = layout_->columns.mapping;
    report_.header_line = layout_->header_line;
    report_.decimal_comma = layout_->decimal_comma;
    return layout_->fault ? Result<void>(*layout_->fault) : Result<void>{};
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
    if (auto begun = begin(std::move(*layout)); !begun) return begun;
    for (const Kept& kept : kept_) {
        const TableRecord record{
            kept.line, kept.bytes, {kept.cells.begin(), kept.cells.end()}, kept.fault};
        if (auto done = row(record); !done) return done;
    }
    kept_.clear();
    return {};
}

// The header again, as in files that were put together from several.
bool TableRows::repeats_header() const {
    const std::vector<std::string>& headers = layout_->headers;
    if (layout_->header_line == 0 || headers.size() < 2) return false;
    const auto same = [&](std::size_t i) {
        return i < cells_.size() && !headers[i].empty() && cells_[i] == headers[i];
    };
    if (!same(0) && !same(1)) return false;  // nearly all rows
    std::size_t equal = 0, filled = 0;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        equal += same(i) ? 1U : 0U;
        filled += i < cells_.size() && !cells_[i].empty() ? 1U : 0U;
    }
    return equal >= 2 && equal * 5 >= filled * 4;
}

// A row that names no product and says "Total", or whose quantity or retail is that of all rows
// before it.
bool TableRows::is_total() const {
    const std::size_t title = layout_->columns.column(CsvField::title);
    for (const CsvField field : naming_fields) {
        const std::string_view value = product_->cell(cells_, field);
        if (value.empty()) continue;
        if (layout_->columns.column(field) != title || !is_total_word(value)) return false;
    }
    if (std::any_of(cells_.begin(), cells_.end(), is_total_word)) return true;
    const bool names_model = !product_->cell(cells_, CsvField::model).empty() ||
                             !product_->cell(cells_, CsvField::mpn).empty();
    if (layout_->named_by_model && names_model) return false;
    constexpr std::uint64_t rows_min = 2;
    if (items_.count() < rows_min) return false;
    const std::string_view quantity = product_->cell(cells_, CsvField::quantity);
    if (!quantity.empty() && quantity == std::to_string(tallies_.quantity)) return true;
    const std::string_view retail = product_->cell(cells_, CsvField::msrp_total);
    if (retail.empty() || tallies_.retail == 0) return false;
    const auto amount = read_csv_amount(retail, layout_->decimal_comma);
    bool lost = false;
    const auto sum = amount ? parse_decimal(round_decimal(amount->decimal, 2, lost), 2)
                            : Result<MinorUnits>(Error{});
    return sum && *sum == tallies_.retail;
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
    if (record.line < layout_->first_line) return {};
    cells_ = record.cells;
    for (std::string_view& cell : cells_)
        cell = trim_blanks(cell);
    const auto is_blank = [](std::string_view cell) { return cell.empty(); };
    if (!record.fault && std::all_of(cells_.begin(), cells_.end(), is_blank)) return {};
    if (!record.fault && is_total()) {
        if (report_.dropped.totals++ == 0) first_total_line_ = record.line;
        return {};
    }
    if (!record.fault && repeats_header()) {
        if (report_.dropped.repeated_headers++ == 0) first_repeated_line_ = record.line;
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
        item.id_is_guess = layout_->columns.id_is_guess;
    }
    if (item.json.size() > limits::product_bytes_max) {
        item.json = "{}";
        item.fault = fail(ErrorCode::payload_too_large, "is a row of more than 1 MiB as JSON");
    }
    return items_.put(item);
}

void TableRows::remark(std::uint64_t lines_not_preamble) {
    std::vector<std::string>& remarks = report_.remarks;
    DroppedRows& dropped = report_.dropped;
    const std::uint64_t first =
        layout_->header_line > 0 ? layout_->header_line : layout_->first_line;
    dropped.preamble = first - 1 - lines_not_preamble;
    if (layout_->header_line == 0) {
        remarks.emplace_back(
            "there is no header line; columns are understood by their values alone");
    }
    if (dropped.preamble > 0)
        remarks.push_back(counted(dropped.preamble, "line") + " above the header left out");
    if (dropped.totals > 0) {
        remarks.push_back(
            "line " + std::to_string(first_total_line_) + " looks like a total and was left out" +
            (dropped.totals > 1 ? " (" + counted(dropped.totals, "such row") + ")" : ""));
    }
    if (dropped.repeated_headers > 0) {
        remarks.push_back("line " + std::to_string(first_repeated_line_) +
                          " repeats the header and was left out" +
                          (dropped.repeated_headers > 1
                               ? " (" + counted(dropped.repeated_headers, "such row") + ")"
                               : ""));
    }
    for (const std::string& remark : layout_->columns.remarks)
        remarks.push_back(remark);
    for (const Currency currency : tallies_.currencies)
        report_.currencies.emplace_back(currency.code());
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
