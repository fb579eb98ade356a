// Flags that are settings too: a command names them, the configuration explains and reads them.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command.hpp"
#include "tools/settings/settings.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace assay::tools {

// What a command line says about settings. Outlives the application.
struct SettingFlags {
    std::string config;  // --config
    std::vector<SettingText> given;
};

void add_config_option(CLI::App& command, SettingFlags& flags);
// `flag` ("--listen") gives the setting `name` ("serve.listen"), with its explanation and default.
CLI::Option* add_setting_option(CLI::App& command, SettingFlags& flags, const std::string& flag,
                                const std::string& name, const std::string& type_name);

// The settings of this invocation. Errors: invalid_argument with every fault.
Result<LoadedSettings> settings_of(const SettingFlags& flags, const CommandContext& context);

}  // namespace assay::tools
