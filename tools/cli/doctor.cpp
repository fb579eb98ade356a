// Runs the checks, asks the server, prints the list.
// SPDX-License-Identifier: MIT
#include "tools/cli/doctor.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "engine/base/json_writer.hpp"
#include "engine/base/version.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/fee_directory.hpp"
#include "tools/cli/help_format.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/terminal.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using enum CheckOutcome;

struct DoctorOptions {
    ServerOptions server;
};

std::string_view word_of(CheckOutcome outcome) {
    switch (outcome) {
        case ok:
            return "ok";
        case skipped:
            return "-";
        case warning:
            return "warn";
        case failure:
            return "FAIL";
    }
    return "FAIL";
}

Ink ink_of(CheckOutcome outcome) {
    switch (outcome) {
        case ok:
            return Ink::good;
        case skipped:
            return Ink::faint;
        case warning:
            return Ink::doubtful;
        case failure:
            return Ink::bad;
    }
    return Ink::bad;
}

// Whether it answers, of which version it is, and whether it can read its store. A server that
// nobody named may well not be there.
Check check_server(const LoadedSettings& loaded) {
    const std::string& url = loaded.settings.client.server;
    const bool named = loaded.origin("client.server") != "default";
    auto client = ApiClient::make({url, ""});
    if (!client) return {"server", failure, describe(client.error()), ""};
    const auto health = client->get("/healthz");
    if (!health) {
        if (!named && health.error().code == ErrorCode::connect_failed)
            return {"server", skipped, "none answers at " + url, ""};
        return {"server", failure, health.error().message, health.error().remedy};
    }
    if (const auto ready = client->get("/readyz"); !ready) {
        return {"server", failure, url + " answers, but is not ready: " + ready.error().message,
                "its log says why"};
    }
    const std::string theirs = text_member(*health, "version", "unknown");
    if (theirs != version) {
        return {"server", warning,
                url + " answers with version " + printable(theirs) + ", this is " +
                    std::string(version),
                "use the same version on both sides"};
    }
    return {"server", ok, url + " answers, version " + theirs, ""};
}

// Whether the key, where there is one, is taken.
Check check_key(const LoadedSettings& loaded) {
    const auto key = api_key(loaded);
    if (!key) return {"API key", failure, describe(key.error()), key.error().remedy};
    if (key->empty()) return {"API key", skipped, "none is configured", ""};
    auto client = ApiClient::make({loaded.settings.client.server, *key});
    if (!client) return {"API key", failure, describe(client.error()), ""};
    const auto answer = client->get("/v1/batches?limit=1");
    if (answer) return {"API key", ok, "it is taken", ""};
    if (answer.error().code == ErrorCode::forbidden)
        return {"API key", ok, "it is known, without the scope read", ""};
    return {"API key", failure, answer.error().message,
            "make one: assay keys create, with the key in DATA_DIR/admin.key"};
}

std::vector<Check> all_checks(const DoctorOptions& options, const CommandContext& context) {
    const LoadedSettings loaded = load_settings(
        {options.server.flags.config, context.environment, options.server.flags.given, "."});
    std::vector<Check> checks = check_surroundings(loaded, context.clock);
    if (const auto tables = load_tables_with({loaded.settings.serve.fees_directory,
                                              loaded.settings.serve.rates_file,
                                              loaded.settings.serve.brands_file})) {
        checks.push_back(check_fee_tables(**tables, context.clock.now()));
    } else {
        checks.push_back({"fee tables", failure, describe(tables.error()),
                          "mend the file, or leave serve.fees, serve.rates or serve.brands out"});
    }
    checks.push_back(check_profiles(loaded.settings.serve.profiles_directory));
    for (Check& check : check_store(loaded))
        checks.push_back(std::move(check));
    checks.push_back(check_server(loaded));
    if (checks.back().outcome == ok || checks.back().outcome == warning)
        checks.push_back(check_key(loaded));
    return checks;
}

std::size_t count_of(const std::vector<Check>& checks, CheckOutcome outcome) {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(),
                      [&](const Check& check) { return check.outcome == outcome; }));
}

void print_json_report(const std::vector<Check>& checks, CommandContext& context) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("checks").begin_array();
    for (const Check& check : checks) {
        json.begin_object().member("name", check.name);
        json.member("outcome", to_string(check.outcome)).member("message", check.message);
        if (!check.remedy.empty()) json.member("remedy", check.remedy);
        json.end_object();
    }
    json.end_array();
    json.member("warnings", static_cast<std::int64_t>(count_of(checks, warning)));
    json.member("failures", static_cast<std::int64_t>(count_of(checks, failure))).end_object();
    context.out << text << '\n';
}

int run_doctor(const DoctorOptions& options, CommandContext& context) {
    const std::vector<Check> checks = all_checks(options, context);
    if (context.json) {
        print_json_report(checks, context);
    } else {
        context.out << doctor_report(checks, {context.columns, context.colour_out});
    }
    return count_of(checks, failure) == 0 ? exit_ok : exit_failed;
}

}  // namespace

std::string doctor_report(const std::vector<Check>& checks, const DoctorStyle& style) {
    constexpr std::size_t word_columns = 6, name_columns = 17;
    const auto room = static_cast<std::size_t>(std::clamp(style.columns, 60, 120)) - word_columns -
                      name_columns - 1;
    const std::string indent(word_columns + name_columns, ' ');
    std::string text;
    for (const Check& check : checks) {
        const std::string word(word_of(check.outcome));
        text += inked(ink_of(check.outcome), word, style.colour) +
                std::string(word_columns - word.size(), ' ') + pad_right(check.name, name_columns);
        std::string below;
        for (const std::string& line : wrapped(check.message, room)) {
            text += below + printable(line) + '\n';
            below = indent;
        }
        if (check.outcome == ok || check.remedy.empty()) continue;
        for (const std::string& line : wrapped("-> " + check.remedy, room))
            text += indent + inked(Ink::bold, printable(line), style.colour) + '\n';
    }
    return text + "\n" + counted(checks.size(), "check", "checks") + ": " +
           counted(count_of(checks, failure), "failure", "failures") + ", " +
           counted(count_of(checks, warning), "warning", "warnings") + ".\n";
}

void add_doctor(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<DoctorOptions>();
    CLI::App* command = application.add_subcommand(
        "doctor", "Check everything a run depends on; say what to mend and how");
    command->group(group_operate);
    add_setting_option(*command, options->server.flags, "--data-dir", "serve.data_dir", "DIR");
    add_server_options(*command, options->server);
    command->footer(
        "Looks at the configuration, clock, disk, key files, limits, resolver,\n"
        "authorities, the age of the fee tables, your own profiles, every row of the data\n"
        "directory (not while a server uses it), and the server. It changes nothing.\n\n"
        "Example: assay doctor --data-dir /var/lib/assay\n\n"
        "Exit code: 0 nothing failed (warnings may be there), 1 something did.\n");
    command->callback([options, &context] { context.exit_code = run_doctor(*options, context); });
}

}  // namespace assay::tools
