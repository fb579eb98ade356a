// Reads the files, bounded, and hands them to the tables.
// SPDX-License-Identifier: MIT
#include "tools/cli/fee_directory.hpp"

#include <CLI/CLI.hpp>
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

Result<std::shared_ptr<const engine::ExchangeRates>> read_rates(const std::string& path) {
    std::error_code fault;
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, fault)) {
        return fail(ErrorCode::invalid_argument, path + ": cannot be read", "--rates",
                    "name a table with the columns date, base, quote and rate");
    }
    // One byte more than is allowed, so that the reader sees that it is too many.
    std::string bytes(engine::ExchangeRates::file_bytes_max + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad()) return fail(ErrorCode::io_error, path + " cannot be read to its end");
    auto rates = engine::read_exchange_rates(bytes, path);
    if (!rates) return rates.error();
    return std::make_shared<const engine::ExchangeRates>(*std::move(rates));
}

}  // namespace

void add_table_options(CLI::App& command, OwnTables& own) {
    command
        .add_option("--fees", own.fees_directory,
                    "Your own fee files (*.json): they come before ours; see docs/fees.md")
        ->type_name("DIR");
    command
        .add_option("--rates", own.rates_file,
                    "Exchange rates (date,base,quote,rate): sold prices in other currencies\n"
                    "then count, at the rate of their day; without, they are left out")
        ->type_name("FILE");
}

Result<std::shared_ptr<const engine::Tables>> load_tables_with(const OwnTables& own) {
    std::shared_ptr<const engine::ExchangeRates> rates;
    if (!own.rates_file.empty()) {
        auto read = read_rates(own.rates_file);
        if (!read) return read.error();
        rates = *std::move(read);
    }
    if (own.fees_directory.empty()) return engine::load_tables({}, std::move(rates));
    const auto paths = list_files(own.fees_directory);
    if (!paths) return paths.error();
    std::vector<FeeFile> files;
    for (const std::string& path : *paths) {
        auto file = read_file(path);
        if (!file) return file.error();
        files.push_back(*std::move(file));
    }
    std::vector<embedded::EmbeddedFile> views;
    for (const FeeFile& file : files)
        views.push_back({file.path, file.bytes});
    return engine::load_tables(views, std::move(rates));
}

}  // namespace assay::tools
