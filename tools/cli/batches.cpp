// submit, watch, results and cancel: options, help, and what they print.
// SPDX-License-Identifier: MIT
#include "tools/cli/batches.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/batch_watch.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

struct SubmitOptions {
    ServerOptions server;
    std::string file, format, idempotency_key, collection_id, freight, premium, bid, as_of,
        on_invalid, sheet;
    std::vector<std::string> only;
    bool wait = false;
};

std::string content_type(engine::InputFormat format) {
    switch (format) {
        case engine::InputFormat::csv:
            return "text/csv";
        case engine::InputFormat::ndjson:
            return "application/x-ndjson";
        case engine::InputFormat::json:
            return "application/json";
        case engine::InputFormat::xlsx:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }
    return {};
}

std::string query_of(const SubmitOptions& options) {
    std::string query;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (value.empty()) return;
        query += (query.empty() ? "?" : "&") + std::string(name) + "=" + url_encoded(value);
    };
    add("collection_id", options.collection_id);
    add("freight", options.freight);
    add("premium", options.premium);
    add("bid", options.bid);
    add("as_of", options.as_of);
    add("on_invalid", options.on_invalid);
    add("sheet", options.sheet);
    std::string only;
    for (const auto& name : options.only)
        only += (only.empty() ? "" : ",") + name;
    add("analyzers", only);
    return query;
}

Result<boost::json::value> send(ApiClient& client, const SubmitOptions& options,
                                CommandContext& context) {
    AnalyzeInput input;
    if (auto opened = input.open(options.file, options.format, context.in); !opened)
        return std::move(opened).error();
    std::istream in(&*input.buffer);
    const auto read = [&in](char* buffer, std::size_t size) {
        in.read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(in.gcount());
    };
    return client.upload({"POST", "/v1/batches" + query_of(options), content_type(input.format),
                          input.gzip, options.idempotency_key, read});
}

// Watches the batch to its end, prints it, and gives what the command ends with.
int follow(ApiClient& client, const std::string& id, const ServerOptions& server,
           CommandContext& context) {
    auto ended = watch_batch(client, id, context);
    if (!ended) return report(context, ended.error());
    if (server.json) {
        print_json(context, *ended);
    } else {
        print_batch(context, *ended);
    }
    return text_member(*ended, "status") == "completed" ? exit_ok : exit_failed;
}

// on_invalid=reject: the faults are what the caller came for.
int report_refusal(const ApiClient& client, const SubmitOptions& options, const Error& error,
                   CommandContext& context) {
    const int code =
        report_input(context, options.file == "-" ? "standard input" : options.file, error);
    for (const Error& fault : client.faults())
        context.error << "  " << describe(fault) << '\n';
    return code;
}

int run_submit(const SubmitOptions& options, CommandContext& context) {
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    auto batch = send(*client, options, context);
    if (!batch) return report_refusal(*client, options, batch.error(), context);
    const std::string id = text_member(*batch, "id");
    if (!options.wait) {
        if (options.server.json) {
            print_json(context, *batch);
        } else {
            context.out << id << '\n';
            if (context.out_is_terminal) {
                context.error << "Accepted. Follow it with: assay watch " << id << '\n';
            }
        }
        return exit_ok;
    }
    return follow(*client, id, options.server, context);
}

struct BatchOptionsOfCommand {
    ServerOptions server;
    std::string batch, status, out;
};

int run_watch(const BatchOptionsOfCommand& options, CommandContext& context) {
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    return follow(*client, options.batch, options.server, context);
}

int run_results(const BatchOptionsOfCommand& options, CommandContext& context) {
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    AnalyzeOutput file;
    if (!options.out.empty()) {
        const auto opened = file.open(options.out);
        if (!opened) return report(context, opened.error());
    }
    Result<void> written;
    std::string path = "/v1/batches/" + url_encoded(options.batch) + "/results";
    if (!options.status.empty()) path += "?status=" + url_encoded(options.status);
    const auto streamed = client->stream(path, "application/x-ndjson", [&](std::string_view bytes) {
        written = options.out.empty() ? write_lines(context.out, bytes) : file.write(bytes);
        return written.has_value();
    });
    if (!streamed) return report(context, streamed.error());
    if (written) written = options.out.empty() ? write_lines(context.out, {}) : file.finish();
    return written ? exit_ok : report_input(context, {}, written.error());
}

int run_cancel(const BatchOptionsOfCommand& options, CommandContext& context) {
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    auto batch = client->post("/v1/batches/" + url_encoded(options.batch) + "/cancel", nullptr);
    if (!batch) return report(context, batch.error());
    if (options.server.json) {
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

void add_submit(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<SubmitOptions>();
    CLI::App* command =
        application.add_subcommand("submit", "Send a manifest to a server; prints the batch's id");
    command->group(group_client);
    command
        ->add_option("file", options->file,
                     "The manifest (.csv, .xlsx, .ndjson, .json, also .gz), or -")
        ->required()
        ->type_name("");
    command
        ->add_option("--format", options->format,
                     "How to read it; default: by its name, else by its first bytes")
        ->check(CLI::IsMember({"csv", "xlsx", "ndjson", "json"}))
        ->type_name("FORMAT");
    command->add_option("--sheet", options->sheet, "The sheet of a workbook to read")
        ->type_name("NAME");
    command->add_flag("--wait", options->wait, "Stay, show progress, and print the outcome");
    command
        ->add_option("--collection", options->collection_id, "An id of yours that groups batches")
        ->type_name("ID");
    command
        ->add_option("--idempotency-key", options->idempotency_key,
                     "The same key and file again give the first batch, not a second one")
        ->type_name("KEY");
    command->add_option("--only", options->only, "Only these analyses, e.g. identity,price")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command->add_option("--freight", options->freight, "Freight of the lot, e.g. 60.00")
        ->type_name("AMOUNT");
    command->add_option("--premium", options->premium, "Buyer's premium on the bid, e.g. 5%")
        ->type_name("PERCENT");
    command->add_option("--bid", options->bid, "A bid to judge")->type_name("AMOUNT");
    command->add_option("--as-of", options->as_of, "Judge as of this time; default: now")
        ->type_name("TIME");
    command
        ->add_option(
            "--on-invalid", options->on_invalid,
            "fail_item: a bad product fails alone (default); reject: refuse the whole batch")
        ->check(CLI::IsMember({"fail_item", "reject"}))
        ->type_name("RULE");
    add_server_options(*command, options->server);
    command->footer(
        "Examples:\n"
        "  assay submit manifest.csv --wait\n"
        "  id=$(assay submit products.ndjson.gz) && assay results $id > results.ndjson\n\n"
        "Exit code: 0 accepted (with --wait: completed), 1 refused or failed, 2 called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_submit(*options, context); });
}

void add_watch(CLI::App& application, CommandContext& context) {
    add_batch_command(application, "watch", "Follow a batch until it has ended", context,
                      run_watch);
}

void add_results(CLI::App& application, CommandContext& context) {
    auto options = add_batch_command(
        application, "results", "Print a batch's results: one JSON object a line, in input order",
        context, run_results);
    CLI::App* command = application.get_subcommand("results");
    command->add_option("--status", options->status, "Only these products")
        ->check(CLI::IsMember({"completed", "failed", "cancelled"}))
        ->type_name("STATUS");
    command->add_option("--out", options->out, "Write to this file")->type_name("FILE");
}

void add_cancel(CLI::App& application, CommandContext& context) {
    add_batch_command(application, "cancel", "Stop a batch; what is finished is kept", context,
                      run_cancel);
}

}  // namespace assay::tools
