// Reads the files, bounded, and hands them to the tables.
// SPDX-License-Identifier: MIT
#include "tools/cli/fee_directory.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "engine/analysis/data_file.hpp"
#include "engine/base/limits.hpp"
#include "tools/cli/json_directory.hpp"

namespace assay::tools {
namespace {

// A file that adds to a list of ours.
struct OwnList {
    const char* option;
    const char* member;  // that it must have
    const char* form;    // how to write one
};
constexpr OwnList own_brands{"--brands", "brands", R"({"brands": {"name": ["other spelling"]}})"};
constexpr OwnList own_words{"--words", "words", R"({"words": {"bundle": {"it": ["lotto"]}}})"};

Result<NamedFile> read_list_file(const std::string& path, const OwnList& list) {
    constexpr std::size_t most = limits::brand_file_bytes_max;
    std::ifstream file(path, std::ios::binary);
    std::string bytes(file ? most + 1 : 0, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    const std::string remedy = std::string("write it like ") + list.form;
    if (file.bad() || bytes.empty())
        return fail(ErrorCode::invalid_argument, path + ": cannot be read", list.option, remedy);
    if (bytes.size() > most)
        return fail(ErrorCode::payload_too_large, path + ": is larger than 16 MiB", list.option);
    // Another kind of table would be taken for what it is, and its faults told in its own terms.
    engine::DataFile document(path, bytes);
    if (auto read = document.finish(); !read) return std::move(read).error();
    if (!document.root().find(list.member).present()) {
        return fail(ErrorCode::invalid_input, path + ": has no member \"" + list.member + "\"",
                    list.option, remedy);
    }
    return NamedFile{path, std::move(bytes)};
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
    command
        .add_option("--brands", own.brands_file,
                    "Your own brands, in the form of data/analysis/brands.json")
        ->type_name("FILE");
    command
        .add_option("--words", own.words_file,
                    "Your own words for lots, bundles, defects and conditions, in the form of\n"
                    "data/analysis/words.json")
        ->type_name("FILE");
}

Result<std::shared_ptr<const engine::Tables>> load_tables_with(const OwnTables& own) {
    std::shared_ptr<const engine::ExchangeRates> rates;
    if (!own.rates_file.empty()) {
        auto read = read_rates(own.rates_file);
        if (!read) return read.error();
        rates = *std::move(read);
    }
    std::vector<NamedFile> files;
    if (!own.fees_directory.empty()) {
        auto read = read_json_directory(
            own.fees_directory,
            {"fee files", "--fees",
             "name a directory with fee files (*.json); docs/fees.md has their form",
             limits::fee_files_max, limits::fee_file_bytes_max});
        if (!read) return std::move(read).error();
        files = *std::move(read);
    }
    if (!own.brands_file.empty()) {
        auto file = read_list_file(own.brands_file, own_brands);
        if (!file) return file.error();
        files.push_back(*std::move(file));
    }
    if (!own.words_file.empty()) {
        auto file = read_list_file(own.words_file, own_words);
        if (!file) return file.error();
        files.push_back(*std::move(file));
    }
    return engine::load_tables(views_of(files), std::move(rates));
}

}  // namespace assay::tools
