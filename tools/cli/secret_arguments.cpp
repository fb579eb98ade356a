// Overwrites in place: what the kernel shows of a process is the process's own memory.
// SPDX-License-Identifier: MIT
#include "tools/cli/secret_arguments.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace assay::tools {
namespace {

// A header may be a login or, with resilientlink, the secret itself; who knows the URL of a Discord
// webhook may post there.
constexpr std::array<std::string_view, 4> secret_options{"--secret", "--key", "--header", "--url"};
constexpr std::array<std::string_view, 3> secret_endings{"_SECRET", "_KEY", "_PASSWORD"};

bool is_secret_option(std::string_view text) noexcept {
    return std::find(secret_options.begin(), secret_options.end(), text) != secret_options.end();
}

bool is_secret_variable(std::string_view name) noexcept {
    return name.starts_with("ASSAY_") &&
           std::any_of(secret_endings.begin(), secret_endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

void overwrite(char* text) noexcept {
    std::memset(text, '*', std::strlen(text));
}

}  // namespace

void hide_secret_arguments(std::span<char* const> arguments) noexcept {
    bool value_follows = false;
    for (char* const argument : arguments) {
        if (value_follows) {
            overwrite(argument);
            value_follows = false;
            continue;
        }
        const std::string_view text = argument;
        const std::size_t equals = text.find('=');
        const bool is_secret = is_secret_option(text.substr(0, equals));
        if (is_secret && equals != std::string_view::npos) overwrite(argument + equals + 1);
        value_follows = is_secret && equals == std::string_view::npos;
    }
}

std::map<std::string, std::string> take_secret_variables(char** variables) {
    std::map<std::string, std::string> taken;
    for (; variables != nullptr && *variables != nullptr; ++variables) {
        const std::string_view text = *variables;
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || !is_secret_variable(text.substr(0, equals)))
            continue;
        taken.emplace(text.substr(0, equals), text.substr(equals + 1));
        overwrite(*variables + equals + 1);
    }
    return taken;
}

}  // namespace assay::tools
