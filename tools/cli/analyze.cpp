// The options of `assay analyze`, and the help that teaches them.
// SPDX-License-Identifier: MIT
#include "tools/cli/analyze.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/cli/column_option.hpp"

namespace assay::tools {

void add_analyze(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<AnalyzeOptions>();
    CLI::App* command = application.add_subcommand(
        "analyze", "Analyse a manifest: what it is worth, and what to bid. Needs no server");
    command->group(group_run);
    command
        ->add_option(
            "file", options->file,
            "The manifest: CSV, an Excel workbook (.xlsx), NDJSON (one product a line) or\n"
            "JSON; - is standard input")
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
    command
        ->add_option("--out", options->out,
                     "Write results to this file: NDJSON, or flat CSV for a name in .csv")
        ->type_name("FILE");
    command
        ->add_option("--out-format", options->out_format,
                     "ndjson or csv, also for what is piped; default: by the name of --out")
        ->check(CLI::IsMember({"ndjson", "csv"}))
        ->type_name("FORMAT");
    command
        ->add_option("--only", options->only,
                     "Print only these analyses: identity, attributes, duplicates, price, demand,\n"
                     "fees, profit, risk, listing, verdict, lot")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command->add_option("--threads", options->threads, "Threads to compute with; 0: one per core")
        ->check(CLI::Range(0, 256))
        ->type_name("N");
    command
        ->add_option("--freight", options->freight,
                     "What it costs to bring the lot to you, e.g. 60 or 60.00")
        ->type_name("AMOUNT");
    command->add_option("--premium", options->premium, "Buyer's premium on the bid, e.g. 5%")
        ->type_name("PERCENT");
    command->add_option("--bid", options->bid, "A bid to judge: how likely it is to pay off")
        ->type_name("AMOUNT");
    command
        ->add_option("--as-of", options->as_of,
                     "Judge as of this time, e.g. 2026-05-25; default: now")
        ->type_name("TIME");
    command
        ->add_option("--ci", options->interval,
                     "How the interval of a price is found: exact (order statistics) or\n"
                     "bootstrap (resampling, many times slower); default: exact")
        ->check(CLI::IsMember({"exact", "bootstrap"}))
        ->type_name("METHOD");
    add_table_options(*command, options->tables);
    add_comps_options(*command, options->comps);
    command->add_flag("--timings", options->timings, "Say on standard error where the time went");
    command->add_flag("--json", options->json,
                      "Print the answer as one JSON object; results only go to --out");
    command->footer(
        "On a terminal you read the answer; piped, or with --out, you get one JSON result\n"
        "a line (or CSV), in input order, the same bytes for any number of threads.\n\n"
        "Examples:\n"
        "  assay analyze manifest.csv --freight 60 --premium 5%\n"
        "  assay analyze manifest.csv --bid 250 --out results.csv\n"
        "  assay analyze manifest.csv --comps my-sales.csv\n"
        "  zcat products.ndjson.gz | assay analyze - --only price > prices.ndjson\n\n"
        "Exit code: 0 the run completed, 1 it could not, 2 called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_analyze(*options, context); });
}

}  // namespace assay::tools
