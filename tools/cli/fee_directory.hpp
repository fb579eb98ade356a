// The user's own fee files: every *.json of one directory, read whole before anything is analysed.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "engine/analysis/tables.hpp"
#include "engine/base/result.hpp"

namespace assay::tools {

// The shipped tables with the files of `directory` over them, in the order of their names; empty:
// the shipped ones alone. Errors: invalid_argument where it is no directory or holds no JSON file,
// payload_too_large where it is more than limits.hpp allows, invalid_input with file and place for
// what a file says.
Result<std::shared_ptr<const engine::Tables>> load_tables_with(const std::string& directory);

}  // namespace assay::tools
