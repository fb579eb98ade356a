// assay's main: binds the system's streams, clock and environment, then runs the command picked.
// SPDX-License-Identifier: MIT
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "tools/cli/commands.hpp"
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

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace assay;
    std::ios::sync_with_stdio(false);
    std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves is a failed write, not a death

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
    context.environment = environment;
    context.stop_source = [] { return std::make_unique<tools::StopSignal>(); };

    const int code = tools::run_command_line({arguments + 1, arguments + argument_count},
                                             tools::all_commands(), context);
    std::cout.flush();
    if (!std::cout && code == tools::exit_ok) return tools::exit_failed;  // disk full, closed pipe
    return code;
}
