// Results as CSV for a spreadsheet: flat columns, and no cell that a spreadsheet would run.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tools/cli/result_reader.hpp"

namespace assay::tools {

// Whether results are wanted as CSV: by `format` ("csv", "ndjson"), else by the file's name.
bool is_csv(std::string_view format, std::string_view file_name) noexcept;

// Appends one cell, quoted where RFC 4180 wants it. A `foreign` text gets a ' where it, or a line
// in it, would begin a formula: = + - @ (also full-width) TAB CR, after blanks and no-break blanks.
void append_csv_cell(std::string& out, std::string_view text, bool foreign);

// Bytes in any split become lines. Lines are of at most 16 MiB; a longer one is an error,
// payload_too_large. Not thread-safe.
class LineSplitter {
  public:
    using TakeLine = std::function<Result<void>(std::string_view line)>;
    Result<void> feed(std::string_view bytes, const TakeLine& take);
    Result<void> finish(const TakeLine& take);  // a last line without its end

  private:
    std::string pending_;
};

// NDJSON result lines in, CSV out: UTF-8 with its mark, by which Excel knows it; one head; CRLF.
// Splits of the input do not matter. Not thread-safe.
class ResultsCsv {
  public:
    using Write = std::function<Result<void>(std::string_view)>;
    explicit ResultsCsv(Write write) : write_(std::move(write)) {}

    // Errors: invalid_json (with the line), payload_too_large (a line of more than 16 MiB), those
    // of `write`.
    Result<void> feed(std::string_view bytes);
    // The last line may lack its end. Without any result the head stands alone.
    Result<void> finish();

  private:
    Result<void> take_line(std::string_view line);
    Result<void> flush();
    void begin();

    Write write_;
    ResultReader reader_;
    LineSplitter splitter_;
    std::string text_;  // CSV that is not written yet
    std::uint64_t lines_ = 0;
    bool begun_ = false;
};

}  // namespace assay::tools
