// Tries each delimiter and takes the one under which most headers are understood.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_layout.hpp"

#include <array>

#include "engine/batch/csv_sample.hpp"

namespace assay::engine {
namespace {

constexpr std::array<char, 4> delimiters = {',', ';', '\t', '|'};

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
        TableSample rows = sample_csv(head, delimiter, layout.says_delimiter ? 1 : 0);
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
