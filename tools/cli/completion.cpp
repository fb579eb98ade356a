// Walks the command tree and writes what each shell wants to know of it.
// SPDX-License-Identifier: MIT
#include "tools/cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <ostream>

#include "tools/cli/help_format.hpp"

namespace assay::tools {
namespace {

std::string one_line(const std::string& text) {
    std::string line;
    for (const char c : text)
        line += c == '\n' ? ' ' : c;
    return line;
}

// A file's name stands where help says FILE, and for arguments called so.
bool is_file(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return type.starts_with("FILE") || type.starts_with("DIR") ||
           (option.get_positional() && option.get_name().find("file") != std::string::npos);
}

CommandNode node_of(const CLI::App& command, std::vector<std::string> words) {
    CommandNode node;
    node.words = std::move(words);
    node.about = one_line(command.get_description());
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_positional()) {
            node.takes_files = node.takes_files || is_file(*option);
            for (const std::string& choice : choices_of(*option))
                node.argument_choices.push_back(choice);
            continue;
        }
        for (const std::string& name : option->get_lnames()) {
            node.options.push_back({"--" + name, one_line(option->get_description()),
                                    option->get_type_size() != 0, is_file(*option),
                                    choices_of(*option)});
        }
    }
    for (const CLI::App* subcommand : command.get_subcommands({})) {
        std::vector<std::string> deeper = node.words;
        deeper.push_back(subcommand->get_name());
        node.commands.push_back(node_of(*subcommand, std::move(deeper)));
    }
    return node;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : std::string(between)) + word;
    return text;
}

void visit(const CommandNode& node, const std::function<void(const CommandNode&)>& see) {
    see(node);
    for (const CommandNode& command : node.commands)
        visit(command, see);
}

// Within single quotes of a shell.
std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// --- bash ----------------------------------------------------------------------------------------

constexpr const char* bash_head =
    R"(# Completion of assay for bash. Use it: source <(assay completion bash)
_assay() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local command= word next
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        next="${command:+$command }$word"
        case "$next" in
)";

constexpr const char* bash_middle = R"( command=$next ;;
        esac
    done
    case "$command:$previous" in
)";

std::string bash_script(const CommandNode& program) {
    std::string names, values, words;
    visit(program, [&](const CommandNode& node) {
        const std::string command = joined(node.words, " ");
        if (!command.empty()) names += (names.empty() ? "" : "|") + shell_quoted(command);
        std::vector<std::string> offered = node.argument_choices;
        for (const CommandNode& deeper : node.commands)
            offered.push_back(deeper.words.back());
        for (const CommandNode::Option& option : node.options) {
            offered.push_back(option.name);
            if (!option.takes_value) continue;
            const std::string reply =
                option.choices.empty()
                    ? (option.takes_file ? "COMPREPLY=($(compgen -f -- \"$current\"))" : ":")
                    : "COMPREPLY=($(compgen -W " + shell_quoted(joined(option.choices, " ")) +
                          " -- \"$current\"))";
            values += "        " + shell_quoted(command + ":" + option.name) + ") " + reply +
                      "; return ;;\n";
        }
        words += "        " + shell_quoted(command) + ") COMPREPLY=($(compgen -W " +
                 shell_quoted(joined(offered, " ")) + " -- \"$current\"))";
        if (node.takes_files)
            words += "; [[ $current == -* ]] || COMPREPLY+=($(compgen -f -- \"$current\"))";
        words += " ;;\n";
    });
    return bash_head + ("            " + names + ")") + bash_middle + values +
           "    esac\n    case \"$command\" in\n" + words +
           "    esac\n}\ncomplete -o filenames -F _assay assay\n";
}

// --- zsh -----------------------------------------------------------------------------------------

// "name:explanation" in single quotes, as _describe and _arguments read it.
std::string zsh_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_function(const CommandNode& node) {
    return "_assay" + (node.words.empty() ? "" : "_" + joined(node.words, "_"));
}

std::string zsh_option(const CommandNode::Option& option) {
    std::string spec = option.name + "[" + zsh_text(option.about) + "]";
    if (option.takes_value) {
        spec += ":value:";
        if (!option.choices.empty()) spec += "(" + joined(option.choices, " ") + ")";
        if (option.choices.empty() && option.takes_file) spec += "_files";
    }
    return "        " + shell_quoted(spec);
}

std::string zsh_script(const CommandNode& program) {
    std::string text =
        "#compdef assay\n# Completion of assay for zsh. Use it: source <(assay "
        "completion zsh)\n";
    visit(program, [&](const CommandNode& node) {
        text += "\n" + zsh_function(node) + "() {\n";
        if (node.commands.empty()) {
            text += "    _arguments -s";
            for (const CommandNode::Option& option : node.options)
                text += " \\\n" + zsh_option(option);
            if (node.takes_files) text += " \\\n        '*:file:_files'";
            if (!node.argument_choices.empty())
                text += " \\\n        '1:argument:(" + joined(node.argument_choices, " ") + ")'";
            text += "\n}\n";
            return;
        }
        text += "    local line state\n    _arguments -C";
        for (const CommandNode::Option& option : node.options)
            text += " \\\n" + zsh_option(option);
        text +=
            " \\\n        '1:command:->command' '*::argument:->argument'\n"
            "    case $state in\n    command)\n        local -a commands=(\n";
        for (const CommandNode& deeper : node.commands)
            text += "            " +
                    shell_quoted(deeper.words.back() + ":" + zsh_text(deeper.about)) + "\n";
        text +=
            "        )\n        _describe command commands ;;\n"
            "    argument)\n        case $line[1] in\n";
        for (const CommandNode& deeper : node.commands)
            text += "        " + deeper.words.back() + ") " + zsh_function(deeper) + " ;;\n";
        text += "        esac ;;\n    esac\n}\n";
    });
    return text +
           "\nif [ \"$funcstack[1]\" = _assay ]; then _assay; else compdef _assay assay; fi\n";
}

// --- fish ----------------------------------------------------------------------------------------

std::string fish_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

// True while exactly these words stand before the cursor.
std::string fish_condition(const CommandNode& node) {
    if (node.words.empty()) return "__fish_use_subcommand";
    std::string condition;
    for (const std::string& word : node.words)
        condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
    if (node.commands.empty()) return condition;
    condition += "; and not __fish_seen_subcommand_from";
    for (const CommandNode& deeper : node.commands)
        condition += " " + deeper.words.back();
    return condition;
}

std::string fish_script(const CommandNode& program) {
    std::string text =
        "# Completion of assay for fish. Use it: assay completion fish | source\n"
        "complete -c assay -f\n";
    visit(program, [&](const CommandNode& node) {
        const std::string head = "complete -c assay -n " + fish_quoted(fish_condition(node));
        for (const CommandNode& deeper : node.commands)
            text += head + " -a " + deeper.words.back() + " -d " + fish_quoted(deeper.about) + "\n";
        for (const CommandNode::Option& option : node.options) {
            text += head + " -l " + option.name.substr(2) + " -d " + fish_quoted(option.about);
            if (!option.choices.empty()) {
                text += " -x -a " + fish_quoted(joined(option.choices, " "));
            } else if (option.takes_value) {
                text += option.takes_file ? " -r -F" : " -x";
            }
            text += "\n";
        }
        if (node.takes_files) text += head + " -F\n";
        if (!node.argument_choices.empty())
            text += head + " -a " + fish_quoted(joined(node.argument_choices, " ")) + "\n";
    });
    return text;
}

}  // namespace

CommandNode command_tree(const CLI::App& application) {
    return node_of(application, {});
}

std::string completion_script(const CommandNode& program, const std::string& shell) {
    if (shell == "bash") return bash_script(program);
    if (shell == "zsh") return zsh_script(program);
    if (shell == "fish") return fish_script(program);
    return {};
}

void add_completion(CLI::App& application, CommandContext& context) {
    auto shell = std::make_shared<std::string>();
    CLI::App* command = application.add_subcommand(
        "completion", "Print what your shell needs to complete commands and options");
    command->group(group_operate);
    command->add_option("shell", *shell, "Your shell")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}))
        ->type_name("");
    command->footer(
        "Examples:\n"
        "  source <(assay completion bash)          # in ~/.bashrc; zsh likewise\n"
        "  assay completion fish > ~/.config/fish/completions/assay.fish\n");
    command->callback([shell, &application, &context] {
        context.out << completion_script(command_tree(application), *shell) << std::flush;
        context.exit_code = exit_ok;
    });
}

}  // namespace assay::tools
