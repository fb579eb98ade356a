// Rows of text as aligned columns, for lists on a terminal.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace assay::tools {

// The first row is the head. Columns are as wide as their widest cell (in code points); trailing
// blanks are cut.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace assay::tools
