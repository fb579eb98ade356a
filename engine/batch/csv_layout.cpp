// Tries each delimiter and takes the one under which most headers are understood.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_layout.hpp"

#include <array>
#include <cstdint>

#include "engine/base/utf8.hpp"
#include "engine/batch/csv_reader.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

constexpr std::array<char, 4> delimiters = {',', ';', '\t', '|'};

std::string in_utf8(std::string_view cell) {
    const std::string_view text = trim_blanks(cell);
    if (is_utf8(text)) return std::string(text);
    std::string transcoded;
    append_latin1(transcoded, text);
    return transcoded;
}

// `skip`: a line that is no row of the table.
TableSample sample(std::string_view head, char delimiter, std::uint64_t skip) {
    TableSample out;
    bool full = false;
    CsvReader reader(delimiter, [&](const TableRecord& record) -> Result<void> {
        if (record.line == skip) return {};
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
        full = out.rows.size() == table_sample_rows_max;
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

bool is_surer(const HeaderPlace& a, const HeaderPlace& b) {
    return a.known != b.known ? a.known > b.known : a.width > b.width;
}

}  // namespace

Result<CsvLayout> read_csv_layout(std::string_view head,
                                  const std::vector<std::pair<std::string, std::string>>& named) {
    CsvLayout layout;
    TableSample best;
    HeaderPlace header;
    const std::string_view first = first_line(head);
    layout.says_delimiter =
        first.size() == 5 && (first.starts_with("sep=") || first.starts_with("SEP="));
    for (const char delimiter : delimiters) {
        if (layout.says_delimiter && delimiter != first[4]) continue;
        TableSample rows = sample(head, delimiter, layout.says_delimiter ? 1 : 0);
        if (rows.rows.empty()) continue;
        const HeaderPlace place = find_header(rows);
        if (!best.rows.empty() && !is_surer(place, header)) continue;
        layout.delimiter = delimiter;
        header = place;
        best = std::move(rows);
    }
    auto table = read_table_layout(best, header, {named, layout.delimiter == ';'});
    if (!table) return table.error();
    layout.table = std::move(*table);
    return layout;
}

}  // namespace assay::engine
