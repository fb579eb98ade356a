// Reads results line by line, judges each anew, and prints what flips.
// SPDX-License-Identifier: MIT
#include "tools/cli/whatif.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "engine/analysis/rejudge.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/fee_directory.hpp"
#include "tools/cli/result_file.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/whatif_report.hpp"

namespace assay::tools {
namespace {

struct WhatifOptions {
    std::string file, fees, fees_directory, vat, min_roi, min_profit;
    std::vector<std::string> channels;
    bool all = false, json = false;
};

Result<engine::RejudgeTerms> terms_of(const WhatifOptions& options) {
    engine::RejudgeTerms terms;
    terms.fee_version = options.fees;
    terms.channels = options.channels;
    if (!options.vat.empty()) terms.regime = engine::parse_vat_regime(options.vat);
    if (!options.min_roi.empty()) {
        std::string text = options.min_roi;
        while (!text.empty() && (text.back() == '%' || text.back() == ' '))
            text.pop_back();
        const auto rate = parse_decimal(text, 4);
        if (!rate || *rate < 0 || *rate > 100'000'000)
            return fail(ErrorCode::invalid_argument, "is no percentage from 0 to 10000",
                        "--min-roi", "write it like 40 or 40%");
        terms.min_roi = *rate;
    }
    if (!options.min_profit.empty()) {
        const auto amount = parse_decimal(options.min_profit, 3);
        if (!amount || *amount < 0)
            return fail(ErrorCode::invalid_argument, "is no amount", "--min-profit",
                        "write it like 5 or 5.00, without a currency");
        terms.min_profit = options.min_profit;
    }
    return terms;
}

// What a result that holds no analysis says of itself: "failed", "cancelled".
std::string unanalysed(const boost::json::value& line) {
    const auto* result = member(line, "result");
    if (result != nullptr && result->is_object()) return {};
    return text_member(line, "status", "without a result");
}

Result<void> judge_all(ResultFile& file, engine::Rejudge& judge, const WhatifOptions& options,
                       CommandContext& context, WhatifReport& report) {
    while (true) {
        auto line = file.next();
        if (!line) return std::move(line).error();
        if (!*line) return {};
        std::string id = text_member(**line, "product_id");
        if (const std::string status = unanalysed(**line); !status.empty()) {
            report.add_unjudged(status, std::move(id));
            continue;
        }
        const auto judged = judge.judge(**line);
        if (!judged) {
            if (judged.error().code == ErrorCode::invalid_argument) return judged.error();
            report.add_unjudged(judged.error().message, std::move(id));
            continue;
        }
        report.add(*judged);
        if (options.json && report.lists(*judged))
            context.out << WhatifReport::json(*judged) << '\n';
    }
}

int run_whatif(const WhatifOptions& options, CommandContext& context) {
    auto terms = terms_of(options);
    if (!terms) return report_usage(context, terms.error(), "whatif");
    const auto then = engine::load_tables();
    if (!then) return report(context, then.error());
    const auto now =
        options.fees_directory.empty() ? then : load_tables_with({options.fees_directory});
    if (!now) return report(context, now.error());
    if (auto valid = engine::validate(*terms, **now); !valid)
        return report_usage(context, valid.error(), "whatif");
    ResultFile file;
    if (auto opened = file.open(options.file, context.in); !opened)
        return report(context, opened.error());
    engine::Rejudge judge(*then, *now, *std::move(terms));
    WhatifReport found(options.all);
    if (auto judged = judge_all(file, judge, options, context, found); !judged)
        return report_input(context, file.name(), judged.error());
    if (found.read() == 0)
        return report_input(context, file.name(),
                            fail(ErrorCode::empty_batch, "holds no results", {},
                                 "give what assay analyze --out or assay results wrote"));
    if (options.json)
        context.out << found.json_summary() << std::endl;
    else
        context.out << found.table(context) << found.totals() << std::flush;
    return exit_ok;
}

void add_options(CLI::App& command, WhatifOptions& options) {
    command
        .add_option("file", options.file,
                    "Results as NDJSON (also .gz), from assay analyze or assay results; - is\n"
                    "standard input")
        ->required()
        ->type_name("");
    command
        .add_option("--fees", options.fees,
                    "The fee tables in force on this date, e.g. 2026-02-12; default: each\n"
                    "result's own")
        ->type_name("VERSION");
    command
        .add_option("--fees-dir", options.fees_directory,
                    "Your own fee files (*.json): they come before ours; see docs/fees.md")
        ->type_name("DIR");
    command
        .add_option("--vat", options.vat, "none, standard, margin, small_business or equivalence")
        ->check(CLI::IsMember({"none", "standard", "margin", "small_business", "equivalence"}))
        ->type_name("REGIME");
    command
        .add_option("--min-roi", options.min_roi, "The least return on the cost, e.g. 40 or 40%")
        ->type_name("PERCENT");
    command
        .add_option("--min-profit", options.min_profit,
                    "The least expected profit of a unit, e.g. 5 or 5.00")
        ->type_name("AMOUNT");
    command.add_option("--channels", options.channels, "Sell on these only, e.g. ebay_us,mercari")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command.add_flag("--all", options.all, "List results that stay as they are too");
    command.add_flag("--json", options.json,
                     "Print one JSON object a line: what flips, then a summary");
}

}  // namespace

void add_whatif(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<WhatifOptions>();
    CLI::App* command = application.add_subcommand(
        "whatif", "Judge stored results anew under other fees, VAT or minima, and list what flips");
    command->group(group_run);
    add_options(*command, *options);
    command->footer(
        "What you name wins over what a product says; the rest stays as it was. Prices\n"
        "and demand are those of the results: neither is estimated anew.\n\n"
        "Examples:\n"
        "  assay whatif results.ndjson --min-roi 40\n"
        "  assay whatif results.ndjson.gz --vat margin --fees 2026-02-12\n"
        "  assay results $BATCH | assay whatif - --channels ebay_de --json\n\n"
        "Exit code: 0 it was judged, 1 it could not be, 2 the command was called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_whatif(*options, context); });
}

}  // namespace assay::tools
