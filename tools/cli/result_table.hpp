// Results as a table for a person at a terminal: verdict, title, price, profit, why.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "tools/cli/results_csv.hpp"

namespace assay::tools {

struct ResultTableStyle {
    int columns = 80;
    bool colour = false;
};

// Widths are fixed by the terminal, not by the rows, so that a table of any length streams. Not
// thread-safe.
class ResultTable {
  public:
    ResultTable(ResultsCsv::Write write, ResultTableStyle style);
    // Errors: invalid_json (with the line), those of `write`.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();

  private:
    Result<void> take_line(std::string_view line);
    std::string money(std::string_view column) const;

    ResultsCsv::Write write_;
    ResultTableStyle style_;
    std::size_t title_, reasons_;  // columns
    ResultReader reader_;
    LineSplitter splitter_;
    std::uint64_t lines_ = 0;
};

}  // namespace assay::tools
