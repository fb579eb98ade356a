// FIELD=HEADER,... into pairs.
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

Result<NamedColumns> parse_columns(const std::vector<std::string>& given) {
    NamedColumns columns;
    for (const std::string& one : given) {
        const std::size_t equals = one.find('=');
        if (equals == std::string::npos && !columns.empty()) {
            columns.back().second += "," + one;
        } else if (equals == 0 || equals == std::string::npos || equals + 1 == one.size()) {
            return fail(ErrorCode::invalid_argument, "'" + one + "' is no FIELD=HEADER",
                        "--columns", "write it like title='Item Desc'");
        } else {
            columns.emplace_back(one.substr(0, equals), one.substr(equals + 1));
        }
    }
    return columns;
}

}  // namespace assay::tools
