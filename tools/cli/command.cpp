// Parses a command line, runs the command it picks, and explains what went wrong.
// SPDX-License-Identifier: MIT
#include "tools/cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "engine/base/json_writer.hpp"
#include "engine/base/version.hpp"
#include "tools/cli/help_format.hpp"
#include "tools/cli/terminal.hpp"
#include "tools/cli/text_width.hpp"
#include "tools/settings/nearest_name.hpp"

namespace assay::tools {
namespace {

// Their messages are said of the input: "is not valid JSON".
bool is_fault_of_input(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
        case ErrorCode::invalid_json:
        case ErrorCode::duplicate_key:
        case ErrorCode::ambiguous_money:
        case ErrorCode::unsupported_media:
        case ErrorCode::payload_too_large:
        case ErrorCode::too_many_products:
        case ErrorCode::empty_batch:
            return true;
        default:
            return false;
    }
}

constexpr std::string_view json_flag = "--json";

class NeverStops final : public StopSource {
  public:
    bool wait_for(std::chrono::milliseconds) override { return false; }
};

void set_up(CLI::App& application, CommandContext& context) {
    application.set_version_flag("--version", "assay " + std::string(version),
                                 "Print the version and leave");
    application.set_help_flag("-h,--help", "Explain, and leave");
    application.require_subcommand(0, 1);
    application.formatter(std::make_shared<HelpFormatter>(context.columns));
}

// The innermost command that was picked, and its words: "webhooks list".
const CLI::App& picked_command(const CLI::App& application, std::string& words) {
    const CLI::App* picked = &application;
    while (true) {
        const auto deeper = picked->get_subcommands();
        if (deeper.empty()) return *picked;
        picked = deeper.front();
        words += (words.empty() ? "" : " ") + picked->get_name();
    }
}

// What is wrong with the first word that nobody knows, and what it was meant to be.
Error unknown_word(const CLI::App& command, const std::string& words, const std::string& word) {
    const std::string given = word.substr(0, word.find('='));
    const bool option_like = given.starts_with('-');
    std::vector<std::string> names;
    if (option_like) {
        for (const CLI::Option* option : command.get_options()) {
            for (const std::string& name : option->get_lnames())
                names.push_back("--" + name);
        }
    } else {
        for (const CLI::App* subcommand : command.get_subcommands({}))
            names.push_back(subcommand->get_name());
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string near(nearest_name(given, views));
    const std::string of = " of assay" + (words.empty() ? "" : " " + words);
    const std::string what = option_like     ? "is no option" + of
                             : names.empty() ? "is one argument too many"
                                             : "is no command" + of;
    return fail(ErrorCode::invalid_argument, "'" + printable(given) + "' " + what, {},
                near.empty() ? "" : "did you mean " + near + "?");
}

int explain_usage(const CLI::App& application, const CLI::ParseError& error,
                  CommandContext& context) {
    std::string words;
    const CLI::App& command = picked_command(application, words);
    const auto unknown = command.remaining();
    const Error fault = unknown.empty() ? fail(ErrorCode::invalid_argument, printable(error.what()))
                                        : unknown_word(command, words, unknown.front());
    return report_usage(context, fault, words);
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments,
                     std::span<const AddCommand> commands, CommandContext& context) {
    CLI::App application{
        "Assay analyses product manifests: what each product is, what it will sell for, what is "
        "left after fees, and what to bid for the lot. With a server it keeps batches, streams "
        "progress and tells subscribers by signed webhook.",
        "assay"};
    set_up(application, context);
    for (const AddCommand add : commands)
        add(application, context);
    // Last: a command takes over the footer that its parent has by then.
    application.footer(
        "'assay COMMAND --help' explains a command, with an example.\n\n"
        "Example: assay analyze manifest.csv --freight 60 --premium 5%\n");
    // Known before anything is parsed: what is wrong with the command line is told as JSON too.
    context.json = std::find(arguments.begin(), arguments.end(), json_flag) != arguments.end();

    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    try {
        application.parse(reversed);
    } catch (const CLI::Success& wanted) {  // --help, --version
        application.exit(wanted, context.out, context.error);
        return exit_ok;
    } catch (const CLI::ParseError& error) {
        return explain_usage(application, error, context);
    }
    if (application.get_subcommands().empty()) {
        context.error << application.help();
        return exit_usage;
    }
    return context.exit_code;
}

std::unique_ptr<StopSource> stop_source_of(const CommandContext& context) {
    if (context.stop_source) return context.stop_source();
    return std::make_unique<NeverStops>();
}

int report(CommandContext& context, const Error& error) {
    if (!context.json) {
        std::string text = describe(error);
        if (context.error_is_terminal) {
            // Whole words on each line, below the first one's text.
            constexpr std::size_t indent = 7;
            std::string lines;
            for (const std::string& line :
                 wrapped(text, static_cast<std::size_t>(context.columns) - indent - 1))
                lines += (lines.empty() ? "" : "\n" + std::string(indent, ' ')) + line;
            text = lines;
        }
        context.error << inked(Ink::bad, "assay:", context.colour_error) << ' ' << text << '\n'
                      << std::flush;
        return exit_failed;
    }
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("error").begin_object();
    json.member("code", to_string(error.code)).member("message", error.message);
    if (!error.field.empty()) json.member("field", error.field);
    if (error.line) json.member("line", static_cast<std::int64_t>(*error.line));
    if (!error.remedy.empty()) json.member("remedy", error.remedy);
    json.end_object().end_object();
    context.error << text << '\n' << std::flush;
    return exit_failed;
}

int report_input(CommandContext& context, const std::string& name, const Error& error) {
    if (error.code == ErrorCode::cancelled) return exit_failed;
    if (name.empty() || !is_fault_of_input(error.code)) return report(context, error);
    // "m.csv: line 3: /quantity: is negative (...)"; as JSON line and field stay apart.
    Error named = error;
    if (context.json) {
        named.message = name + ": " + error.message;
    } else {
        named = fail(error.code, describe(error), name);
    }
    return report(context, named);
}

int report_usage(CommandContext& context, const Error& error, std::string_view command) {
    report(context, error);
    if (!context.json) {
        context.error << "Try 'assay " << command << (command.empty() ? "" : " ") << "--help'.\n";
    }
    return exit_usage;
}

}  // namespace assay::tools
