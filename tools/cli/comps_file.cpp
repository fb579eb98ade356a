// Opens, reads and describes a file of sold prices.
// SPDX-License-Identifier: MIT
#include "tools/cli/comps_file.hpp"

#include <CLI/CLI.hpp>
#include <istream>
#include <optional>
#include <sstream>
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/query.hpp"
#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/batch_progress.hpp"

namespace assay::tools {

void add_comps_options(CLI::App& command, CompsFileOptions& options) {
    command
        .add_option("--comps", options.file,
                    "Your own sold prices (.csv, .ndjson, also .gz): joined by GTIN, UPC, EAN,\n"
                    "ISBN, ASIN, or brand and model, so that prices come from real sales")
        ->type_name("FILE");
    command
        .add_option("--comps-currency", options.currency,
                    "The currency of sold prices that name none, e.g. EUR")
        ->type_name("CODE");
    command
        .add_option("--comps-columns", options.columns,
                    "Name columns of that file that are not understood: price=Betrag,ean=Code")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("FIELD=HEADER,...");
}

namespace {

Error of_file(const CompsFileOptions& options, Error error) {
    error.message = options.file + " " + error.message;
    if (error.field == "columns") error.field = "--comps-columns";
    return error;
}

}  // namespace

Result<void> read_sold_file(const CompsFileOptions& options,
                            const std::function<SoldFeed(engine::SoldReadOptions)>& open) {
    engine::SoldReadOptions reading;
    if (!options.currency.empty()) {
        const auto currency = Currency::parse(options.currency);
        if (!currency) {
            return fail(ErrorCode::invalid_argument, "is not an ISO 4217 currency",
                        "--comps-currency", "write a code such as EUR");
        }
        reading.currency = *currency;
    }
    auto columns = parse_columns(options.columns, "--comps-columns");
    if (!columns) return columns.error();
    reading.columns = *std::move(columns);
    AnalyzeInput input;
    std::istringstream nothing;
    if (auto opened = input.open(options.file, {}, nothing); !opened) return opened.error();
    reading.format = input.format;
    reading.gzip = input.gzip;
    reading.bytes_max = reading.unpacked_bytes_max;  // nothing is sent over a wire here
    const SoldFeed feed = open(std::move(reading));
    std::istream bytes(&*input.buffer);
    std::string block(limits::mebibyte, '\0');
    while (bytes) {
        bytes.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto count = static_cast<std::size_t>(bytes.gcount());
        if (const auto fed = feed(std::string_view(block).substr(0, count)); !fed)
            return of_file(options, fed.error());
    }
    if (bytes.bad()) return fail(ErrorCode::io_error, options.file + " cannot be read to its end");
    return {};
}

Result<engine::LoadedComps> load_comps_file(const CompsFileOptions& options) {
    std::optional<engine::CompsReader> reader;
    const auto read = read_sold_file(options, [&](engine::SoldReadOptions reading) -> SoldFeed {
        reader.emplace(std::move(reading));
        return [&](std::string_view bytes) { return reader->feed(bytes); };
    });
    if (!read) return read.error();
    auto loaded = reader->finish();
    if (!loaded) return of_file(options, loaded.error());
    return loaded;
}

std::string describe_comps(const engine::LoadedComps& comps, std::size_t faults_max) {
    const engine::CompsTable& table = comps.book->table();
    const auto counted = [](std::uint64_t count, const char* noun) {
        return grouped(static_cast<std::int64_t>(count)) + " " + noun + (count == 1 ? "" : "s");
    };
    std::string text =
        counted(table.rows.size(), "sold price") + " of " + counted(table.products, "product");
    const engine::CompsBook::Span span = comps.book->span();
    if (span.oldest) {
        text += ", " + to_rfc3339(*span.oldest).substr(0, 10) + " to " +
                to_rfc3339(*span.newest).substr(0, 10);
    }
    text += '\n';
    if (span.undated > 0) text += "  " + counted(span.undated, "sale") + " without a date\n";
    if (comps.duplicates > 0)
        text += "  " + counted(comps.duplicates, "row") + " named a sale again, and count once\n";
    for (const std::string& remark : comps.report.remarks)
        text += "  " + remark + "\n";
    if (comps.report.skipped == 0) return text;
    text += "  " + counted(comps.report.skipped, "row") + " left out:\n";
    const auto& faults = comps.report.first_faults;
    for (std::size_t i = 0; i < faults.size() && i < faults_max; ++i)
        text += "    " + describe(faults[i]) + "\n";
    if (comps.report.skipped > faults_max)
        text += "    and " + grouped(static_cast<std::int64_t>(comps.report.skipped - faults_max)) +
                " more\n";
    return text;
}

}  // namespace assay::tools
