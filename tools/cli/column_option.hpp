// The option --columns of the commands that read manifests.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace CLI {
class App;
}

namespace assay::tools {

using NamedColumns = std::vector<std::pair<std::string, std::string>>;  // field -> header

// Adds --columns; `given` outlives the application.
void add_column_option(CLI::App& command, std::vector<std::string>& given);

// What the command line split at its commas: a piece without "=" belongs to the header before it
// ("title=Name, long"). Errors: invalid_argument for what is no FIELD=HEADER.
Result<NamedColumns> parse_columns(const std::vector<std::string>& given);

}  // namespace assay::tools
