// Reads the whole manifest as an analysis would, without analysing it.
// SPDX-License-Identifier: MIT
#include "tools/cli/columns.hpp"

#include <CLI/CLI.hpp>
#include <istream>
#include <memory>
#include <ostream>

#include "engine/batch/report_json.hpp"
#include "tools/api/query.hpp"
#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/column_option.hpp"
#include "tools/cli/columns_report.hpp"

namespace assay::tools {
namespace {

using namespace engine;

struct ColumnsOptions {
    std::string file;
    std::string format, sheet;
    std::vector<std::string> columns;
    bool json = false;
};

Result<void> read_all(std::istream& bytes, Intake& intake) {
    std::string block(256 * limits::kibibyte, '\0');
    while (bytes) {
        bytes.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto count = static_cast<std::size_t>(bytes.gcount());
        if (auto fed = intake.feed(std::string_view(block).substr(0, count)); !fed) return fed;
    }
    if (bytes.bad()) return fail(ErrorCode::io_error, "cannot read the file to its end");
    auto finished = intake.finish();
    return finished ? Result<void>{} : Result<void>(finished.error());
}

int run_columns(const ColumnsOptions& options, CommandContext& context) {
    auto named = parse_columns(options.columns, "--columns");
    if (!named) return report_usage(context, named.error(), "columns");
    AnalyzeInput input;
    if (auto opened = input.open(options.file, options.format, context.in); !opened)
        return report(context, opened.error());
    if (input.format == InputFormat::json || input.format == InputFormat::ndjson) {
        return report(context, fail(ErrorCode::unsupported_media,
                                    input.name + " is JSON, whose members need no understanding",
                                    {}, "give a table, or say --format csv"));
    }
    IntakeOptions intake_options;
    intake_options.format = input.format;
    intake_options.gzip = input.gzip;
    intake_options.bytes_max = intake_options.unpacked_bytes_max;
    intake_options.columns = std::move(*named);
    intake_options.sheet = options.sheet;
    intake_options.check_products = true;
    Intake intake(std::move(intake_options), [](const IntakeItem&) -> Result<void> { return {}; });
    std::istream bytes(&*input.buffer);
    const auto read = read_all(bytes, intake);
    // What was understood helps most where it was not enough.
    const IntakeReport& found = intake.report();
    if (!found.columns.empty() && options.json) {
        std::string text;
        JsonWriter writer(text);
        write_report(writer, found);
        context.out << text << '\n' << std::flush;
    } else if (!found.columns.empty()) {
        context.out << columns_report(input.name, found, {context.columns, context.colour_out})
                    << std::flush;
    }
    return read ? exit_ok : report(context, read.error());
}

}  // namespace

void add_columns(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<ColumnsOptions>();
    CLI::App* command = application.add_subcommand(
        "columns", "Show how a manifest's columns are understood, and why");
    command->group(group_run);
    command->add_option("file", options->file, "The manifest; - is standard input")
        ->required()
        ->type_name("");
    command
        ->add_option("--format", options->format,
                     "How to read it; default: by its name, else by its first bytes")
        ->check(CLI::IsMember({"csv", "xlsx", "ndjson", "json"}))
        ->type_name("FORMAT");
    command
        ->add_option("--sheet", options->sheet,
                     "The sheet of a workbook to read; default: the first visible one that holds\n"
                     "a table")
        ->type_name("NAME");
    add_column_option(*command, options->columns);
    command->add_flag("--json", options->json, "Print one JSON object");
    command->footer(
        "Columns are understood by their headers (English, German, Spanish, French) and\n"
        "by their values. What is not understood is kept in product_data under its own\n"
        "header.\n\n"
        "Examples:\n"
        "  assay columns manifest.csv\n"
        "  assay columns manifest.csv --columns title='Item Desc',msrp=RRP\n"
        "  assay analyze manifest.csv --columns title='Item Desc',msrp=RRP\n\n"
        "Exit code: 0 it can be analysed, 1 it cannot, 2 the command was called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_columns(*options, context); });
}

}  // namespace assay::tools
