// Reads the conventions of NO_COLOR, CLICOLOR, TERM and COLUMNS.
// SPDX-License-Identifier: MIT
#include "tools/cli/terminal.hpp"

#include <algorithm>
#include <charconv>

namespace assay::tools {
namespace {

constexpr int columns_min = 20, columns_max = 400;

}  // namespace

TerminalFacts terminal_facts(const TerminalQuestion& question) {
    const auto value = [&](const char* name) {
        return question.environment ? question.environment(name).value_or("") : std::string();
    };
    TerminalFacts facts;
    const std::string force = value("CLICOLOR_FORCE");
    const std::string term = value("TERM");
    const bool dumb = term.empty() || term == "dumb";
    const bool never = !value("NO_COLOR").empty();
    const bool always = !force.empty() && force != "0";
    const bool wanted = always || (!dumb && value("CLICOLOR") != "0");
    facts.colour_out = !never && wanted && (always || question.out_is_terminal);
    facts.colour_error = !never && wanted && (always || question.error_is_terminal);
    facts.redraws = question.error_is_terminal && !dumb;

    int columns = 0;
    const std::string given = value("COLUMNS");
    std::from_chars(given.data(), given.data() + given.size(), columns);
    if (columns <= 0) columns = question.system_columns;
    if (columns > 0) facts.columns = std::clamp(columns, columns_min, columns_max);
    return facts;
}

std::string inked(Ink ink, std::string_view text, bool colour) {
    if (!colour || ink == Ink::none || text.empty()) return std::string(text);
    static constexpr std::string_view codes[] = {"", "32", "31", "35", "1", "2"};
    return "\x1b[" + std::string(codes[static_cast<std::size_t>(ink)]) + "m" + std::string(text) +
           "\x1b[0m";
}

}  // namespace assay::tools
