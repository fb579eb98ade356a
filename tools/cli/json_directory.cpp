// A directory of the user's own JSON files.
// SPDX-License-Identifier: MIT
#include "tools/cli/json_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace assay::tools {
namespace {

Error unreadable(const std::string& path, std::string message, const JsonDirectoryRules& rules) {
    return fail(ErrorCode::invalid_argument, path + ": " + std::move(message), rules.option,
                rules.remedy);
}

Error too_large(std::string message, const JsonDirectoryRules& rules) {
    return fail(ErrorCode::payload_too_large, std::move(message), rules.option);
}

Result<std::vector<std::string>> list_files(const std::string& directory,
                                            const JsonDirectoryRules& rules) {
    std::error_code fault;
    std::filesystem::directory_iterator entries(directory, fault);
    if (fault) return unreadable(directory, fault.message(), rules);
    std::vector<std::string> paths;
    for (const auto& entry : entries) {
        if (entry.path().extension() == ".json" && entry.is_regular_file(fault))
            paths.push_back(entry.path().string());
    }
    if (paths.empty()) return unreadable(directory, "holds no *.json file", rules);
    if (paths.size() > rules.files_max) {
        return too_large(
            directory + ": holds more than " + std::to_string(rules.files_max) + " " + rules.what,
            rules);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

Result<NamedFile> read_file(const std::string& path, const JsonDirectoryRules& rules) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return unreadable(path, "cannot be read", rules);
    NamedFile read{path, {}};
    // One more than allowed, so that a larger one shows without being held whole.
    read.bytes.resize(rules.file_bytes_max + 1);
    file.read(read.bytes.data(), static_cast<std::streamsize>(read.bytes.size()));
    read.bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (read.bytes.size() > rules.file_bytes_max) {
        return too_large(
            path + ": is larger than " + std::to_string(rules.file_bytes_max / 1024) + " KiB",
            rules);
    }
    return read;
}

}  // namespace

Result<std::vector<NamedFile>> read_json_directory(const std::string& directory,
                                                   const JsonDirectoryRules& rules) {
    const auto paths = list_files(directory, rules);
    if (!paths) return paths.error();
    std::vector<NamedFile> files;
    for (const std::string& path : *paths) {
        auto file = read_file(path, rules);
        if (!file) return file.error();
        files.push_back(*std::move(file));
    }
    return files;
}

std::vector<embedded::EmbeddedFile> views_of(const std::vector<NamedFile>& files) {
    std::vector<embedded::EmbeddedFile> views;
    for (const NamedFile& file : files)
        views.push_back({file.path, file.bytes});
    return views;
}

}  // namespace assay::tools
