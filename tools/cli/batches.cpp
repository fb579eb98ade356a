// watch, results and cancel: options, help, and what they print.
// SPDX-License-Identifier: MIT
#include "tools/cli/batches.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "tools/cli/batch_progress.hpp"
#include "tools/cli/batch_watch.hpp"
#include "tools/cli/output_file.hpp"
#include "tools/cli/result_table.hpp"
#include "tools/cli/results_csv.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

struct BatchOptionsOfCommand {
    ServerOptions server;
    std::string batch, status, out, format, timeout;
};

int run_watch(const BatchOptionsOfCommand& options, CommandContext& context) {
    const auto timeout = timeout_of(options.timeout);
    if (!timeout) return report_usage(context, timeout.error(), "watch");
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    WatchRequest request{options.batch, "", std::nullopt, false};
    if (*timeout) request.deadline = context.clock.steady_now() + **timeout;
    const auto stop = stop_source_of(context);
    auto watched = watch_batch(*client, request, *stop, context);
    if (!watched) return report(context, watched.error());
    if (watched->end == WatchEnd::ended) {
        if (context.json) {
            print_json(context, watched->batch);
        } else {
            print_batch(context, watched->batch);
        }
    }
    return exit_code_of(*watched, options.batch, context);
}

// Where results go, and what they become on their way.
struct ResultSink {
    std::function<Result<void>(std::string_view)> feed;
    std::function<Result<void>()> finish = [] { return Result<void>(); };
};

// A person at a terminal reads a table, everybody else the lines themselves.
ResultSink sink_for(const BatchOptionsOfCommand& options, CommandContext& context,
                    OutputFile& file) {
    const ResultsCsv::Write write = [&](std::string_view bytes) {
        return options.out.empty() ? write_lines(context.out, bytes) : file.write(bytes);
    };
    if (is_csv(options.format, options.out)) {
        auto csv = std::make_shared<ResultsCsv>(write);
        return {[csv](std::string_view bytes) { return csv->feed(bytes); },
                [csv] { return csv->finish(); }};
    }
    if (options.format.empty() && options.out.empty() && context.out_is_terminal && !context.json) {
        auto table = std::make_shared<ResultTable>(
            write, ResultTableStyle{context.columns, context.colour_out});
        return {[table](std::string_view bytes) { return table->feed(bytes); },
                [table] { return table->finish(); }};
    }
    return {write};
}

Result<void> print_results(ApiClient& client, const BatchOptionsOfCommand& options,
                           CommandContext& context) {
    const std::string path = "/v1/batches/" + url_encoded(options.batch);
    const auto batch = client.get(path);
    if (!batch) return batch.error();
    const std::string status = text_member(*batch, "status");
    if (!has_ended(status) && !context.json) {
        context.error << "The batch is " << printable(status)
                      << ": these are the results so far.\n";
    }
    OutputFile file;
    if (!options.out.empty()) {
        if (auto opened = file.open(options.out); !opened) return opened;
    }
    const ResultSink sink = sink_for(options, context, file);
    Result<void> fed;
    const std::string query =
        options.status.empty() ? "" : "?status=" + url_encoded(options.status);
    const auto streamed = client.stream(path + "/results" + query, "application/x-ndjson",
                                        [&](std::string_view bytes) {
                                            fed = sink.feed(bytes);
                                            return fed.has_value();
                                        });
    if (!fed) return fed;
    if (!streamed) return streamed;
    if (auto finished = sink.finish(); !finished) return finished;
    return options.out.empty() ? write_lines(context.out, {}) : file.finish();
}

int run_results(const BatchOptionsOfCommand& options, CommandContext& context) {
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    const auto printed = print_results(*client, options, context);
    return printed ? exit_ok : report_input(context, {}, printed.error());
}

int run_cancel(const BatchOptionsOfCommand& options, CommandContext& context) {
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    auto batch = client->post("/v1/batches/" + url_encoded(options.batch) + "/cancel", nullptr);
    if (!batch) return report(context, batch.error());
    if (context.json) {
        print_json(context, *batch);
    } else {
        print_batch(context, *batch);
    }
    return exit_ok;
}

// A command whose one argument is a batch.
std::shared_ptr<BatchOptionsOfCommand> add_batch_command(
    CLI::App& application, const char* name, const char* purpose, CommandContext& context,
    int (*run)(const BatchOptionsOfCommand&, CommandContext&)) {
    auto options = std::make_shared<BatchOptionsOfCommand>();
    CLI::App* command = application.add_subcommand(name, purpose);
    command->group(group_client);
    command->add_option("batch", options->batch, "The batch's id, as `assay submit` printed it")
        ->required()
        ->type_name("");
    add_server_options(*command, options->server);
    command->callback([options, &context, run] { context.exit_code = run(*options, context); });
    return options;
}

}  // namespace

void add_watch(CLI::App& application, CommandContext& context) {
    auto options = add_batch_command(application, "watch", "Follow a batch until it has ended",
                                     context, run_watch);
    CLI::App* command = application.get_subcommand("watch");
    command->add_option("--timeout", options->timeout, "Watch no longer than this, e.g. 90s or 10m")
        ->type_name("TIME");
    command->footer(
        "A bar on a terminal, else lines that a log can hold. A server that restarts in\n"
        "the middle is waited for. Ctrl-C leaves the batch running.\n\n"
        "Example: assay watch $(assay submit manifest.csv) --timeout 10m\n\n"
        "Exit code: 0 the batch completed, 1 it failed, was cancelled or is not there,\n"
        "2 called wrongly, 124 the time was up, 130 interrupted.\n");
}

void add_results(CLI::App& application, CommandContext& context) {
    auto options = add_batch_command(
        application, "results", "Print a batch's results, in input order", context, run_results);
    CLI::App* command = application.get_subcommand("results");
    command->add_option("--status", options->status, "Only these products")
        ->check(CLI::IsMember({"completed", "failed", "cancelled"}))
        ->type_name("STATUS");
    command->add_option("--out", options->out, "Write to this file; it appears when it is whole")
        ->type_name("FILE");
    command
        ->add_option("--format", options->format,
                     "ndjson: everything, a JSON object a line; csv: flat columns for a "
                     "spreadsheet; default: by the name of --out, else ndjson")
        ->check(CLI::IsMember({"ndjson", "csv"}))
        ->type_name("FORMAT");
    command->footer(
        "On a terminal you see a table; piped you get NDJSON.\n\n"
        "Examples:\n"
        "  assay results BATCH --out results.csv\n"
        "  assay results BATCH --status failed | jq .error\n\n"
        "Exit code: 0 printed, 1 it could not be, 2 called wrongly.\n");
}

void add_cancel(CLI::App& application, CommandContext& context) {
    add_batch_command(application, "cancel", "Stop a batch; what is finished is kept", context,
                      run_cancel);
    application.get_subcommand("cancel")->footer(
        "What is being analysed at the moment is finished first.\n\n"
        "Example: assay cancel BATCH && assay results BATCH --status completed\n\n"
        "Exit code: 0 it is stopping or has stopped, 1 it had ended or is not known.\n");
}

}  // namespace assay::tools
