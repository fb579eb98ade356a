// The option and its help.
// SPDX-License-Identifier: MIT
#include "tools/cli/column_option.hpp"

#include <CLI/CLI.hpp>

namespace assay::tools {

void add_column_option(CLI::App& command, std::vector<std::string>& given) {
    command
        .add_option("--columns", given,
                    "Name columns that are not understood: title='Item Desc',msrp=RRP")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("FIELD=HEADER,...");
}

}  // namespace assay::tools
