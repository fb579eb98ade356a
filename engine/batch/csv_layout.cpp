// Tries each delimiter and takes the one under which most headers are understood.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_layout.hpp"

#include <algorithm>
#include <array>

#include "engine/base/utf8.hpp"
#include "engine/batch/csv_amount.hpp"
#include "engine/batch/csv_reader.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t sample_rows_max = 64;
constexpr std::size_t preamble_rows_max = 10;  // a title, a date, an address above the table
constexpr std::array<char, 3> delimiters = {',', ';', '\t'};

struct Sample {
    std::vector<std::vector<std::string>> rows;  // blank ones left out
    std::vector<std::uint64_t> lines;
};

std::string in_utf8(std::string_view cell) {
    const std::string_view text = trim_blanks(cell);
    if (is_utf8(text)) return std::string(text);
    std::string transcoded;
    append_latin1(transcoded, text);
    return transcoded;
}

Sample sample(std::string_view head, char delimiter) {
    Sample out;
    bool full = false;
    CsvReader reader(delimiter, [&](const CsvRecord& record) -> Result<void> {
        std::vector<std::string> row;
        bool blank = true;
        for (const std::string_view cell : record.cells) {
            row.push_back(in_utf8(cell));
            blank = blank && row.back().empty();
        }
        if (!blank) {
            out.rows.push_back(std::move(row));
            out.lines.push_back(record.line);
        }
        full = out.rows.size() == sample_rows_max;
        return full ? Result<void>(Error{}) : Result<void>();
    });
    // The error only stops the reading; the last row may be cut by the window, which does no harm.
    const auto fed = reader.feed(head);
    if (fed && !full) (void)reader.finish();
    return out;
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find_first_of("\r\n"));
}

// Votes of the cells that hold amounts.
bool writes_decimal_comma(const Sample& sample, std::size_t header, const CsvColumns& columns,
                          char delimiter) {
    int votes = 0;
    for (const CsvField field : {CsvField::msrp, CsvField::msrp_total, CsvField::unit_cost,
                                 CsvField::cost_total, CsvField::target_price, CsvField::weight}) {
        if (!columns.has(field)) continue;
        for (std::size_t i = header + 1; i < sample.rows.size(); ++i) {
            if (columns.column(field) < sample.rows[i].size())
                votes += decimal_comma_vote(sample.rows[i][columns.column(field)]);
        }
    }
    return votes > 0 || (votes == 0 && delimiter == ';');
}

Error nothing_understood(const CsvLayout& layout) {
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

Result<CsvLayout> read_csv_layout(std::string_view head,
                                  const std::vector<std::pair<std::string, std::string>>& named) {
    CsvLayout best;
    Sample best_sample;
    std::size_t best_row = 0, best_known = 0;
    bool any = false;
    const std::string_view first = first_line(head);
    const bool says = first.size() == 5 && (first.starts_with("sep=") || first.starts_with("SEP="));
    for (const char delimiter : delimiters) {
        if (says && delimiter != first[4]) continue;
        Sample rows = sample(head, delimiter);
        const std::size_t begin = says ? 1 : 0;
        const std::size_t end = std::min(rows.rows.size(), begin + preamble_rows_max);
        for (std::size_t i = begin; i < end; ++i) {
            const std::size_t known = count_known_headers(rows.rows[i]);
            const bool wider =
                known == best_known && i == begin && rows.rows[i].size() > best.headers.size();
            if (any && known <= best_known && !wider) continue;
            any = true;
            best_known = known;
            best.delimiter = delimiter;
            best.headers = rows.rows[i];
            best.header_line = rows.lines[i];
            best_sample = rows;
            best_row = i;
        }
    }
    if (!any) return fail(ErrorCode::empty_batch, "holds no products", {}, "send at least one");
    best.says_delimiter = says;
    auto columns = map_columns(best.headers, named);
    if (!columns) return columns.error();
    best.columns = std::move(*columns);
    best_sample.rows.erase(best_sample.rows.begin(),
                           best_sample.rows.begin() + static_cast<std::ptrdiff_t>(best_row) + 1);
    map_by_values(best_sample.rows, best.columns);
    best_sample.rows.insert(best_sample.rows.begin(), best.headers);
    best.decimal_comma = writes_decimal_comma(best_sample, 0, best.columns, best.delimiter);
    if (!names_products(best.columns)) return nothing_understood(best);
    return best;
}

}  // namespace assay::engine
