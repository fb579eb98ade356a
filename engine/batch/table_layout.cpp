// Finds the header, maps its columns, and asks the values where headers are not enough.
// SPDX-License-Identifier: MIT
#include "engine/batch/table_layout.hpp"

#include <algorithm>

#include "engine/batch/csv_amount.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t preamble_rows_max = 10;  // a title, a date, an address above the table

// Votes of the cells that hold amounts.
bool writes_decimal_comma(const TableSample& sample, std::size_t header, const CsvColumns& columns,
                          bool preferred) {
    int votes = 0;
    for (const CsvField field : {CsvField::msrp, CsvField::msrp_total, CsvField::unit_cost,
                                 CsvField::cost_total, CsvField::target_price, CsvField::weight}) {
        if (!columns.has(field)) continue;
        for (std::size_t i = header + 1; i < sample.rows.size(); ++i) {
            if (columns.column(field) < sample.rows[i].size())
                votes += decimal_comma_vote(sample.rows[i][columns.column(field)]);
        }
    }
    return votes > 0 || (votes == 0 && preferred);
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
        if (i == 0 || known > best.known) best = {i, known, sample.rows[i].size()};
    }
    return best;
}

Result<TableLayout> read_table_layout(const TableSample& sample, const HeaderPlace& header,
                                      const TableHints& hints) {
    if (sample.rows.empty())
        return fail(ErrorCode::empty_batch, "holds no products", {}, "send at least one");
    TableLayout layout;
    layout.headers = sample.rows[header.row];
    layout.header_line = sample.lines[header.row];
    auto columns = map_columns(layout.headers, hints.named);
    if (!columns) return columns.error();
    layout.columns = std::move(*columns);
    const auto below = sample.rows.begin() + static_cast<std::ptrdiff_t>(header.row) + 1;
    map_by_values({below, sample.rows.end()}, layout.columns);
    layout.decimal_comma =
        writes_decimal_comma(sample, header.row, layout.columns, hints.prefers_decimal_comma);
    if (!names_products(layout.columns)) return nothing_understood(layout);
    return layout;
}

}  // namespace assay::engine
