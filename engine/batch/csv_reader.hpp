// RFC 4180 as the world writes it: bytes in, records of cells out. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/batch/table_record.hpp"

namespace assay::engine {

// Our own reader and not libcsv, because it hands out views instead of copying every cell through a
// callback, knows the line of each record, and bounds a record (libcsv's buffer grows with a quote
// that is never closed).
//
// Beyond the RFC: LF, CRLF and CR end a record; a quote inside a quoted cell that is not followed
// by a delimiter, blanks and a delimiter, or a line end is a plain one ("Monitor 27" black"); a
// quote inside an unquoted cell too. A record over limits::product_bytes_max fails, and reading
// goes on at the next line end behind that many bytes. Any split of the bytes gives the same
// records.
class CsvReader {
  public:
    // The record and its views live for the call.
    using Sink = std::function<Result<void>(const TableRecord&)>;

    CsvReader(char delimiter, Sink sink);

    Result<void> feed(std::string_view bytes);
    Result<void> finish();

  private:
    enum class State : std::uint8_t { cell_start, plain, quoted, after_quote, skipping };
    struct Cell {
        std::size_t begin = 0, end = 0;  // in buffer_
        bool has_quotes = false;         // inner quotes that decoding halves
    };

    Result<void> scan();
    bool scan_quoted(char c);
    void end_cell(std::size_t end);
    Result<void> end_record(std::size_t end);
    Result<void> cut_record();
    Result<void> emit(std::size_t end);
    void start_record(std::size_t at);
    void decode();

    char delimiter_;
    Sink sink_;
    std::string buffer_;      // from the start of the record that is being read
    std::size_t record_ = 0;  // where it starts in buffer_
    std::size_t at_ = 0;      // the next byte to look at
    State state_ = State::cell_start;
    bool skip_line_feed_ = false;  // the last byte was the CR of a line end
    std::size_t cell_begin_ = 0;
    std::size_t quote_ = 0;  // the quote that may close the cell
    bool blank_after_quote_ = false;
    bool cell_has_quotes_ = false;
    std::size_t cell_count_ = 0;
    std::vector<Cell> cells_;
    std::uint64_t line_ = 1;
    std::string decoded_;
    TableRecord out_;
};

}  // namespace assay::engine
