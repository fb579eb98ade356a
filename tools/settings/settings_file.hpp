// Reads the settings of one TOML file (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/settings/setting_list.hpp"

namespace assay::tools {

struct FileSetting {
    const Setting* setting = nullptr;
    SettingValue value;
    std::uint64_t line = 0;
};

struct SettingsFile {
    std::vector<FileSetting> settings;  // sound ones, in the order of all_settings()
    std::vector<Error> faults;          // with lines, in their order
};

// A text that is no TOML has one fault; else every unknown name, wrong type and value out of range
// is listed. Pure.
SettingsFile parse_settings_file(std::string_view text);

}  // namespace assay::tools
