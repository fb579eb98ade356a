// What the configuration comes to: defaults, then a file, then the environment, then flags.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/settings/setting_list.hpp"

namespace assay::tools {

// A setting from outside a file: its full name, where it stands ("--listen"), and its text.
struct SettingText {
    std::string name, origin, text;
};

struct SettingSources {
    std::string file;  // --config; empty: ASSAY_CONFIG, else the default places
    std::function<std::optional<std::string>(const std::string&)> environment = {};
    std::vector<SettingText> flags = {};
    std::filesystem::path directory = ".";  // where assay.toml is looked for first
};

struct LoadedSettings {
    Settings settings;
    std::string file;                  // that was read; empty: none
    bool file_was_found = false;       // in ./, by itself: it may come with foreign data
    std::vector<std::string> origins;  // parallel to all_settings(): "default", "FILE:12", ...
    std::vector<Error> faults;         // all that are wrong, in the order of the file

    const std::string& origin(std::string_view full_name) const;
};

// Reads the first of: `file`, ASSAY_CONFIG, ./assay.toml, $XDG_CONFIG_HOME/assay/config.toml (else
// $HOME/.config/assay/config.toml); then the environment, then the flags. With faults the settings
// hold what could be read: use them only to explain.
LoadedSettings load_settings(const SettingSources& sources);

// All faults as one error for commands: "3 settings are wrong:" and a line each.
Error as_error(const LoadedSettings& loaded);

// The API key: client.key, else what client.key_file holds; empty: none is configured. A key from
// elsewhere is not handed to a server that a found ./assay.toml names, unless that is this machine:
// the file may have come with a download. Errors: forbidden, invalid_argument, io_error.
Result<std::string> api_key(const LoadedSettings& loaded);

// Every setting with its default, explained: what `assay config example` prints.
std::string example_file();

}  // namespace assay::tools
