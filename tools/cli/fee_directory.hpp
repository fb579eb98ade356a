// The user's own tables: every *.json of one directory, and a file of brands, read whole at start.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "engine/analysis/tables.hpp"
#include "engine/base/result.hpp"

namespace assay::tools {

// The shipped tables with the files of `directory` over them, in the order of their names, and with
// the brands of a file in the form of data/analysis/brands.json. Empty: none of the user's own.
// Errors: invalid_argument where it is no directory or holds no JSON file, payload_too_large where
// it is more than limits.hpp allows, invalid_input with file and place for what a file says.
Result<std::shared_ptr<const engine::Tables>> load_tables_with(const std::string& directory,
                                                               const std::string& brands_file);

}  // namespace assay::tools
