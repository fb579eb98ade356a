// Runs the probes one after the other over the transport that deliveries use, and prints findings.
// SPDX-License-Identifier: MIT
#include "tools/cli/check.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <ostream>

#include "notify/http/client_pool.hpp"
#include "tools/cli/check_findings.hpp"
#include "tools/cli/check_look.hpp"
#include "tools/cli/check_probes.hpp"
#include "tools/cli/profile_directory.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"

namespace assay::tools {
namespace {

Result<notify::ClientOptions> client_options(const CheckOptions& options) {
    notify::ClientOptions client;
    client.urls.allow_http = client.urls.allow_loopback = options.allow_insecure;
    client.addresses.allow_loopback = options.allow_insecure;
    client.ca_bundle = options.ca_bundle;
    for (const std::string& text : options.allowed_cidrs) {
        auto cidr = notify::parse_cidr(text);
        if (!cidr) {
            cidr.error().field = "--allow-endpoint-cidr";
            return cidr.error();
        }
        client.urls.allowed_cidrs.push_back(*cidr);
        client.addresses.allowed.push_back(*cidr);
    }
    return client;
}

// What a server would refuse has another remedy here.
Result<notify::Url> read_url(const CheckOptions& options, const notify::UrlPolicy& policy) {
    auto url = notify::parse_url(options.url, policy);
    if (url) return url;
    notify::UrlPolicy insecure = policy;
    insecure.allow_http = insecure.allow_loopback = true;
    if (notify::parse_url(options.url, insecure)) {
        url.error().remedy = "to check it all the same, add --allow-insecure-endpoints";
    }
    url.error().field = "URL";
    return url;
}

// One request at a time on this thread: what is measured is the receiver, not its neighbours.
notify::Outcome send(boost::asio::io_context& io, notify::Transport& transport,
                     notify::SignedRequest request) {
    notify::Outcome outcome;
    io.restart();
    transport.send(std::move(request), [&](notify::Outcome answer) {
        outcome = std::move(answer);
        io.stop();
    });
    io.run();
    return outcome;
}

struct Seen {
    std::vector<Observation> answers;
    std::string remote;
};

Result<Seen> ask(std::vector<Probe> probes, const notify::Profile& profile,
                 const notify::ClientOptions& client, const Clock& clock) {
    boost::asio::io_context io(1);
    auto resolver = notify::make_resolver({});
    if (!resolver) return resolver.error();
    auto transport = notify::make_client_pool(io, clock, **resolver, client);
    if (!transport) return transport.error();
    Seen seen;
    for (Probe& probe : probes) {
        auto outcome = send(io, **transport, std::move(probe.request));
        if (!outcome.remote_address.empty()) seen.remote = outcome.remote_address;
        seen.answers.push_back({probe.check, std::move(outcome)});
        // Who does not take the valid one is not worth an hour of timeouts.
        if (judge(profile, seen.answers, {}).front().verdict != Verdict::passed) break;
    }
    return seen;
}

std::size_t count(const std::vector<Finding>& findings, Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(),
                      [&](const Finding& finding) { return finding.verdict == verdict; }));
}

void print_as_json(const CheckOptions& options, const std::vector<Finding>& findings,
                   CommandContext& context) {
    boost::json::array rows;
    for (const Finding& finding : findings) {
        boost::json::object row{{"check", to_string(finding.check)},
                                {"verdict", to_string(finding.verdict)},
                                {"said", finding.said}};
        row["fix"] = finding.fix.empty() ? boost::json::value() : boost::json::value(finding.fix);
        row["status"] = finding.status == 0 ? boost::json::value() : finding.status;
        row["duration_ms"] = finding.duration_ms < 0 ? boost::json::value() : finding.duration_ms;
        rows.push_back(std::move(row));
    }
    boost::json::object whole{{"url", options.url},
                              {"profile", options.profile},
                              {"grade", std::string(1, grade(findings))}};
    for (const Verdict verdict :
         {Verdict::passed, Verdict::advice, Verdict::failed, Verdict::skipped}) {
        whole[to_string(verdict)] = count(findings, verdict);
    }
    whole["checks"] = std::move(rows);
    print_json(context, whole);
}

std::string_view words(Check check) {
    switch (check) {
        case Check::valid:
            return "takes a valid delivery";
        case Check::duplicate:
            return "takes it a second time";
        case Check::tampered:
            return "refuses a changed body";
        case Check::wrong_secret:
            return "refuses another secret";
        case Check::no_signature:
            return "refuses a missing signature";
        case Check::old_time:
            return "refuses an old signature";
        case Check::future_time:
            return "refuses one from the future";
        case Check::rotation:
            return "takes two signatures";
        case Check::exact_bytes:
            return "verifies the exact bytes";
        case Check::unknown_type:
            return "takes an unknown event type";
        case Check::large:
            return "takes a body of 1 MiB";
        case Check::quick:
            return "answers quickly";
        case Check::method:
            return "takes POST only";
        case Check::transport:
            return "is reached over https";
    }
    return "";
}

void print_for_people(const std::vector<Finding>& findings, CommandContext& context) {
    std::vector<std::vector<std::string>> rows{{"CHECK", "VERDICT", "SEEN"}};
    for (const Finding& finding : findings) {
        rows.push_back({std::string(words(finding.check)), std::string(to_string(finding.verdict)),
                        printable(finding.said)});
    }
    context.out << aligned(rows, {table_columns(context), {2}, {}}) << '\n';
    for (const Finding& finding : findings) {
        if (finding.fix.empty() || finding.verdict == Verdict::skipped) continue;
        context.out << (finding.verdict == Verdict::failed ? "Mend: " : "Better: ")
                    << words(finding.check) << ": " << printable(finding.fix) << ".\n";
    }
    context.out << "Grade " << grade(findings) << ": " << count(findings, Verdict::passed)
                << " passed, " << count(findings, Verdict::advice) << " with advice, "
                << count(findings, Verdict::failed) << " failed, "
                << count(findings, Verdict::skipped) << " skipped\n";
}

void add_reach_options(CLI::App& command, CheckOptions& options) {
    command.add_flag("--allow-insecure-endpoints", options.allow_insecure,
                     "Also http, and receivers on this machine");
    command
        .add_option("--allow-endpoint-cidr", options.allowed_cidrs,
                    "Also receivers at private addresses of this block; may be repeated")
        ->allow_extra_args(false)
        ->type_name("CIDR");
    command
        .add_option("--ca-bundle", options.ca_bundle, "Trust the authorities of this PEM file too")
        ->type_name("FILE");
}

}  // namespace

int run_check(const CheckOptions& options, CommandContext& context) {
    context.json = options.json;
    const auto usage = [&](const Error& error) { return report_usage(context, error, "check"); };
    const auto book = load_profiles_with(options.profiles_directory);
    if (!book) return usage(book.error());
    const auto profile = find_signing_profile(**book, options.profile);
    if (!profile) return usage(profile.error());
    const auto secret = load_secret(options.secret, context);
    if (!secret) return usage(secret.error());
    const auto client = client_options(options);
    if (!client) return usage(client.error());
    const auto url = read_url(options, client->urls);
    if (!url) return usage(url.error());
    auto probes = make_probes(
        {options.url, **profile, *secret, to_unix_seconds(context.clock.now())}, context.random);
    if (!probes) return usage(probes.error());
    const auto seen = ask(*std::move(probes), **profile, *client, context.clock);
    if (!seen) return report(context, seen.error());
    const Look look = look_at(*url, seen->remote, options.ca_bundle, context.clock.now());
    const auto findings = judge(**profile, seen->answers, look);
    options.json ? print_as_json(options, findings, context) : print_for_people(findings, context);
    return count(findings, Verdict::failed) == 0 ? exit_ok : exit_failed;
}

void add_check(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App* command = application.add_subcommand(
        "check", "Grade a receiver: what it takes, what it refuses, and what to mend");
    command->group(group_receive);
    command->add_option("url", options->url, "The receiver's URL")->required()->type_name("URL");
    add_profile_options(*command, options->profile, options->profiles_directory);
    add_secret_options(*command, options->secret);
    add_reach_options(*command, *options);
    command->add_flag("--json", options->json, "Print one JSON object, for scripts");
    command->footer(
        "It sends real deliveries of sample events, good ones and ones that must be\n"
        "refused: use an endpoint that may receive them.\n\n"
        "Examples:\n"
        "  assay check https://shop.example/hook --profile ztrace --secret-file s.txt\n"
        "  assay check http://127.0.0.1:3000/hook --allow-insecure-endpoints --json\n\n"
        "Grades: A nothing to mend, B advice only, C faults that cost deliveries,\n"
        "F takes what it must refuse or does not take what is valid.\n"
        "Exit code: 0 no fault, 1 faults, 2 called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_check(*options, context); });
}

}  // namespace assay::tools
