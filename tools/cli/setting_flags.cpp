// Ties CLI11's options to the list of settings.
// SPDX-License-Identifier: MIT
#include "tools/cli/setting_flags.hpp"

#include <CLI/CLI.hpp>
#include <cassert>

namespace assay::tools {

void add_config_option(CLI::App& command, SettingFlags& flags) {
    command
        .add_option("--config", flags.config,
                    "Read this configuration file; default: ASSAY_CONFIG, ./assay.toml, "
                    "~/.config/assay/config.toml")
        ->type_name("FILE");
}

CLI::Option* add_setting_option(CLI::App& command, SettingFlags& flags, const std::string& flag,
                                const std::string& name, const std::string& type_name) {
    const Setting* setting = find_setting(name);
    assert(setting != nullptr && "a flag names a setting that is not there");
    const auto give = [&flags, name, flag](const std::string& text) {
        flags.given.push_back({name, flag, text});
    };
    const std::string about(setting->about);
    if (setting->kind == SettingKind::flag)
        return command.add_flag_function(
            flag, [give](std::int64_t) { give("true"); }, about);
    if (setting->kind == SettingKind::list) {
        const auto give_list = [give](const std::vector<std::string>& items) {
            std::string text;
            for (const std::string& item : items)
                text += (text.empty() ? "" : ",") + item;
            give(text);
        };
        return command
            .add_option_function<std::vector<std::string>>(flag, give_list, about + "; repeatable")
            ->allow_extra_args(false)
            ->type_name(type_name);
    }
    auto* option = command.add_option_function<std::string>(flag, give, about);
    option->type_name(type_name);
    const std::string usual = to_toml(*setting, setting->get(Settings()));
    if (setting->example.empty() && usual != "\"\"")
        option->default_str(usual.front() == '"' ? usual.substr(1, usual.size() - 2) : usual);
    return option;
}

Result<LoadedSettings> settings_of(const SettingFlags& flags, const CommandContext& context) {
    LoadedSettings loaded = load_settings({flags.config, context.environment, flags.given, "."});
    if (!loaded.faults.empty()) return as_error(loaded);
    return loaded;
}

}  // namespace assay::tools
