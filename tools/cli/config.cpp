// Runs config check, show and example.
// SPDX-License-Identifier: MIT
#include "tools/cli/config.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "engine/base/json_writer.hpp"
#include "tools/cli/setting_flags.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

struct ConfigOptions {
    SettingFlags flags;
    bool json = false;
};

LoadedSettings load(const ConfigOptions& options, const CommandContext& context) {
    return load_settings({options.flags.config, context.environment, {}, "."});
}

void write_faults(JsonWriter& json, const LoadedSettings& loaded) {
    json.key("faults").begin_array();
    for (const Error& fault : loaded.faults) {
        json.begin_object().member("message", fault.message);
        if (!fault.field.empty()) json.member("setting", fault.field);
        if (fault.line) json.member("line", static_cast<std::int64_t>(*fault.line));
        if (!fault.remedy.empty()) json.member("remedy", fault.remedy);
        json.end_object();
    }
    json.end_array();
}

int run_check(const ConfigOptions& options, CommandContext& context) {
    const LoadedSettings loaded = load(options, context);
    const int code = loaded.faults.empty() ? exit_ok : exit_failed;
    if (context.json) {
        std::string text;
        JsonWriter json(text);
        json.begin_object().key("file");
        if (loaded.file.empty()) {
            json.null();
        } else {
            json.string(loaded.file);
        }
        json.member("valid", code == exit_ok);
        write_faults(json, loaded);
        json.end_object();
        context.out << text << '\n';
        return code;
    }
    if (code != exit_ok) {
        report(context, as_error(loaded));
        return code;
    }
    context.out << (loaded.file.empty()
                        ? "No configuration file; the defaults and the environment are sound.\n"
                        : printable(loaded.file) + " is sound.\n");
    return code;
}

int run_show(const ConfigOptions& options, CommandContext& context) {
    const LoadedSettings loaded = load(options, context);
    if (!loaded.faults.empty()) return report(context, as_error(loaded));
    std::vector<std::vector<std::string>> rows{{"SETTING", "VALUE", "FROM"}};
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("settings").begin_array();
    for (const Setting& setting : all_settings()) {
        const std::string value = to_toml(setting, setting.get(loaded.settings));
        const std::string origin = loaded.origin(setting.full_name());
        rows.push_back({setting.full_name(), printable(value), printable(origin)});
        json.begin_object().member("name", setting.full_name());
        json.member("value", value).member("from", origin).end_object();
    }
    json.end_array().end_object();
    if (context.json) {
        context.out << text << '\n';
        return exit_ok;
    }
    context.out << aligned(rows, {table_columns(context), {1, 2}});
    return exit_ok;
}

CLI::App* add_action(CLI::App& parent, const char* name, const char* purpose,
                     const std::shared_ptr<ConfigOptions>& options, CommandContext& context,
                     int (*run)(const ConfigOptions&, CommandContext&)) {
    CLI::App* action = parent.add_subcommand(name, purpose);
    add_config_option(*action, options->flags);
    action->add_flag("--json", options->json, "Answer in JSON, for scripts");
    action->callback([options, &context, run] { context.exit_code = run(*options, context); });
    return action;
}

}  // namespace

void add_config(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<ConfigOptions>();
    CLI::App* config = application.add_subcommand(
        "config", "Check the configuration, show what it comes to, print one to start with");
    config->group(group_operate);
    config->require_subcommand(1);
    add_action(*config, "check", "Say everything that is wrong with it, with lines", options,
               context, run_check)
        ->footer(
            "Example: assay config check --config /etc/assay/assay.toml\n\n"
            "Exit code: 0 it is sound, 1 it is not.\n");
    add_action(*config, "show", "Every setting, its value, and where that came from", options,
               context, run_show)
        ->footer("Secrets are shown as ***.\n\nExample: assay config show | grep -v default\n");
    config->add_subcommand("example", "Print a file with every setting, explained")
        ->footer("Example: assay config example > assay.toml\n")
        ->callback([&context] {
            context.out << example_file();
            context.exit_code = exit_ok;
        });
    config->footer("Example: assay config example > assay.toml && assay config check\n");
}

}  // namespace assay::tools
