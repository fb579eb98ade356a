// Reads the directory, bounded, and hands its files to the tables.
// SPDX-License-Identifier: MIT
#include "tools/cli/fee_directory.hpp"

#include <fstream>
#include <utility>
#include <vector>

#include "engine/base/limits.hpp"
#include "tools/cli/json_directory.hpp"

namespace assay::tools {
namespace {

Result<NamedFile> read_brands_file(const std::string& path) {
    constexpr std::size_t most = limits::brand_file_bytes_max;
    std::ifstream file(path, std::ios::binary);
    std::string bytes(file ? most + 1 : 0, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad() || bytes.empty()) {
        return fail(ErrorCode::invalid_argument, path + ": cannot be read", "--brands",
                    R"(write it like {"brands": {"name": ["other spelling"]}})");
    }
    if (bytes.size() > most)
        return fail(ErrorCode::payload_too_large, path + ": is larger than 16 MiB", "--brands");
    return NamedFile{path, std::move(bytes)};
}

}  // namespace

Result<std::shared_ptr<const engine::Tables>> load_tables_with(const std::string& directory,
                                                               const std::string& brands_file) {
    std::vector<NamedFile> files;
    if (!directory.empty()) {
        auto read = read_json_directory(
            directory, {"fee files", "--fees",
                        "name a directory with fee files (*.json); docs/fees.md has their form",
                        limits::fee_files_max, limits::fee_file_bytes_max});
        if (!read) return std::move(read).error();
        files = *std::move(read);
    }
    if (!brands_file.empty()) {
        auto file = read_brands_file(brands_file);
        if (!file) return file.error();
        files.push_back(*std::move(file));
    }
    return engine::load_tables(views_of(files));
}

}  // namespace assay::tools
