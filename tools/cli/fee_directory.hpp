// The user's own tables: fee files, every *.json of one directory, a file of exchange rates and one
// each of brands and words; read whole before anything is analysed.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "engine/analysis/tables.hpp"
#include "engine/base/result.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

struct OwnTables {
    // Empty: none.
    std::string fees_directory = {}, rates_file = {}, brands_file = {}, words_file = {};
};
// --fees, --rates, --brands and --words, of the commands that analyse.
void add_table_options(CLI::App& command, OwnTables& own);

// The shipped tables with the fee files over them, in the order of their names, the brands and
// words added to ours, and the exchange rates beside them. Errors: invalid_argument where the
// directory is none or holds no JSON file or a file cannot be read, payload_too_large where it is
// more than limits.hpp allows, invalid_input with file and place for what a file says.
Result<std::shared_ptr<const engine::Tables>> load_tables_with(const OwnTables& own);

}  // namespace assay::tools
