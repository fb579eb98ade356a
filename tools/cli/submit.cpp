// `assay submit`: manifests to a server, each a batch of its own.
// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/object.hpp>
#include <iostream>
#include <memory>

#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/batch_progress.hpp"
#include "tools/cli/batch_watch.hpp"
#include "tools/cli/batches.hpp"
#include "tools/cli/column_option.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

struct SubmitOptions {
    ServerOptions server;
    std::vector<std::string> files;
    std::string format, idempotency_key, collection_id, freight, premium, bid, as_of, on_invalid,
        sheet, timeout;
    std::vector<std::string> only, columns;
    bool wait = false;
};

// What became of one file.
struct Sent {
    std::string file;
    std::string id;  // of its batch; empty: it was not accepted
    boost::json::value batch;
    std::optional<Error> error;
    int exit_code = exit_ok;
};

std::string_view content_type(engine::InputFormat format) {
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

std::string joined(const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words)
        list += (list.empty() ? "" : ",") + word;
    return list;
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
    add("analyzers", joined(options.only));
    add("columns", joined(options.columns));
    return query;
}

Result<boost::json::value> send(ApiClient& client, const SubmitOptions& options,
                                const std::string& file, CommandContext& context) {
    AnalyzeInput input;
    if (auto opened = input.open(file, options.format, context.in); !opened)
        return std::move(opened).error();
    std::istream bytes(&*input.buffer);
    const auto read = [&bytes](char* buffer, std::size_t size) {
        bytes.read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(bytes.gcount());
    };
    return client.upload({"POST", "/v1/batches" + query_of(options),
                          std::string(content_type(input.format)), input.gzip,
                          options.idempotency_key, read});
}

std::string shown_name(const std::string& file) {
    return file == "-" ? "standard input" : file;
}

// on_invalid=reject: the faults are what the caller came for.
void report_refusal(const ApiClient& client, const std::string& file, const Error& error,
                    CommandContext& context) {
    report_input(context, file, error);
    if (context.json) return;
    for (const Error& fault : client.faults())
        context.error << "  " << describe(fault) << '\n';
}

// Sends every file, also behind one that is refused; only a server that is not there ends it.
std::vector<Sent> send_all(ApiClient& client, const SubmitOptions& options,
                           CommandContext& context) {
    std::vector<Sent> all;
    for (const std::string& file : options.files) {
        Sent sent;
        sent.file = file;
        auto batch = send(client, options, file, context);
        if (batch) {
            sent.id = text_member(*batch, "id");
            sent.batch = *std::move(batch);
        } else {
            sent.error = batch.error();
            sent.exit_code = exit_failed;
            if (!context.json || options.files.size() == 1)
                report_refusal(client, shown_name(file), *sent.error, context);
        }
        all.push_back(std::move(sent));
        if (all.back().error && all.back().error->code == ErrorCode::connect_failed) break;
    }
    return all;
}

// Watches the accepted batches one after the other; the server runs them side by side meanwhile.
void watch_all(ApiClient& client, const SubmitOptions& options,
               const std::optional<std::chrono::milliseconds>& timeout, std::vector<Sent>& all,
               CommandContext& context) {
    const auto stop = stop_source_of(context);
    std::optional<SteadyTime> deadline;
    if (timeout) deadline = context.clock.steady_now() + *timeout;
    for (Sent& sent : all) {
        if (sent.id.empty()) continue;
        const bool several = options.files.size() > 1;
        if (several && context.redraws) context.error << printable(sent.file) << '\n';
        const WatchRequest request{sent.id, several ? printable(sent.file) : "", deadline, true};
        auto watched = watch_batch(client, request, *stop, context);
        if (!watched) {
            sent.error = watched.error();
            sent.exit_code = exit_failed;
            if (!context.json || !several) report(context, watched.error());
            continue;
        }
        sent.exit_code = exit_code_of(*watched, sent.id, context);
        if (!watched->batch.is_null()) sent.batch = std::move(watched->batch);
        if (watched->end == WatchEnd::interrupted) return;
    }
}

// One line of JSON a file, so that a script reads as many lines as it gave files.
void print_json_lines(const std::vector<Sent>& all, CommandContext& context) {
    for (const Sent& sent : all) {
        boost::json::object line{{"file", sent.file}};
        if (!sent.id.empty()) line["batch"] = sent.batch;
        if (sent.error) {
            line["error"] = {{"code", to_string(sent.error->code)},
                             {"message", sent.error->message}};
        }
        print_json(context, line);
    }
}

std::string lot_amount(const boost::json::value& batch, std::string_view group,
                       std::string_view name) {
    const auto* summary = member(batch, "summary");
    const auto* lot = summary == nullptr ? nullptr : member(*summary, "lot");
    const auto* holder = lot == nullptr || group.empty() ? lot : member(*lot, group);
    const auto* value = holder == nullptr ? nullptr : member(*holder, name);
    if (value == nullptr || !value->is_int64()) return "-";
    return amount_text(value->get_int64(), text_member(*lot, "currency"));
}

void print_table(const std::vector<Sent>& all, bool waited, CommandContext& context) {
    std::vector<std::vector<std::string>> rows{{"FILE", "BATCH", "STATUS", "PRODUCTS"}};
    if (waited) rows.front().insert(rows.front().end(), {"FAILED", "NET", "BID AT MOST"});
    for (const Sent& sent : all) {
        std::vector<std::string> row{
            printable(shown_name(sent.file)), sent.id.empty() ? "-" : sent.id,
            sent.id.empty() ? "not accepted" : printable(text_member(sent.batch, "status"))};
        row.push_back(sent.id.empty() ? "-"
                                      : grouped(integer_member(sent.batch, "total_products")));
        if (waited) {
            row.push_back(sent.id.empty() ? "-"
                                          : grouped(integer_member(sent.batch, "failed_products")));
            row.push_back(lot_amount(sent.batch, "net", "p50"));
            row.push_back(lot_amount(sent.batch, "", "max_bid"));
        }
        rows.push_back(std::move(row));
    }
    context.out << aligned(rows, {table_columns(context), {0}, {3, 4, 5, 6}});
}

void print_all(const SubmitOptions& options, const std::vector<Sent>& all,
               CommandContext& context) {
    if (options.files.size() > 1) {
        if (context.json) return print_json_lines(all, context);
        return print_table(all, options.wait, context);
    }
    const Sent& sent = all.front();
    if (sent.id.empty()) return;
    if (context.json) return print_json(context, sent.batch);
    if (!options.wait) {
        context.out << sent.id << '\n' << std::flush;
        if (context.out_is_terminal)
            context.error << "Accepted. Follow it with: assay watch " << sent.id << '\n';
    } else if (has_ended(text_member(sent.batch, "status"))) {
        print_batch(context, sent.batch);
    } else {
        context.out << sent.id << '\n';  // so that a script has it, whatever became of the watch
    }
}

Result<void> check(const SubmitOptions& options) {
    if (options.files.size() > 1 && !options.idempotency_key.empty()) {
        return fail(ErrorCode::invalid_argument, "cannot stand for several files",
                    "--idempotency-key", "submit them one by one, each with a key of its own");
    }
    if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
        return fail(ErrorCode::invalid_argument, "standard input can be read once only", "file",
                    "write - once");
    }
    return {};
}

int run_submit(const SubmitOptions& options, CommandContext& context) {
    if (const auto checked = check(options); !checked)
        return report_usage(context, checked.error(), "submit");
    const auto timeout = timeout_of(options.timeout);
    if (!timeout) return report_usage(context, timeout.error(), "submit");
    auto client = connect(options.server, context);
    if (!client) return report(context, client.error());
    std::vector<Sent> all = send_all(*client, options, context);
    if (options.wait) watch_all(*client, options, *timeout, all, context);
    print_all(options, all, context);
    int code = all.size() == options.files.size() ? exit_ok : exit_failed;
    for (const Sent& sent : all)
        code = std::max(code, sent.exit_code);
    return code;
}

}  // namespace

void add_submit(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<SubmitOptions>();
    CLI::App* command = application.add_subcommand(
        "submit", "Send manifests to a server, each as a batch of its own");
    command->group(group_client);
    command
        ->add_option("file", options->files,
                     "The manifests (.csv, .xlsx, .ndjson, .json, also .gz); - is standard input")
        ->required()
        ->type_name("");
    command
        ->add_option("--format", options->format,
                     "How to read them; default: by the name, else by the first bytes")
        ->check(CLI::IsMember({"csv", "xlsx", "ndjson", "json"}))
        ->type_name("FORMAT");
    command->add_option("--sheet", options->sheet, "The sheet of a workbook to read")
        ->type_name("NAME");
    add_column_option(*command, options->columns);
    command->add_flag("--wait", options->wait, "Stay, show progress, and print the outcome");
    command->add_option("--timeout", options->timeout, "Wait no longer than this, e.g. 90s or 10m")
        ->type_name("TIME");
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
        "Prints the batch's id; with --wait the outcome. Several files give a table, with\n"
        "--json one line of JSON a file. Ctrl-C leaves batches running and says how to\n"
        "come back.\n\n"
        "Examples:\n"
        "  assay submit manifest.csv --wait\n"
        "  assay submit spring/*.csv --wait --timeout 10m\n"
        "  zcat big.ndjson.gz | assay submit -\n"
        "  id=$(assay submit products.ndjson.gz) && assay results $id > results.ndjson\n\n"
        "Exit code: 0 all accepted (with --wait: completed), 1 one refused or failed,\n"
        "2 called wrongly, 124 the time was up, 130 interrupted.\n");
    command->callback([options, &context] { context.exit_code = run_submit(*options, context); });
}

}  // namespace assay::tools
