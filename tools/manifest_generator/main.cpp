// assay-generate: writes a made-up manifest of any size, the same for the same seed.
// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "tools/manifest_generator/manifest_generator.hpp"

namespace {

constexpr std::size_t block_bytes = 1 << 20;

struct Arguments {
    std::uint64_t rows = 1'000;
    std::string format = "ndjson";
    std::string file = "-";
    std::string as_of;
    std::string comps_file;
    std::size_t comps_per_product = 8;
    assay::tools::GeneratorOptions options;
};

struct Close {
    void operator()(std::FILE* file) const {
        if (file != stdout) std::fclose(file);
    }
};

// A header, then what `append` writes for each of `rows` products.
template <class Append>
int write_rows(const std::string& path, std::uint64_t rows, std::string block, Append append) {
    const std::unique_ptr<std::FILE, Close> file(path == "-" ? stdout
                                                             : std::fopen(path.c_str(), "wb"));
    if (!file) {
        std::perror(path.c_str());
        return 1;
    }
    block.reserve(2 * block_bytes);
    for (std::uint64_t row = 0; row < rows; ++row) {
        append(row, block);
        if (block.size() < block_bytes && row + 1 < rows) continue;
        if (std::fwrite(block.data(), 1, block.size(), file.get()) != block.size()) {
            std::perror(path.c_str());
            return 1;
        }
        block.clear();
    }
    if (!block.empty()) std::fwrite(block.data(), 1, block.size(), file.get());
    if (std::fflush(file.get()) == 0) return 0;
    std::perror(path.c_str());
    return 1;
}

int write_manifest(const Arguments& arguments) {
    using assay::tools::ManifestGenerator;
    ManifestGenerator generator(arguments.options);
    const bool csv = arguments.format == "csv";
    std::string header;
    if (csv) ManifestGenerator::append_csv_header(header);
    return write_rows(
        arguments.file, arguments.rows, header, [&](std::uint64_t row, std::string& block) {
            csv ? generator.append_csv(row, block) : generator.append_ndjson(row, block);
        });
}

int write_comps(const Arguments& arguments) {
    using assay::tools::ManifestGenerator;
    ManifestGenerator generator(arguments.options);
    std::string header;
    ManifestGenerator::append_comps_csv_header(header);
    return write_rows(arguments.comps_file, arguments.rows, header,
                      [&](std::uint64_t row, std::string& block) {
                          generator.append_comps_csv(row, arguments.comps_per_product, block);
                      });
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app(
        "Writes a made-up product manifest: realistic titles, valid and broken identifiers, sold "
        "prices\nwith outliers, gaps. The same seed gives the same bytes.\n\n"
        "  assay-generate --rows 10000 --out lot.ndjson\n"
        "  assay-generate --rows 500 --format csv --seed 7 > lot.csv\n"
        "  assay-generate --rows 500 --format csv --out lot.csv --comps sold.csv");
    app.add_option("--rows", arguments.rows, "How many products")->capture_default_str();
    app.add_option("--seed", arguments.options.seed, "Decides everything")->capture_default_str();
    app.add_option("--format", arguments.format, "ndjson or csv (csv has no comparables)")
        ->check(CLI::IsMember({"ndjson", "csv"}))
        ->capture_default_str();
    app.add_option("--comparables", arguments.options.comparables, "Sold prices per product")
        ->check(CLI::Range(0, 500))
        ->capture_default_str();
    app.add_option("--as-of", arguments.as_of,
                   "The newest possible sale, default 2026-05-25T10:30:00Z");
    app.add_option("--comps", arguments.comps_file,
                   "Also write sold prices of the same products to this file, as CSV");
    app.add_option("--comps-per-product", arguments.comps_per_product, "How many sales of each")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    app.add_option("--out", arguments.file, "A file, or - for standard output")
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!arguments.as_of.empty()) {
        const auto time = assay::parse_time(arguments.as_of);
        if (!time) {
            std::fprintf(stderr, "--as-of: %s\n", assay::describe(time.error()).c_str());
            return 2;
        }
        arguments.options.as_of = *time;
    }
    if (!arguments.comps_file.empty() && write_comps(arguments) != 0) return 1;
    return write_manifest(arguments);
}
