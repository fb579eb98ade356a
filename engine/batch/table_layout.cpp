// Finds the header, maps its columns, and asks the values where headers are not enough.
// SPDX-License-Identifier: MIT
#include "engine/batch/table_layout.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "engine/batch/column_values.hpp"
#include "engine/batch/csv_amount.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t preamble_rows_max = 25;  // a title, a date, an address above the table

using Rows = std::span<const std::vector<std::string>>;

// Votes of the cells that hold amounts.
bool writes_decimal_comma(Rows rows, const CsvColumns& columns, bool preferred) {
    int votes = 0;
    for (std::size_t at = 0; at < csv_field_real_count; ++at) {
        const auto field = static_cast<CsvField>(at);
        if (!columns.has(field) || (!is_amount(field) && field != CsvField::weight)) continue;
        for (const auto& row : rows) {
            if (columns.column(field) < row.size())
                votes += decimal_comma_vote(row[columns.column(field)]);
        }
    }
    return votes > 0 || (votes == 0 && preferred);
}

std::size_t filled(const std::vector<std::string>& row) {
    return static_cast<std::size_t>(std::count_if(
        row.begin(), row.end(), [](const std::string& cell) { return !cell.empty(); }));
}

// The number of filled cells that most rows have.
std::size_t usual_width(const TableSample& sample) {
    std::map<std::size_t, std::size_t> widths;
    for (const auto& row : sample.rows)
        ++widths[filled(row)];
    const auto most = std::max_element(widths.begin(), widths.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    return most->first;
}

// Numbers, identifiers, dates: what no header is made of.
bool holds_values(const std::vector<std::string>& row) {
    const auto values = look_at_values({&row, 1}, row.size());
    return std::any_of(values.begin(), values.end(), [](const ColumnValues& value) {
        return value.count(ValueKind::amount) + value.count(ValueKind::asin) +
                   value.count(ValueKind::date) + value.count(ValueKind::link) >
               0;
    });
}

// Spreadsheets write separators for columns that were only ever formatted.
void drop_empty_end(std::vector<std::string>& headers, Rows rows) {
    const auto is_empty = [&](std::size_t column) {
        return headers[column].empty() && std::all_of(rows.begin(), rows.end(), [&](auto& row) {
                   return column >= row.size() || row[column].empty();
               });
    };
    while (headers.size() > 1 && is_empty(headers.size() - 1))
        headers.pop_back();
}

Error nothing_understood(const TableLayout& layout) {
    std::string seen;
    for (const std::string& header : layout.headers)
        seen += (seen.empty() ? "\"" : ", \"") + header.substr(0, 40) + "\"";
    return fail(ErrorCode::invalid_input,
                "has no column that looks like a title or an identifier; its headers are " +
                    seen.substr(0, 500),
                {}, "name one, for example --columns title=Header, or add a header line");
}

// Whether a model stands in for the title of a table that has none.
bool names_models(const CsvColumns& columns) {
    return columns.has(CsvField::model) || columns.has(CsvField::mpn);
}

bool names_products(const CsvColumns& columns) {
    for (const CsvField field :
         {CsvField::title, CsvField::gtin, CsvField::upc, CsvField::ean, CsvField::isbn,
          CsvField::asin, CsvField::imei, CsvField::serial, CsvField::identifier}) {
        if (columns.has(field)) return true;
    }
    return false;
}

}  // namespace

HeaderPlace find_header(const TableSample& sample) {
    HeaderPlace best;
    const std::size_t end = std::min(sample.rows.size(), preamble_rows_max);
    for (std::size_t i = 0; i < end; ++i) {
        const std::size_t known = count_known_headers(sample.rows[i]);
        if (i == 0 || known > best.known) best = {i, false, known, filled(sample.rows[i])};
    }
    if (best.known > 0 || sample.rows.empty()) return best;
    // No word of it is known. The first row as wide as most is a header in another language, or the
    // first product.
    const std::size_t width = usual_width(sample);
    while (best.row + 1 < end && filled(sample.rows[best.row]) + 1 < width)
        ++best.row;
    best.width = filled(sample.rows[best.row]);
    best.missing = best.width > 1 && holds_values(sample.rows[best.row]);
    return best;
}

Result<TableLayout> read_table_layout(const TableSample& sample, const HeaderPlace& header,
                                      const TableHints& hints) {
    if (sample.rows.empty())
        return fail(ErrorCode::empty_batch, "holds no products", {}, "send at least one");
    TableLayout layout;
    const std::size_t first = header.row + (header.missing ? 0 : 1);
    const std::span<const std::vector<std::string>> rows(sample.rows);
    const std::uint64_t line = sample.lines[header.row];
    layout.header_line = header.missing ? 0 : line;
    layout.first_line = header.missing ? line : line + 1;
    layout.headers = sample.rows[header.row];
    if (header.missing) {
        for (std::size_t i = 0; i < layout.headers.size(); ++i)
            layout.headers[i] = "column " + std::to_string(i + 1);
    } else {
        drop_empty_end(layout.headers, rows.subspan(first));
    }
    auto columns = map_columns({layout.headers, header.missing}, rows.subspan(first), hints.named);
    if (!columns) return columns.error();
    layout.columns = std::move(*columns);
    layout.decimal_comma =
        writes_decimal_comma(rows.subspan(first), layout.columns, hints.prefers_decimal_comma);
    if (names_products(layout.columns)) return layout;
    if (!names_models(layout.columns)) {
        layout.fault = nothing_understood(layout);
        return layout;
    }
    layout.named_by_model = true;
    layout.columns.remarks.push_back(
        "no column is a title or an identifier: brand and model stand in for the title");
    return layout;
}

}  // namespace assay::engine
