// Reads the directory, bounded, and hands its files to the tables.
// SPDX-License-Identifier: MIT
#include "tools/cli/fee_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "engine/base/limits.hpp"

namespace assay::tools {
namespace {

struct FeeFile {
    std::string path, bytes;
};

Error unreadable(const std::string& path, std::string message) {
    return fail(ErrorCode::invalid_argument, path + ": " + std::move(message), "--fees",
                "name a directory with fee files (*.json); docs/fees.md has their form");
}

Result<std::vector<std::string>> list_files(const std::string& directory) {
    std::error_code fault;
    std::filesystem::directory_iterator entries(directory, fault);
    if (fault) return unreadable(directory, fault.message());
    std::vector<std::string> paths;
    for (const auto& entry : entries) {
        if (entry.path().extension() == ".json" && entry.is_regular_file(fault))
            paths.push_back(entry.path().string());
    }
    if (paths.empty()) return unreadable(directory, "holds no *.json file");
    if (paths.size() > limits::fee_files_max) {
        return fail(
            ErrorCode::payload_too_large,
            directory + ": holds more than " + std::to_string(limits::fee_files_max) + " fee files",
            "--fees");
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

Result<FeeFile> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return unreadable(path, "cannot be read");
    FeeFile read{path, {std::istreambuf_iterator<char>(file), {}}};
    if (read.bytes.size() > limits::fee_file_bytes_max)
        return fail(ErrorCode::payload_too_large, path + ": is larger than 1 MiB", "--fees");
    return read;
}

Result<FeeFile> read_brands_file(const std::string& path) {
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
    return FeeFile{path, std::move(bytes)};
}

}  // namespace

Result<std::shared_ptr<const engine::Tables>> load_tables_with(const std::string& directory,
                                                               const std::string& brands_file) {
    std::vector<FeeFile> files;
    if (!directory.empty()) {
        const auto paths = list_files(directory);
        if (!paths) return paths.error();
        for (const std::string& path : *paths) {
            auto file = read_file(path);
            if (!file) return file.error();
            files.push_back(*std::move(file));
        }
    }
    if (!brands_file.empty()) {
        auto file = read_brands_file(brands_file);
        if (!file) return file.error();
        files.push_back(*std::move(file));
    }
    std::vector<embedded::EmbeddedFile> views;
    for (const FeeFile& file : files)
        views.push_back({file.path, file.bytes});
    return engine::load_tables(views);
}

}  // namespace assay::tools
