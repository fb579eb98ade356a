// What the environment says about the terminal: colour, redrawing, width.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace assay::tools {

struct TerminalFacts {
    bool colour_out = false, colour_error = false;
    bool redraws = false;  // standard error is a terminal on which a line can be drawn anew
    int columns = 80;      // 20 to 400
};

struct TerminalQuestion {
    std::function<std::optional<std::string>(const std::string&)> environment;
    bool out_is_terminal = false, error_is_terminal = false;
    int system_columns = 0;  // as the kernel says; 0: it does not know
};

// NO_COLOR (not empty) wins over CLICOLOR_FORCE (not "0"), which wins over TERM=dumb, CLICOLOR=0
// and a stream that is no terminal. COLUMNS wins over what the kernel says. Pure.
TerminalFacts terminal_facts(const TerminalQuestion& question);

// The few colours that read well on light and on dark: none is yellow, white or bright.
enum class Ink : unsigned char { none, good, bad, doubtful, bold, faint };

// `text` between escape sequences; untouched with `colour` off.
std::string inked(Ink ink, std::string_view text, bool colour);

}  // namespace assay::tools
