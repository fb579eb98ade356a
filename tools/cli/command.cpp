// Parses a command line, runs the command it picks, and explains what went wrong.
// SPDX-License-Identifier: MIT
#include "tools/cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "engine/base/version.hpp"

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

}  // namespace

int run_command_line(const std::vector<std::string>& arguments,
                     std::span<const AddCommand> commands, CommandContext& context) {
    CLI::App application{
        "Assay analyses product manifests: what each product is, what it will sell for, what is\n"
        "left after fees, and what to bid for the lot. With a server it keeps batches, streams\n"
        "progress and tells subscribers by signed webhook.",
        "assay"};
    application.set_version_flag("--version", "assay " + std::string(version),
                                 "Print the version and leave");
    application.set_help_flag("-h,--help", "Explain, and leave");
    application.footer("'assay COMMAND --help' explains a command.\n");
    application.require_subcommand(0, 1);
    for (const AddCommand add : commands)
        add(application, context);

    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    try {
        application.parse(reversed);
    } catch (const CLI::Success& wanted) {  // --help, --version
        application.exit(wanted, context.out, context.error);
        return exit_ok;
    } catch (const CLI::ParseError& error) {
        context.error << "assay: " << error.what() << '\n';
        const auto picked = application.get_subcommands();
        context.error << "Try 'assay " << (picked.empty() ? "" : picked.front()->get_name() + " ")
                      << "--help'.\n";
        return exit_usage;
    }
    if (application.get_subcommands().empty()) {
        context.error << application.help();
        return exit_usage;
    }
    return context.exit_code;
}

int report(CommandContext& context, const Error& error) {
    context.error << "assay: " << describe(error) << '\n';
    return exit_failed;
}

int report_input(CommandContext& context, const std::string& name, const Error& error) {
    if (error.code == ErrorCode::cancelled) return exit_failed;
    if (!is_fault_of_input(error.code)) return report(context, error);
    context.error << "assay: " << name << ": " << describe(error) << '\n';
    return exit_failed;
}

}  // namespace assay::tools
