// Reads a history of sales twice, as comparables and as cases, and prints how the promises held.
// SPDX-License-Identifier: MIT
#include "tools/cli/backtest.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <ostream>
#include <vector>

#include "tools/cli/backtest_replay.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/comps_file.hpp"
#include "tools/cli/fee_directory.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct BacktestOptions {
    CompsFileOptions sales;
    OwnTables tables;
    std::string as_of;
    bool json = false;
};

std::string share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? "-" : percent_text(static_cast<double>(part) / static_cast<double>(whole));
}

Result<Backtest> run(const BacktestOptions& options) {
    auto tables = load_tables_with(options.tables);
    if (!tables) return std::move(tables).error();
    std::vector<PastSale> sales;
    const auto keep = [&](const engine::SoldRecord& record) {
        if (auto sale = past_sale(record)) sales.push_back(*std::move(sale));
    };
    const auto comps = load_comps_file(options.sales, (*tables)->vocabulary, keep);
    if (!comps) return comps.error();
    if (sales.empty()) {
        return fail(ErrorCode::invalid_input, options.sales.file + " names no date of a sale",
                    "sold_at", "add a column with the day of each sale, e.g. sold_at");
    }
    TimePoint cut = usual_cut(sales);
    if (!options.as_of.empty()) {
        const auto time = parse_time(options.as_of);
        if (!time) {
            return fail(ErrorCode::invalid_argument, "is not a time", "--as-of",
                        "write it like 2026-05-25 or 2026-05-25T10:30:00Z");
        }
        cut = *time;
    }
    const auto plan = engine::AnalysisPlan::make({}, *tables, comps->book);
    if (!plan) return plan.error();
    return replay(*plan, sales, cut);
}

boost::json::object to_json(const IntervalHits& hits) {
    return {{"sales", hits.sales},
            {"below_p10", hits.below},
            {"within", hits.within()},
            {"above_p90", hits.above},
            {"under_p50", hits.under_median}};
}
boost::json::object to_json(const ProbabilityHits& hits) {
    return {{"cases", hits.cases},
            {"came_true", hits.came_true},
            {"promised", hits.cases == 0 ? 0 : hits.promised / static_cast<double>(hits.cases)}};
}

// The names of `promises` that are chances, as the JSON and the tables have them.
struct Chance {
    const char *name, *words;
    ProbabilityHits Promises::*hits;
};
constexpr Chance chances[] = {
    {"ci", "that ci holds the middle of later sales", &Promises::middle},
    {"p_loss", "of a loss", &Promises::loss},
    {"p_sold_30", "to sell in 30 days", &Promises::sold_30},
    {"p_sold_90", "to sell in 90 days", &Promises::sold_90},
};

boost::json::object to_json(const Backtest& test) {
    boost::json::object categories, earned;
    for (const auto& [name, promises] : test.by_category) {
        boost::json::object category = to_json(promises.interval);
        for (const Chance& chance : chances)
            category[chance.name] = to_json(promises.*chance.hits);
        categories[name] = std::move(category);
    }
    for (const auto& [key, of] : test.earned) {
        auto& currency = earned[key.first];
        if (!currency.is_object()) currency = boost::json::object();
        currency.get_object()[key.second] = {
            {"sales", of.sales}, {"cost", of.cost}, {"profit", of.profit}};
    }
    boost::json::object out{{"as_of", to_rfc3339(test.cut)},
                            {"known", test.known},
                            {"judged", test.judged},
                            {"unpriced", test.unpriced},
                            {"with_cost", test.with_cost},
                            {"interval", to_json(test.all.interval)},
                            {"by_category", std::move(categories)}};
    for (const Chance& chance : chances)
        out[chance.name] = to_json(test.all.*chance.hits);
    out["earned"] = std::move(earned);
    return out;
}

std::vector<std::string> interval_row(const std::string& name, const IntervalHits& hits) {
    return {"  " + name,
            grouped(hits.sales),
            share(hits.below, hits.sales),
            share(hits.within(), hits.sales),
            share(hits.above, hits.sales),
            share(hits.under_median, hits.sales)};
}

std::string shown_category(const std::string& name) {
    return name.empty() ? "(none named)" : printable(name);
}

void print_chances(const Backtest& test, std::size_t width, std::ostream& out) {
    out << "\nChances: what was promised on average, and how often it came true\n";
    Rows rows{{"  CHANCE", "CATEGORY", "CASES", "PROMISED", "CAME TRUE"}};
    for (const Chance& chance : chances) {
        const auto add = [&](const std::string& category, const ProbabilityHits& hits) {
            const auto cases = static_cast<double>(hits.cases);
            rows.push_back({std::string("  ") + chance.words, category, grouped(hits.cases),
                            hits.cases == 0 ? "-" : percent_text(hits.promised / cases),
                            share(hits.came_true, hits.cases)});
        };
        add("all", test.all.*chance.hits);
        if (test.by_category.size() < 2) continue;
        for (const auto& [name, promises] : test.by_category) {
            if ((promises.*chance.hits).cases > 0) add(shown_category(name), promises.*chance.hits);
        }
    }
    out << aligned(rows, {width, {0, 1}, {2, 3, 4}});
}

std::string why_nothing_earned(const Backtest& test) {
    if (test.with_cost == 0) return "No sale names its cost: add a column unit_cost.";
    if (test.judged_with_cost == 0)
        return "No sale of the days after names its cost; " +
               counted(test.with_cost, "sale", "sales") + " before them " +
               (test.with_cost == 1 ? "does." : "do.");
    return "No sale that names its cost has a price and a channel that could sell it.";
}

void print(const Backtest& test, CommandContext& context) {
    std::ostream& out = context.out;
    const std::size_t width = table_columns(context);
    out << "As of " << to_rfc3339(test.cut).substr(0, 10) << ": " << grouped(test.known)
        << " sales were known; " << grouped(test.judged) << " of the " << backtest_horizon_days
        << " days after it were foretold, " << grouped(test.unpriced)
        << " of them\nwithout a price, because nothing like them had been sold.\n\nPrices: where "
           "sales fell (promised: 10, 80, 10 %, and 50 % under p50)\n";
    Rows rows{{"  CATEGORY", "SALES", "BELOW P10", "P10 TO P90", "ABOVE P90", "UNDER P50"},
              interval_row("all", test.all.interval)};
    for (const auto& [name, promises] : test.by_category)
        rows.push_back(interval_row(shown_category(name), promises.interval));
    out << aligned(rows, {width, {0}, {1, 2, 3, 4, 5}});
    print_chances(test, width, out);
    out << "\nVerdicts: what they would have earned, at the prices that were really paid\n";
    if (test.earned.empty()) {
        out << "  " << why_nothing_earned(test) << "\n" << std::flush;
        return;
    }
    rows = {{"  VERDICT", "SALES", "COST", "PROFIT", "RETURN"}};
    for (const auto& [key, of] : test.earned) {
        const double ratio =
            of.cost == 0 ? 0 : static_cast<double>(of.profit) / static_cast<double>(of.cost);
        rows.push_back({"  " + key.second, grouped(of.sales), amount_text(of.cost, key.first),
                        amount_text(of.profit, key.first),
                        of.cost == 0 ? "-" : percent_text(ratio)});
    }
    out << aligned(rows, {width, {0}, {1, 2, 3, 4}}) << std::flush;
}

int run_backtest(const BacktestOptions& options, CommandContext& context) {
    const auto test = run(options);
    if (!test) {
        Error error = test.error();
        if (error.field.starts_with("--comps-")) error.field.erase(2, 6);  // here without "comps-"
        return error.field.starts_with("--") ? report_usage(context, error, "backtest")
                                             : report(context, error);
    }
    if (options.json) {
        print_json(context, to_json(*test));
    } else {
        print(*test, context);
    }
    return exit_ok;
}

}  // namespace

void add_backtest(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<BacktestOptions>();
    CLI::App* command = application.add_subcommand(
        "backtest", "Replay your own sales: how well they would have been foretold");
    command->group(group_run);
    command
        ->add_option("file", options->sales.file,
                     "Your sales (.csv, .ndjson, also .gz), with the day and price of each; also\n"
                     "category and unit_cost, where you have them")
        ->required()
        ->type_name("");
    command
        ->add_option("--as-of", options->as_of,
                     "Pretend that it is this day; default: 70 % of the sales lie before it")
        ->type_name("TIME");
    command
        ->add_option("--currency", options->sales.currency,
                     "The currency of sales that name none, e.g. EUR")
        ->type_name("CODE");
    command
        ->add_option("--columns", options->sales.columns,
                     "Name columns that are not understood: price=Betrag,ean=Code")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("FIELD=HEADER,...");
    add_table_options(*command, options->tables);
    command->add_flag("--json", options->json, "Print one JSON object");
    command->footer(
        "Each sale after the day is priced with the sales before it, then held against\n"
        "what it really brought: between p10 and p90 should lie 80 %. A verdict counts\n"
        "where a sale names its cost.\n\n"
        "Examples:\n"
        "  assay backtest my-sales.csv --as-of 2026-03-01\n"
        "  assay backtest my-sales.csv --json | jq .interval\n\n"
        "Exit code: 0 replayed, 1 it could not be, 2 the command was called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_backtest(*options, context); });
}

}  // namespace assay::tools
