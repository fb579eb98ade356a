// Reads until there are rows enough.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_sample.hpp"

#include <string>
#include <utility>
#include <vector>

#include "engine/base/utf8.hpp"
#include "engine/batch/csv_reader.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

std::string in_utf8(std::string_view cell) {
    const std::string_view text = trim_blanks(cell);
    if (is_utf8(text)) return std::string(text);
    std::string transcoded;
    append_latin1(transcoded, text);
    return transcoded;
}

}  // namespace

TableSample sample_csv(std::string_view head, char delimiter, std::uint64_t skip) {
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

}  // namespace assay::engine
