// assay's main: binds the system's streams, clock and environment, then runs the command picked.
// SPDX-License-Identifier: MIT
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>

#include "tools/cli/commands.hpp"
#include "tools/cli/secret_arguments.hpp"
#include "tools/cli/stop_signal.hpp"
#include "tools/cli/terminal.hpp"

namespace {

// Of the first standard stream that is a terminal; 0: none is.
int terminal_columns() {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
        winsize size{};
        if (ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    }
    return 0;
}

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
}

// What getenv() would say, had the secrets not been taken out of it.
std::function<std::optional<std::string>(const std::string&)> environment_with(
    std::map<std::string, std::string> secrets) {
    return [secrets = std::move(secrets)](const std::string& name) {
        const auto secret = secrets.find(name);
        return secret != secrets.end() ? std::optional(secret->second) : environment(name);
    };
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace assay;
    std::ios::sync_with_stdio(false);
    std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves is a failed write, not a death

    const std::vector<std::string> words(arguments + 1, arguments + argument_count);
    tools::hide_secret_arguments({arguments + 1, static_cast<std::size_t>(argument_count - 1)});

    SystemClock clock;
    SystemRandom random;
    tools::CommandContext context{std::cin, std::cout, std::cerr, clock, random};
    context.in_is_terminal = isatty(STDIN_FILENO) == 1;
    context.out_is_terminal = isatty(STDOUT_FILENO) == 1;
    context.error_is_terminal = isatty(STDERR_FILENO) == 1;
    const tools::TerminalFacts terminal = tools::terminal_facts(
        {environment, context.out_is_terminal, context.error_is_terminal, terminal_columns()});
    context.colour_out = terminal.colour_out;
    context.colour_error = terminal.colour_error;
    context.redraws = terminal.redraws;
    context.columns = terminal.columns;
    context.environment = environment_with(tools::take_secret_variables(environ));
    context.stop_source = [] { return std::make_unique<tools::StopSignal>(); };

    const int code = tools::run_command_line(words, tools::all_commands(), context);
    std::cout.flush();
    if (!std::cout && code == tools::exit_ok) return tools::exit_failed;  // disk full, closed pipe
    return code;
}
