// The option --columns of the commands that read manifests.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace assay::tools {

// Adds --columns; `given` outlives the application.
void add_column_option(CLI::App& command, std::vector<std::string>& given);

}  // namespace assay::tools
