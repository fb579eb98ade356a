// Rows of text as aligned columns, for lists on a terminal.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace assay::tools {

// What a table has to fit into.
struct TableFit {
    std::size_t columns = 0;                           // of the terminal; 0: as wide as it comes
    std::initializer_list<std::size_t> may_cut = {};   // columns that give way, the last one first
    std::initializer_list<std::size_t> to_right = {};  // columns of numbers
};

// The columns that tables on standard output have; 0 where that is no terminal.
std::size_t table_columns(const CommandContext& context);

// The first row is the head. Columns are as wide as their widest cell, as a terminal shows it;
// trailing blanks are cut. Where the line is wider than the terminal, columns that may be cut give
// way down to 16 columns each; ids and numbers never do. Where that is not enough, each row becomes
// a small block: its first cell, and below it the others with their heads.
std::string aligned(const std::vector<std::vector<std::string>>& rows, const TableFit& fit = {});

}  // namespace assay::tools
