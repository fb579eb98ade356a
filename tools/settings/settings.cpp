// Layers defaults, file, environment and flags; finds the file; explains all of it.
// SPDX-License-Identifier: MIT
#include "tools/settings/settings.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <fstream>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "tools/settings/private_file.hpp"
#include "tools/settings/settings_file.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t settings_file_bytes_max = limits::mebibyte;  // an example is 10 KiB

std::size_t index_of(const Setting& setting) {
    return static_cast<std::size_t>(&setting - all_settings().data());
}

std::string environment_value(const SettingSources& sources, const std::string& name) {
    return sources.environment ? sources.environment(name).value_or("") : std::string();
}

// The file to read; empty: there is none. `found`: it was picked in ./ by itself.
std::string file_to_read(const SettingSources& sources, bool& found) {
    if (!sources.file.empty()) return sources.file;
    if (auto named = environment_value(sources, "ASSAY_CONFIG"); !named.empty()) return named;
    std::error_code none;
    const auto here = sources.directory / "assay.toml";
    if (std::filesystem::is_regular_file(here, none)) {
        found = true;
        return sources.directory == "." ? "assay.toml" : here.string();
    }
    std::string base = environment_value(sources, "XDG_CONFIG_HOME");
    if (base.empty()) {
        const std::string home = environment_value(sources, "HOME");
        if (home.empty()) return {};
        base = home + "/.config";
    }
    const std::string own = base + "/assay/config.toml";
    return std::filesystem::is_regular_file(own, none) ? own : std::string();
}

Result<std::string> read_file(const std::string& path) {
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown))
        return fail(ErrorCode::io_error, path + " is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::io_error, "cannot read " + path, {},
                    "name a file; `assay config example` prints one to start with");
    }
    std::string text(settings_file_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > settings_file_bytes_max)
        return fail(ErrorCode::payload_too_large, path + " is larger than 1 MiB");
    return text;
}

void apply(LoadedSettings& loaded, const Setting& setting, const SettingValue& value,
           std::string origin) {
    setting.set(loaded.settings, value);
    loaded.origins[index_of(setting)] = std::move(origin);
}

void apply_file(LoadedSettings& loaded) {
    const auto text = read_file(loaded.file);
    if (!text) {
        loaded.faults.push_back(text.error());
        return;
    }
    SettingsFile file = parse_settings_file(*text);
    loaded.faults = std::move(file.faults);
    for (const FileSetting& one : file.settings) {
        apply(loaded, *one.setting, one.value, loaded.file + ":" + std::to_string(one.line));
        if (one.setting->kind != SettingKind::secret) continue;
        const auto open = is_open_to_others(loaded.file);
        if (open && !*open) continue;
        Error fault = fail(ErrorCode::invalid_argument, "stands in a file that others can read",
                           one.setting->full_name(),
                           "chmod 600 " + loaded.file + ", or keep it in a key_file of its own");
        fault.line = one.line;
        loaded.faults.push_back(std::move(fault));
    }
}

// From the environment or a flag: the fault names the place.
void apply_text(LoadedSettings& loaded, const Setting& setting, std::string_view text,
                const std::string& origin) {
    auto value = parse_setting(setting, text);
    if (value) {
        if (const auto checked = check_range(setting, *value); !checked) value = checked.error();
    }
    if (value) {
        apply(loaded, setting, *value, origin);
        return;
    }
    value.error().field = origin;
    loaded.faults.push_back(value.error());
}

// Two ways to give one thing: the later layer's wins over the earlier layer's other way.
void forget_overridden_key(LoadedSettings& loaded, const Setting& given) {
    ClientSettings& client = loaded.settings.client;
    if (given.full_name() == "client.key") client.key_file.clear();
    if (given.full_name() == "client.key_file") client.key.clear();
}

// A fault of a module's own check stands where the setting was given.
void validate_all(LoadedSettings& loaded) {
    for (Error& fault : validate(loaded.settings)) {
        const Setting* setting = find_setting(fault.field);
        const std::string origin = setting == nullptr ? "" : loaded.origins[index_of(*setting)];
        const std::string in_file = loaded.file + ":";
        if (!loaded.file.empty() && origin.starts_with(in_file)) {
            fault.line = std::stoull(origin.substr(in_file.size()));
        } else if (!origin.empty() && origin != "default") {
            fault.field = origin;
        }
        loaded.faults.push_back(std::move(fault));
    }
}

bool is_this_machine(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!url.starts_with(scheme)) continue;
        url.remove_prefix(scheme.size());
        const std::string_view host = url.substr(0, url.find_first_of("/?#"));
        for (const std::string_view own : {"127.0.0.1", "localhost", "[::1]"}) {
            if (host == own) return true;
            if (host.starts_with(own) && host[own.size()] == ':' &&
                host.find('@') == std::string_view::npos)
                return true;
        }
    }
    return false;
}

}  // namespace

const std::string& LoadedSettings::origin(std::string_view full_name) const {
    static const std::string none;
    const Setting* setting = find_setting(full_name);
    return setting == nullptr ? none : origins[index_of(*setting)];
}

LoadedSettings load_settings(const SettingSources& sources) {
    LoadedSettings loaded;
    loaded.origins.assign(all_settings().size(), "default");
    loaded.file = file_to_read(sources, loaded.file_was_found);
    if (!loaded.file.empty()) apply_file(loaded);
    const bool both =
        !loaded.settings.client.key.empty() && !loaded.settings.client.key_file.empty();
    for (const Setting& setting : all_settings()) {
        const std::string text = environment_value(sources, setting.environment());
        if (text.empty()) continue;
        if (!both) forget_overridden_key(loaded, setting);
        apply_text(loaded, setting, text, setting.environment());
    }
    for (const SettingText& flag : sources.flags) {
        const Setting* setting = find_setting(flag.name);
        if (setting == nullptr) continue;
        if (!both) forget_overridden_key(loaded, *setting);
        apply_text(loaded, *setting, flag.text, flag.origin);
    }
    validate_all(loaded);
    return loaded;
}

Error as_error(const LoadedSettings& loaded) {
    const auto of_file = [&](const Error& fault) { return fault.line && !loaded.file.empty(); };
    if (loaded.faults.size() == 1) {
        Error only = loaded.faults.front();
        if (of_file(only)) {
            only.message = (only.field.empty() ? "" : only.field + " ") + only.message;
            only.field = loaded.file;
        }
        return only;
    }
    std::string message = std::to_string(loaded.faults.size()) + " settings are wrong:";
    for (const Error& fault : loaded.faults)
        message += "\n  " + (of_file(fault) ? loaded.file + ": " : "") + describe(fault);
    return fail(ErrorCode::invalid_argument, std::move(message));
}

Result<std::string> api_key(const LoadedSettings& loaded) {
    const ClientSettings& client = loaded.settings.client;
    if (client.key.empty() && client.key_file.empty()) return std::string();
    const auto of_found_file = [&](std::string_view name) {
        return loaded.file_was_found && loaded.origin(name).starts_with(loaded.file + ":");
    };
    const char* name = client.key.empty() ? "client.key_file" : "client.key";
    // Also when the found file names the key file: that is just as much somebody else's wish.
    const bool foreign_server = of_found_file("client.server") && !is_this_machine(client.server);
    if (foreign_server && (client.key.empty() || !of_found_file(name))) {
        return fail(ErrorCode::forbidden,
                    loaded.file + " names the server " + client.server +
                        ", but your key comes from elsewhere",
                    "client.server",
                    "if you trust that server, say so: --config " + loaded.file +
                        ", --server or ASSAY_SERVER");
    }
    if (!client.key.empty()) return client.key;
    auto text = read_private_file(client.key_file, "API key file", "client.key_file");
    if (!text) return std::move(text).error();
    std::string key(trim(*text));
    OPENSSL_cleanse(text->data(), text->size());
    return key;
}

std::string example_file() {
    std::string text =
        "# assay.toml: every setting with its default. Keep what you change.\n"
        "#\n"
        "# Read from the first of: --config FILE, ASSAY_CONFIG, ./assay.toml,\n"
        "# $XDG_CONFIG_HOME/assay/config.toml (else ~/.config/assay/config.toml).\n"
        "# The environment wins over this file, a flag over both. Unknown names are refused.\n";
    const Settings defaults;
    std::string_view table;
    for (const Setting& setting : all_settings()) {
        if (setting.table != table) {
            table = setting.table;
            text += "\n[" + std::string(table) + "]\n";
        }
        const SettingValue value = setting.get(defaults);
        const std::string range = range_text(setting);
        text += "# " + std::string(setting.about) + ".";
        if (!range.empty()) text += " " + std::string(1, 'F') + range.substr(1) + ".";
        text += "\n# Environment: " + setting.environment() + "\n";
        text += setting.example.empty()
                    ? std::string(setting.name) + " = " + to_toml(setting, value) + "\n"
                    : "#" + std::string(setting.name) + " = " + std::string(setting.example) + "\n";
    }
    return text;
}

}  // namespace assay::tools
