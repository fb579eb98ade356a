// Reads the directory, bounded, and hands its files to the tables.
// SPDX-License-Identifier: MIT
#include "tools/cli/fee_directory.hpp"

#include "engine/base/limits.hpp"
#include "tools/cli/json_directory.hpp"

namespace assay::tools {

Result<std::shared_ptr<const engine::Tables>> load_tables_with(const std::string& directory) {
    if (directory.empty()) return engine::load_tables();
    const auto files = read_json_directory(
        directory, {"fee files", "--fees",
                    "name a directory with fee files (*.json); docs/fees.md has their form",
                    limits::fee_files_max, limits::fee_file_bytes_max});
    if (!files) return files.error();
    return engine::load_tables(views_of(*files));
}

}  // namespace assay::tools
