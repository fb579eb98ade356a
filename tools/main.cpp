// assay's main: binds the system's streams, clock and environment, then runs the command picked.
// SPDX-License-Identifier: MIT
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "tools/cli/commands.hpp"

namespace {

int terminal_columns() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return std::clamp(static_cast<int>(size.ws_col), 40, 200);
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
    context.colour = environment("NO_COLOR").value_or("").empty() &&
                     environment("TERM").value_or("dumb") != "dumb";
    context.columns = terminal_columns();
    context.environment = environment;

    const int code = tools::run_command_line({arguments + 1, arguments + argument_count},
                                             tools::all_commands(), context);
    std::cout.flush();
    if (!std::cout && code == tools::exit_ok) return tools::exit_failed;  // disk full, closed pipe
    return code;
}
