// Opens, reads and describes a file of sold prices.
// SPDX-License-Identifier: MIT
#include "tools/cli/comps_file.hpp"

#include <CLI/CLI.hpp>
#include <istream>
#include <sstream>
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/query.hpp"
#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/number_text.hpp"

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

Result<engine::LoadedComps> load_comps_file(const CompsFileOptions& options,
                                            const engine::TitleVocabulary& vocabulary,
                                            engine::CompsReader::Watch watch) {
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
    const auto of_file = [&](Error error) {
        error.message = options.file + " " + error.message;
        if (error.field == "columns") error.field = "--comps-columns";
        return error;
    };
    AnalyzeInput input;
    std::istringstream nothing;
    if (auto opened = input.open(options.file, {}, nothing); !opened) return opened.error();
    reading.format = input.format;
    reading.gzip = input.gzip;
    reading.bytes_max = reading.unpacked_bytes_max;  // nothing is sent over a wire here
    engine::CompsReader reader(std::move(reading), std::move(watch), vocabulary);
    std::istream bytes(&*input.buffer);
    std::string block(limits::mebibyte, '\0');
    while (bytes) {
        bytes.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto count = static_cast<std::size_t>(bytes.gcount());
        const auto fed = reader.feed(std::string_view(block).substr(0, count));
        if (!fed) return of_file(fed.error());
    }
    if (bytes.bad()) return fail(ErrorCode::io_error, options.file + " cannot be read to its end");
    auto loaded = reader.finish();
    if (!loaded) return of_file(loaded.error());
    return loaded;
}

std::string describe_comps(const engine::LoadedComps& comps, std::size_t faults_max) {
    const engine::CompsTable& table = comps.book->table();
    std::string text = counted(table.rows.size(), "sold price", "sold prices") + " of " +
                       counted(table.products, "product", "products");
    const engine::CompsBook::Span span = comps.book->span();
    if (span.oldest) {
        text += ", " + to_rfc3339(*span.oldest).substr(0, 10) + " to " +
                to_rfc3339(*span.newest).substr(0, 10);
    }
    text += '\n';
    if (span.undated > 0)
        text += "  " + counted(span.undated, "sale", "sales") + " without a date\n";
    if (comps.duplicates > 0)
        text += "  " + counted(comps.duplicates, "row", "rows") +
                " named a sale again, and count once\n";
    for (const std::string& remark : comps.report.remarks)
        text += "  " + remark + "\n";
    if (comps.report.skipped == 0) return text;
    text += "  " + counted(comps.report.skipped, "row", "rows") + " left out:\n";
    const auto& faults = comps.report.first_faults;
    for (std::size_t i = 0; i < faults.size() && i < faults_max; ++i)
        text += "    " + describe(faults[i]) + "\n";
    if (comps.report.skipped > faults_max)
        text += "    and " + grouped(static_cast<std::int64_t>(comps.report.skipped - faults_max)) +
                " more\n";
    return text;
}

}  // namespace assay::tools
