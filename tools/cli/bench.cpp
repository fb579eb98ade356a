// Puts a load on the dispatch path, and prints rate, times and what was verified.
// SPDX-License-Identifier: MIT
#include "tools/cli/bench.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"
#include "tools/cli/help_format.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/load/fast_receiver.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t sample_every = 997;  // of the built-in receiver: a prime, so never in step
constexpr std::size_t warm_up_deliveries = 5'000;
constexpr std::size_t deliveries_max = 10'000'000;

double per_delivery(double value, const LoadReport& report) {
    return report.delivered == 0 ? 0 : value / static_cast<double>(report.delivered);
}

std::string decimals(double value, int digits) {
    std::string text;
    JsonWriter(text).number(value, digits);
    return text;
}

std::string milliseconds(double microseconds) {
    return decimals(microseconds * 1e-3, 3) + " ms";
}

// As many deliveries as last about so long: by the rate, else by a short run beforehand.
Result<std::size_t> deliveries_for(int seconds, const LoadOptions& load, FastReceiver* receiver) {
    double rate = load.rate;
    if (rate == 0) {
        LoadOptions warm_up = load;
        warm_up.deliveries = warm_up_deliveries;
        const auto report = run_load(warm_up, receiver);
        if (!report) return report.error();
        rate = report->per_second();
    }
    const double wanted = rate * seconds;
    return static_cast<std::size_t>(std::clamp(wanted, 1.0, static_cast<double>(deliveries_max)));
}

Result<LoadReport> run(LoadOptions& load, const BenchOptions& options) {
    std::optional<FastReceiver> own;
    const ListensAt where = load.own_addresses ? ListensAt::all_loopback : ListensAt::one_address;
    if (load.url.empty()) load.url = own.emplace(sample_every, where).url();
    std::optional<SilentReceiver> silent;
    if (options.silent > 0) {
        load.silent_url = silent.emplace().url();
        load.silent = options.silent;
        load.endpoints += options.silent;
    }
    if (options.seconds) {
        const auto deliveries = deliveries_for(*options.seconds, load, own ? &*own : nullptr);
        if (!deliveries) return deliveries.error();
        load.deliveries = *deliveries;
        // What is counted and verified is of one load alone.
        if (own) load.url = own.emplace(sample_every, where).url();
    }
    return run_load(load, own ? &*own : nullptr);
}

}  // namespace

std::string bench_report(const LoadOptions& load, const LoadReport& report) {
    std::string text = counted(report.delivered, "delivery", "deliveries") + " of " +
                       counted(load.body_bytes, "byte", "bytes") + " each, signed, to " +
                       counted(load.endpoints - load.silent, "endpoint", "endpoints") + " at " +
                       load.url + (load.durable ? ", durable\n\n" : ", from memory\n\n");
    const auto row = [&](const char* name, const std::string& value) {
        text += std::string(name) + value + '\n';
    };
    row("rate         ", grouped(static_cast<std::int64_t>(report.per_second())) + " a second");
    row("took         ", decimals(report.seconds, 3) + " s");
    row("processor    ",
        decimals(per_delivery(report.processor_seconds * 1e6, report), 1) + " us a delivery");
    if (report.latency.count > 0) {
        row("answered in  ", "half within " + milliseconds(report.latency.p50) + ", 99 % " +
                                 milliseconds(report.latency.p99) + ", 99.9 % " +
                                 milliseconds(report.latency.p99_9));
    }
    if (!load.durable) {
        row("connections  ", grouped(static_cast<std::int64_t>(report.connections)));
    }
    if (load.silent > 0) {
        row("silent       ", counted(load.silent, "endpoint", "endpoints") + " beside them");
    }
    row("failed       ", counted(report.failed, "attempt", "attempts"));
    row("verified     ", report.verified > 0
                             ? counted(report.verified, "signature", "signatures")
                             : std::string("nothing: a receiver of your own checks it"));
    return text;
}

std::string bench_json(const LoadOptions& load, const LoadReport& report) {
    std::string text;
    JsonWriter json(text);
    const auto count = [](auto number) { return static_cast<std::int64_t>(number); };
    json.begin_object().member("url", load.url).member("durable", load.durable);
    json.member("body_bytes", count(load.body_bytes));
    json.member("endpoints", count(load.endpoints - load.silent));
    json.member("silent", count(load.silent));
    json.member("delivered", count(report.delivered)).member("failed", count(report.failed));
    json.key("seconds").number(report.seconds, 6);
    json.key("per_second").number(report.per_second(), 1);
    json.key("processor_us").number(per_delivery(report.processor_seconds * 1e6, report), 3);
    if (!load.durable) json.member("connections", count(report.connections));
    json.member("verified", count(report.verified));
    if (report.latency.count > 0) {
        json.key("latency_us").begin_object();
        json.key("p50").number(report.latency.p50, 1).key("p99").number(report.latency.p99, 1);
        json.key("p99_9").number(report.latency.p99_9, 1).key("max").number(report.latency.max, 1);
        json.end_object();
    }
    json.end_object();
    return text;
}

int run_bench(const BenchOptions& options, CommandContext& context) {
    LoadOptions load = options.load;
    load.patience = std::chrono::seconds(options.patience_seconds);
    auto report = run(load, options);
    if (!report) {
        Error error = report.error();
        if (error.field == "url")
            error.remedy = "name one here, such as http://127.0.0.1:8000/hook";
        if (error.code == ErrorCode::invalid_argument) return report_usage(context, error, "bench");
        if (error.code == ErrorCode::timeout && error.remedy.empty()) {
            error.remedy = "a receiver must be there and answer every request with a 2xx status";
        }
        return tools::report(context, error);
    }
    context.out << (options.json ? bench_json(load, *report) + '\n' : bench_report(load, *report));
    return report->failed == 0 ? exit_ok : exit_failed;
}

namespace {

void add_load_options(CLI::App& command, BenchOptions& options) {
    LoadOptions& load = options.load;
    command.add_flag("--durable", load.durable,
                     "Commit each event to a store before it is sent, and each outcome after");
    command.add_option("--bytes", load.body_bytes, "Size of a body; default: 1024")
        ->check(CLI::Range(256, static_cast<int>(limits::mebibyte)))
        ->type_name("N");
    command.add_option("--endpoints", load.endpoints, "So many endpoints; default: 1")
        ->check(CLI::Range(1, static_cast<int>(limits::endpoints_per_tenant_max)))
        ->type_name("N");
    command.add_flag("--own-addresses", load.own_addresses,
                     "Each endpoint at a loopback address of its own (127.1.0.0 and on), so with\n"
                     "connections of its own; a receiver of yours must listen on all of them");
    command
        .add_option("--silent", options.silent,
                    "So many further endpoints that take connections and never answer")
        ->check(CLI::Range(1, static_cast<int>(limits::endpoints_per_tenant_max) - 1))
        ->type_name("N");
    command
        .add_option("--in-flight", load.in_flight,
                    "Requests under way to one endpoint at a time; default: 64")
        ->check(CLI::Range(1, static_cast<int>(limits::connections_per_origin_max)))
        ->type_name("N");
    command
        .add_option("--rate", load.rate,
                    "Deliveries a second, whatever the receiver does; default: as fast as they go")
        ->check(CLI::Range(1.0, 1e7))
        ->type_name("N");
    command
        .add_option("--store-in", load.directory,
                    "With --durable: make the store, and remove it again, below this directory;\n"
                    "default: the system's for temporary files")
        ->check(CLI::ExistingDirectory)
        ->type_name("DIR");
    command.add_option("--ca-bundle", load.ca_bundle, "Trust the authorities of this PEM file too")
        ->type_name("FILE");
}

}  // namespace

void add_bench(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = application.add_subcommand(
        "bench", "Measure how many signed deliveries a second this machine sends");
    command->group(group_operate);
    command
        ->add_option("url", options->load.url,
                     "A receiver on this machine (127.0.0.1 or localhost) that answers 2xx;\n"
                     "default: a built-in one that verifies a sample")
        ->type_name("URL");
    add_load_options(*command, *options);
    CLI::Option* const count =
        command->add_option("--count", options->load.deliveries, "Deliveries; default: 200000")
            ->check(CLI::Range(1, static_cast<int>(deliveries_max)))
            ->type_name("N");
    command
        ->add_option("--seconds", options->seconds,
                     "Instead of --count: as many deliveries as last about so long")
        ->check(CLI::Range(1, 3'600))
        ->excludes(count)
        ->type_name("N");
    command
        ->add_option("--patience", options->patience_seconds,
                     "Give up when no answer comes for so many seconds; default: 30")
        ->check(CLI::Range(1, 3'600))
        ->type_name("N");
    command->add_flag("--json", options->json, "Print one JSON object, for scripts");
    command->footer(
        "Nothing leaves this machine, and no data directory is touched. On two cores\n"
        "the receiver takes its share of the machine: compare runs, not figures of\n"
        "different machines.\n\n"
        "Examples:\n"
        "  assay bench\n"
        "  assay bench http://127.0.0.1:8000/hook --seconds 10\n"
        "  assay bench --durable --bytes 4096 --endpoints 100 --json\n"
        "  assay bench --endpoints 700 --own-addresses --silent 300\n\n"
        "Exit code: 0 all was delivered, 1 not, 2 called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_bench(*options, context); });
}

}  // namespace assay::tools
