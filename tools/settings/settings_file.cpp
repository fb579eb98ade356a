// toml++ behind one function; the only file that includes it.
// SPDX-License-Identifier: MIT
#include "tools/settings/settings_file.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <optional>

#include "tools/settings/nearest_name.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t faults_max = 100;  // more say nothing new

std::uint64_t line_of(const toml::node& node) {
    return node.source().begin.line;
}

class FileReader {
  public:
    SettingsFile read(const toml::table& root) {
        for (const auto& [key, node] : root) {
            const std::string name(key.str());
            const auto* table = node.as_table();
            if (!is_table(name)) {
                unknown(name, name, table_names(), key.source().begin.line, "[", "]");
            } else if (table == nullptr) {
                note(line_of(node), name, "must be a table",
                     "write [" + name + "] on a line of its own, and its settings below");
            } else {
                read_table(name, *table);
            }
        }
        std::stable_sort(
            file_.faults.begin(), file_.faults.end(),
            [](const Error& a, const Error& b) { return a.line.value_or(0) < b.line.value_or(0); });
        return std::move(file_);
    }

  private:
    static std::vector<std::string_view> table_names() {
        std::vector<std::string_view> names;
        for (const Setting& setting : all_settings()) {
            if (names.empty() || names.back() != setting.table) names.push_back(setting.table);
        }
        return names;
    }
    static bool is_table(std::string_view name) {
        const auto names = table_names();
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    void read_table(const std::string& table_name, const toml::table& table) {
        for (const auto& [key, node] : table) {
            const std::string full = table_name + "." + std::string(key.str());
            const Setting* setting = find_setting(full);
            if (setting == nullptr) {
                std::vector<std::string_view> names;
                for (const Setting& known : all_settings()) {
                    if (known.table == table_name) names.push_back(known.name);
                }
                unknown(full, key.str(), names, key.source().begin.line, "", "");
                continue;
            }
            auto value = read_value(*setting, node);
            if (value) {
                if (const auto checked = check_range(*setting, *value); !checked)
                    value = checked.error();
            }
            if (value) {
                file_.settings.push_back({setting, *std::move(value), line_of(node)});
            } else {
                note(line_of(node), full, value.error().message, value.error().remedy);
            }
        }
    }

    static Result<SettingValue> read_value(const Setting& setting, const toml::node& node) {
        switch (setting.kind) {
            case SettingKind::flag:
                if (const auto value = node.value_exact<bool>()) return SettingValue(*value);
                return wrong_type("is no true or false", "write true or false without quotes");
            case SettingKind::count:
                if (const auto value = node.value_exact<std::int64_t>())
                    return SettingValue(*value);
                return wrong_type("is no whole number", "write it without quotes");
            case SettingKind::bytes:
                if (const auto value = node.value_exact<std::int64_t>())
                    return SettingValue(*value);
                [[fallthrough]];
            case SettingKind::duration:
                if (const auto text = node.value_exact<std::string>())
                    return parse_setting(setting, *text);
                return wrong_type("lacks its unit", setting.kind == SettingKind::duration
                                                        ? "write it like \"500ms\", \"30s\", \"5m\""
                                                        : "write it like \"64KiB\" or \"256MiB\"");
            case SettingKind::list:
                return read_list(node);
            case SettingKind::text:
            case SettingKind::secret:
                break;
        }
        if (auto text = node.value_exact<std::string>()) return SettingValue(*std::move(text));
        return wrong_type("is no text", "write it in quotes");
    }

    static Result<SettingValue> read_list(const toml::node& node) {
        const toml::array* array = node.as_array();
        std::vector<std::string> items;
        bool sound = array != nullptr;
        for (std::size_t i = 0; sound && i < array->size(); ++i) {
            const auto text = (*array)[i].value_exact<std::string>();
            sound = text.has_value();
            if (sound) items.push_back(*text);
        }
        if (sound) return SettingValue(std::move(items));
        return wrong_type("is no list of texts", "write it like [\"a\", \"b\"]");
    }

    static Error wrong_type(std::string message, std::string remedy) {
        return fail(ErrorCode::invalid_argument, std::move(message), {}, std::move(remedy));
    }

    void unknown(const std::string& full, std::string_view given,
                 const std::vector<std::string_view>& known, std::uint64_t line, const char* open,
                 const char* close) {
        const std::string_view near = nearest_name(given, known);
        note(line, full, "is not known",
             near.empty() ? "`assay config example` lists every setting"
                          : "did you mean " + std::string(open) + std::string(near) + close + "?");
    }

    void note(std::uint64_t line, std::string field, std::string message, std::string remedy) {
        if (file_.faults.size() >= faults_max) return;
        Error fault = fail(ErrorCode::invalid_argument, std::move(message), std::move(field),
                           std::move(remedy));
        fault.line = line;
        file_.faults.push_back(std::move(fault));
    }

    SettingsFile file_;
};

}  // namespace

SettingsFile parse_settings_file(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (parsed) return FileReader().read(parsed.table());
    SettingsFile file;
    Error fault = fail(ErrorCode::invalid_argument,
                       "is no TOML: " + std::string(parsed.error().description()));
    fault.line = parsed.error().source().begin.line;
    file.faults.push_back(std::move(fault));
    return file;
}

}  // namespace assay::tools
