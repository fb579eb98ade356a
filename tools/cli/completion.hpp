// `assay completion`: shell completion, made from the commands as they are.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command.hpp"

namespace assay::tools {

// One command with what may follow it; the tree's root is the program.
struct CommandNode {
    std::vector<std::string> words;  // "webhooks", "list"; empty: the program
    std::string about;               // the first sentence of its help
    struct Option {
        std::string name;   // "--out"
        std::string about;  // its help, in one line
        bool takes_value = false;
        bool takes_file = false;
        std::vector<std::string> choices;
    };
    std::vector<Option> options;
    std::vector<CommandNode> commands;
    bool takes_files = false;                   // its arguments
    std::vector<std::string> argument_choices;  // of its argument
};

CommandNode command_tree(const CLI::App& application);

// The script for "bash", "zsh" or "fish"; empty for another shell. Pure.
std::string completion_script(const CommandNode& program, const std::string& shell);

void add_completion(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
