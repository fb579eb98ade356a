// Every setting once: its name, what it means, its range, and the option that it fills.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/engine.hpp"
#include "engine/store/writer.hpp"
#include "notify/notifier.hpp"
#include "tools/api/http_server.hpp"
#include "tools/retention/retention.hpp"

namespace assay::tools {

// Of the commands that talk to a server.
struct ClientSettings {
    std::string server = "http://127.0.0.1:8080";
    std::string key;       // API key; never printed
    std::string key_file;  // where it is read from instead, mode 0600
};

// Of `assay serve` itself; what its modules take stands in their own Options.
struct ServeSettings {
    std::string data_directory = "assay-data";
    std::string listen = "127.0.0.1:8080";
    std::string public_url;  // empty: the address that is listened on
    std::string key_file;
    std::string fees_directory;      // the user's own fee files; empty: none
    std::string rates_file;          // exchange rates; empty: none
    std::string profiles_directory;  // the user's own profiles; empty: none
    std::string brands_file;         // adds to the table of brands; empty: none
    std::string words_file;          // adds to the words of titles; empty: none
    std::string comps_file;          // sold prices for tenants that uploaded none; empty: none
    std::string comps_currency;      // of its rows that name none
    std::vector<std::string> comps_columns;  // field=Header
    std::vector<std::string> endpoint_cidrs;
    bool allow_insecure_endpoints = false;
    std::vector<std::string> smtp_cidrs;
    std::string smtp_password_file;  // where smtp.password is read from instead, mode 0600
};

struct Settings {
    Settings();  // defaults; those of a server that must stop within 12 seconds
    ClientSettings client;
    ServeSettings serve;
    engine::EngineOptions engine;
    engine::WriterOptions store;
    HttpServerOptions http;
    notify::NotifierOptions notify;
    RetentionOptions retention;
};

// What the settings say to the notifier: its options, with the addresses that may be dialled.
// Without the public URL and the mail server's password from a file. Errors: invalid_argument with
// the setting as field. Pure.
Result<notify::NotifierOptions> notifier_options(const Settings& settings);

// The modules' own checks, all of them; the fields of the errors are names of settings. Pure.
std::vector<Error> validate(const Settings& settings);

enum class SettingKind : std::uint8_t { flag, count, duration, bytes, text, secret, list };

// Durations are milliseconds, sizes bytes.
using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct Setting {
    std::string_view table, name;
    SettingKind kind = SettingKind::text;
    std::string_view about;             // one sentence, for help and the example
    std::string_view example;           // as it stands in the file, where the default is empty
    std::int64_t least = 0, most = 0;   // of numbers, in the unit of the value
    std::string_view environment_name;  // where it is not ASSAY_TABLE_NAME
    std::function<SettingValue(const Settings&)> get;
    std::function<void(Settings&, const SettingValue&)> set;

    std::string full_name() const;    // "serve.listen"
    std::string environment() const;  // "ASSAY_SERVE_LISTEN"
};

// In the order of the example file. Built once; never changes.
std::span<const Setting> all_settings();
// By full name; null: unknown.
const Setting* find_setting(std::string_view full_name);

// "[a, b]", "30s", "64MiB", "\"text\"": a value as the file writes it; a secret is ***.
std::string to_toml(const Setting& setting, const SettingValue& value);
// From a flag or the environment: lists are separated by commas. Errors: invalid_argument.
Result<SettingValue> parse_setting(const Setting& setting, std::string_view text);
// Whether a number lies in its range. Errors: invalid_argument, which says the range.
Result<void> check_range(const Setting& setting, const SettingValue& value);
// "from 1 to 64", "from 100ms to 1h"; empty for what has no range.
std::string range_text(const Setting& setting);

}  // namespace assay::tools
