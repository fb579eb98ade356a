// What every command shares: its streams, terminal and environment, and how commands are added.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/error.hpp"
#include "engine/base/random.hpp"
#include "tools/cli/stop_source.hpp"

namespace CLI {
class App;
}

namespace assay::tools {

// Exit codes of every command (design: 0 it completed, 1 it could not, 2 it was called wrongly).
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_timeout = 124;      // --timeout ran out, as with timeout(1)
inline constexpr int exit_interrupted = 130;  // Ctrl-C, as in a shell

// The outside world of one invocation. main() fills it from the system, tests from strings.
struct CommandContext {
    std::istream& in;
    std::ostream& out;    // answers
    std::ostream& error;  // progress, logs, complaints
    Clock& clock;
    Random& random;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool error_is_terminal = false;
    bool colour_out = false;    // colours are wanted there, by tools/cli/terminal.hpp
    bool colour_error = false;  // the same
    bool redraws = false;       // a line on `error` can be drawn anew
    int columns = 80;           // of the terminal
    bool json = false;          // --json was given: errors are JSON too
    // The value of an environment variable; nullopt when it is not set.
    std::function<std::optional<std::string>(const std::string& name)> environment = {};
    // Made when a command wants to end well on Ctrl-C; without one nothing ever stops it, and it
    // waits for nothing.
    std::function<std::unique_ptr<StopSource>()> stop_source = {};
    int exit_code = exit_ok;  // set by the command's callback
};

// Adds one command (with its subcommands, options and help) whose callback runs it and leaves its
// exit code in the context. `context` outlives the application. One such function per file:
// add_analyze in tools/cli/analyze.hpp; tools/main.cpp lists them.
using AddCommand = void (*)(CLI::App& application, CommandContext& context);

// Groups of the help text, in its order.
inline constexpr const char* group_run = "Run";
inline constexpr const char* group_client = "Talk to a server";
inline constexpr const char* group_receive = "Receive and verify";
inline constexpr const char* group_operate = "Operate";

// Parses the arguments (without the program's name) and runs the command they pick. Usage errors
// are explained on `context.error`. Returns the exit code.
int run_command_line(const std::vector<std::string>& arguments,
                     std::span<const AddCommand> commands, CommandContext& context);

// The context's stop source, or one that never stops and waits for nothing.
std::unique_ptr<StopSource> stop_source_of(const CommandContext& context);

// "assay: line 3: /quantity: is negative ..." on the error stream, or with --json one line
// {"error":{"code","message","field"?,"line"?,"remedy"?}}; gives exit_failed.
int report(CommandContext& context, const Error& error);
// The same for a command that was called wrongly: says where help is; gives exit_usage.
int report_usage(CommandContext& context, const Error& error, std::string_view command);

// The same, with the input's name before what is wrong with the input: "assay: m.csv: holds no
// products (send at least one)". A reader of our output that has left (`cancelled`) is told
// nothing: it is the usual end of `| head`.
int report_input(CommandContext& context, const std::string& name, const Error& error);

}  // namespace assay::tools
