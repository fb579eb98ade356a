// Lays out help over CLI11's formatter.
// SPDX-License-Identifier: MIT
#include "tools/cli/help_format.hpp"

#include <algorithm>

#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t name_columns = 26;            // of the left column, its indent included
constexpr int columns_min = 60, columns_max = 100;  // longer lines read badly

// The type as CLI11 keeps it, "FORMAT:{csv,ndjson,json}", without what its checks say of
// themselves. A colon of the type's own has a space behind it: 'NAME: VALUE'.
std::string type_word(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    std::size_t colon = type.find(':');
    while (colon != std::string::npos && type.substr(colon + 1, 1) == " ")
        colon = type.find(':', colon + 1);
    return type.substr(0, colon);
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        std::string& line = lines.back();
        if (!line.empty() && display_width(line) + 1 + display_width(word) > columns) {
            lines.emplace_back(word);
        } else {
            line += (line.empty() ? "" : " ") + std::string(word);
        }
        if (end < text.size() && text[end] == '\n') lines.emplace_back();
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::vector<std::string> choices_of(const CLI::Option& option) {
    std::vector<std::string> choices;
    const std::string type = option.get_type_name();
    const std::size_t open = type.find(":{"), close = type.rfind('}');
    if (open == std::string::npos || close == std::string::npos) return choices;
    for (std::size_t at = open + 2; at <= close;) {
        const std::size_t end = std::min(type.find(',', at), close);
        if (end > at) choices.push_back(type.substr(at, end - at));
        at = end + 1;
    }
    return choices;
}

HelpFormatter::HelpFormatter(int columns)
    : columns_(static_cast<std::size_t>(std::clamp(columns, columns_min, columns_max))) {
    label("Positionals", "Arguments");
    label("SUBCOMMAND", "COMMAND");
}

std::string HelpFormatter::entry(const std::string& name, const std::string& text) const {
    std::string out = "  " + name;
    const bool fits = display_width(out) + 1 < name_columns;
    if (fits) {
        out = pad_right(out, name_columns);
    } else {
        out += '\n' + std::string(name_columns, ' ');
    }
    const auto lines = wrapped(text, columns_ - name_columns);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) out += std::string(name_columns, ' ');
        out += lines[i] + '\n';
    }
    return out;
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
    return entry(make_option_name(option, is_positional) + make_option_opts(option),
                 make_option_desc(option));
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
    return entry(command->get_display_name(true), command->get_description());
}

std::string HelpFormatter::make_description(const CLI::App* command) const {
    std::string text;
    for (const std::string& line : wrapped(command->get_description(), columns_))
        text += line + '\n';
    return text + '\n';
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
    if (option->get_positional() || option->get_type_size() == 0) return {};
    const std::string type = type_word(*option);
    return type.empty() ? std::string() : " " + type;
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
    std::string text = option->get_description();
    std::string choices;
    for (const std::string& choice : choices_of(*option)) {
        // A description that names its choices already does not repeat them.
        if (text.find(choice) != std::string::npos) return text;
        choices += (choices.empty() ? "" : ", ") + choice;
    }
    if (!choices.empty()) text += " (" + choices + ")";
    if (!option->get_default_str().empty()) text += "; default: " + option->get_default_str();
    return text;
}

}  // namespace assay::tools
