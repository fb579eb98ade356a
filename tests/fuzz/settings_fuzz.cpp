// Any bytes as a configuration file: it is read or its faults have lines; nothing else happens.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include "tools/settings/settings_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::tools;
    const SettingsFile file = parse_settings_file({reinterpret_cast<const char*>(data), size});
    for (const assay::Error& fault : file.faults) {
        if (!fault.line || fault.message.empty()) std::abort();
    }
    Settings settings;
    for (const FileSetting& one : file.settings) {
        if (!check_range(*one.setting, one.value)) std::abort();
        one.setting->set(settings, one.value);
        if (one.setting->get(settings) != one.value) std::abort();
    }
    return 0;
}
