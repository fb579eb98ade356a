// Runs `assay analyze`: opens what is read and written, analyses, and prints the answer.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <istream>
#include <optional>
#include <ostream>
#include <span>
#include <tuple>

#include "engine/base/json_writer.hpp"
#include "tools/api/query.hpp"
#include "tools/cli/analyze.hpp"
#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/column_option.hpp"
#include "tools/cli/fee_directory.hpp"
#include "tools/cli/local_analysis.hpp"
#include "tools/cli/lot_report.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/output_file.hpp"
#include "tools/cli/results_csv.hpp"

namespace assay::tools {

namespace {

using namespace engine;

// --- what the command line means -----------------------------------------------------------------

// "5%", "5", "5.5 %" -> parts per million.
Result<PartsPerMillion> parse_percent(std::string text) {
    while (!text.empty() && (text.back() == '%' || text.back() == ' '))
        text.pop_back();
    auto rate = parse_decimal(text, 4);
    if (!rate || *rate < 0 || *rate > 1'000'000) {
        return fail(ErrorCode::invalid_argument, "is no percentage from 0 to 100", "--premium",
                    "write it like 5% or 7.5%");
    }
    return *rate;
}

// Amounts are checked at once, but turned into minor units when the lot's currency is known.
Result<void> check_amount(const std::string& text, const char* flag) {
    const auto amount = parse_decimal(text, 3);
    if (!text.empty() && (!amount || *amount < 0)) {
        return fail(ErrorCode::invalid_argument, "is no amount", flag,
                    "write it like 60 or 60.00, without a currency");
    }
    return {};
}

Result<std::optional<MinorUnits>> read_amount(const std::string& text, const Currency& currency,
                                              const char* flag) {
    if (text.empty()) return std::optional<MinorUnits>();
    const auto amount = parse_decimal(text, currency.empty() ? 2 : currency.exponent());
    if (!amount) {
        return fail(ErrorCode::invalid_argument,
                    "has more decimals than " + std::string(currency.code()) + " has", flag);
    }
    return std::optional<MinorUnits>(*amount);
}

void print_timings(CommandContext& context, const LocalAnalysis& analysis,
                   std::chrono::nanoseconds elapsed) {
    const auto milliseconds = [](std::chrono::nanoseconds time) {
        return format_decimal(time.count() / 10'000, 2) + " ms";
    };
    const std::int64_t products = analysis.completed + analysis.failed;
    const auto rate = elapsed.count() > 0
                          ? static_cast<std::int64_t>(static_cast<double>(products) * 1e9 /
                                                      static_cast<double>(elapsed.count()))
                          : 0;
    context.error << grouped(products) << " products in " << milliseconds(elapsed) << " on "
                  << analysis.threads << (analysis.threads == 1 ? " thread, " : " threads, ")
                  << grouped(rate) << " products/s\n";
    for (const auto& [name, time] : analysis.timings) {
        if (time.count() == 0) continue;
        context.error << "  " << name << std::string(name.size() < 12 ? 12 - name.size() : 1, ' ')
                      << milliseconds(time) << '\n';
    }
}

// The terms of the lot; amounts are read in the currency that most lines have.
Result<LotTerms> read_terms(const AnalyzeOptions& options, const LocalAnalysis& analysis,
                            const Currency& currency) {
    LotTerms terms = analysis.batch.lot;
    for (const auto& [text, flag, into] :
         {std::tuple{&options.freight, "--freight", &terms.freight},
          std::tuple{&options.bid, "--bid", &terms.bid}}) {
        auto amount = read_amount(*text, currency, flag);
        if (!amount) return amount.error();
        if (*amount) *into = *amount;
    }
    if (!options.premium.empty()) {
        const auto premium = parse_percent(options.premium);
        if (!premium) return premium.error();
        terms.premium = *premium;
    }
    return terms;
}

// Everything that can be wrong with the command line is found before a byte is read.
Result<LocalAnalysisOptions> prepare(const AnalyzeOptions& options, CommandContext& context) {
    LocalAnalysisOptions run;
    for (const auto& [text, flag] :
         {std::pair{&options.freight, "--freight"}, std::pair{&options.bid, "--bid"}}) {
        const auto checked = check_amount(*text, flag);
        if (!checked) return checked.error();
    }
    if (!options.premium.empty()) {
        const auto premium = parse_percent(options.premium);
        if (!premium) return premium.error();
    }
    if (!options.as_of.empty()) {
        const auto as_of = parse_time(options.as_of);
        if (!as_of) {
            return fail(ErrorCode::invalid_argument, "is no time", "--as-of",
                        "write it like 2026-05-25 or 2026-05-25T10:30:00Z");
        }
        run.as_of = *as_of;
    }
    auto columns = parse_columns(options.columns, "--columns");
    if (!columns) return columns.error();
    run.intake.columns = std::move(*columns);
    run.intake.sheet = options.sheet;
    auto tables = load_tables_with(options.tables);
    if (!tables) return tables.error();
    run.tables = std::move(*tables);
    const auto plan = AnalysisPlan::make(options.only, run.tables);
    if (!plan) {
        Error error = plan.error();
        error.field = "--only";
        return error;
    }
    run.only = options.only;
    run.threads = options.threads;
    run.bootstrap = options.interval == "bootstrap";
    if (options.timings) run.clock = &context.clock;
    run.now = context.clock.now();
    return run;
}

struct ValuedLot {
    LotTerms terms;
    LotSummary summary;
};

// nullopt: the lot was not asked for.
Result<std::optional<ValuedLot>> value(const AnalyzeOptions& options, const LocalAnalysis& analysis,
                                       const Tables& tables) {
    if (!is_asked_for(options.only.empty() ? analysis.batch.analyzers : options.only, "lot")) {
        return std::optional<ValuedLot>();
    }
    auto terms = read_terms(options, analysis, lot_currency(analysis.lot));
    if (!terms) return terms.error();
    return std::optional(ValuedLot{*terms, value_lot(analysis.lot, *terms, tables)});
}

Result<void> print_answer(const AnalyzeOptions& options, const LocalAnalysis& analysis,
                          const Tables& tables, const AnalyzeInput& input,
                          CommandContext& context) {
    LotReportInput report{input.name, analysis, nullptr, {}, input.format};
    const auto lot = value(options, analysis, tables);
    if (!lot) return lot.error();
    if (*lot) {
        report.terms = (*lot)->terms;
        report.lot = &(*lot)->summary;
    }
    context.out << lot_report(report, {context.columns, context.colour_out});
    if (!options.out.empty()) {
        context.out << "\nResults: " << options.out << " ("
                    << grouped(analysis.completed + analysis.failed)
                    << (is_csv(options.out_format, options.out) ? " rows of CSV"
                                                                : " lines of NDJSON")
                    << ")\n";
    }
    context.out.flush();
    return {};
}

// The answer for scripts: one object, named as in a batch's summary.
Result<void> print_json_answer(const AnalyzeOptions& options, const LocalAnalysis& analysis,
                               const Tables& tables, CommandContext& context) {
    const auto lot = value(options, analysis, tables);
    if (!lot) return lot.error();
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("products", analysis.completed + analysis.failed);
    json.member("completed", analysis.completed).member("failed", analysis.failed);
    json.key("by_verdict").begin_object();
    for (std::size_t i = 0; i < decision_count; ++i) {
        if (analysis.by_decision[i] == 0) continue;
        json.member(to_string(static_cast<Decision>(i)), analysis.by_decision[i]);
    }
    json.end_object();
    if (analysis.duplicates) {
        json.member("duplicates", *analysis.duplicates);
        json.member("duplicate_groups", analysis.duplicate_groups);
    }
    append_cost_members(json, analysis.cost);
    if (*lot) append_lot_members(json, (*lot)->summary);
    json.end_object();
    context.out << text << '\n' << std::flush;
    return {};
}

}  // namespace

int run_analyze(const AnalyzeOptions& options, CommandContext& context) {
    const SteadyTime started = context.clock.steady_now();
    auto run = prepare(options, context);
    if (!run) return report_usage(context, run.error(), "analyze");
    AnalyzeInput input;
    const auto opened = input.open(options.file, options.format, context.in);
    if (!opened) return report(context, opened.error());
    run->intake.format = input.format;
    run->intake.gzip = input.gzip;
    run->intake.bytes_max = run->intake.unpacked_bytes_max;  // nothing is sent over a wire here

    OutputFile output;
    if (!options.out.empty()) {
        const auto writable = output.open(options.out);
        if (!writable) return report(context, writable.error());
        run->write = [&output](std::string_view lines) { return output.write(lines); };
    } else if (!context.out_is_terminal && !options.json) {
        run->write = [&context](std::string_view lines) { return write_lines(context.out, lines); };
    }
    std::optional<ResultsCsv> csv;
    if (run->write && is_csv(options.out_format, options.out)) {
        csv.emplace(std::move(run->write));
        run->write = [&csv](std::string_view lines) { return csv->feed(lines); };
    }
    const bool for_people = context.out_is_terminal && !options.json;
    run->digest = for_people;
    AnalyzeBar bar(context, input.size);
    run->progress = [&bar](std::uint64_t bytes, std::int64_t products) {
        bar.show(bytes, products);
    };

    if (!options.comps.file.empty()) {
        auto comps = load_comps_file(options.comps, run->tables->vocabulary);
        if (!comps) return report(context, comps.error());
        context.error << options.comps.file << ": " << describe_comps(*comps, 5);
        run->comps = comps->book;
    }

    const std::shared_ptr<const Tables> tables = run->tables;
    std::istream bytes(&*input.buffer);
    const auto analysis = analyse_stream(bytes, std::move(*run));
    bar.clear();
    if (!analysis) return report_input(context, input.name, analysis.error());
    if (csv) {
        const auto finished = csv->finish();
        if (!finished) return report_input(context, input.name, finished.error());
    }
    if (!options.out.empty()) {
        const auto kept = output.finish();
        if (!kept) return report(context, kept.error());
    }
    if (for_people || options.json) {
        const auto printed = for_people ? print_answer(options, *analysis, *tables, input, context)
                                        : print_json_answer(options, *analysis, *tables, context);
        if (!printed) return report_usage(context, printed.error(), "analyze");
    }
    if (options.timings) print_timings(context, *analysis, context.clock.steady_now() - started);
    return exit_ok;
}

}  // namespace assay::tools
