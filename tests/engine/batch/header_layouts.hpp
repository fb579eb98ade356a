// Layouts of manifests from data/layouts: their headers, what each column must be understood as,
// and rows of fitting values.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace assay::testing {

struct LayoutColumn {
    std::string header;
    std::string field;                // as in a ColumnMapping; empty: none
    bool loses = false;               // understood so, but another column fills the field
    std::vector<std::string> values;  // given by the layout; empty: made up
};

struct HeaderLayout {
    std::string name;
    std::string notation;  // us, eu, plain
    std::vector<LayoutColumn> columns;
};

// Aborts the test program on a file it cannot read: that is a fault of the test.
std::vector<HeaderLayout> read_layouts(const std::string& file_name);

// The layout with `rows` rows of fitting values, as CSV.
std::string as_csv(const HeaderLayout& layout, std::size_t rows, char delimiter);

}  // namespace assay::testing
