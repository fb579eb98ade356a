// Settings as text: names, ranges, values in and out.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/base/ascii.hpp"
#include "tools/settings/quantity.hpp"
#include "tools/settings/setting_list.hpp"

namespace assay::tools {
namespace {

std::string number_text(SettingKind kind, std::int64_t number) {
    switch (kind) {
        case SettingKind::duration:
            return format_duration(std::chrono::milliseconds(number));
        case SettingKind::bytes:
            return format_size(number);
        default:
            return std::to_string(number);
    }
}

// A TOML basic string.
std::string toml_string(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (code < 0x20 || code == 0x7f) {
            out += "\\u00";
            out += digits[code >> 4];
            out += digits[code & 15];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

Result<SettingValue> parse_flag(std::string_view text) {
    for (const std::string_view yes : {"true", "yes", "1"}) {
        if (text == yes) return SettingValue(true);
    }
    for (const std::string_view no : {"false", "no", "0"}) {
        if (text == no) return SettingValue(false);
    }
    return fail(ErrorCode::invalid_argument, "\"" + std::string(text) + "\" is neither", {},
                "write true or false");
}

Result<SettingValue> parse_count(std::string_view text) {
    const bool digits = !text.empty() && text.size() <= 15 &&
                        std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c); });
    if (digits) return SettingValue(std::int64_t{std::stoll(std::string(text))});
    return fail(ErrorCode::invalid_argument, "\"" + std::string(text) + "\" is no whole number");
}

std::vector<std::string> parse_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view item = trim(text.substr(0, comma));
        if (!item.empty()) items.emplace_back(item);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

}  // namespace

std::string Setting::full_name() const {
    return std::string(table) + "." + std::string(name);
}

std::string Setting::environment() const {
    if (!environment_name.empty()) return std::string(environment_name);
    std::string text = "ASSAY_" + std::string(table) + "_" + std::string(name);
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

std::string to_toml(const Setting& setting, const SettingValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        const std::string text = number_text(setting.kind, *number);
        return setting.kind == SettingKind::count ? text : toml_string(text);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        const bool hidden = setting.kind == SettingKind::secret && !text->empty();
        return toml_string(hidden ? "***" : *text);
    }
    std::string list = "[";
    for (const std::string& item : std::get<std::vector<std::string>>(value))
        list += (list.size() > 1 ? ", " : "") + toml_string(item);
    return list + "]";
}

Result<SettingValue> parse_setting(const Setting& setting, std::string_view text) {
    switch (setting.kind) {
        case SettingKind::flag:
            return parse_flag(text);
        case SettingKind::count:
            return parse_count(text);
        case SettingKind::duration: {
            const auto duration = parse_duration(text);
            if (!duration) return duration.error();
            return SettingValue(static_cast<std::int64_t>(duration->count()));
        }
        case SettingKind::bytes: {
            const auto size = parse_size(text);
            if (!size) return size.error();
            return SettingValue(*size);
        }
        case SettingKind::list:
            return SettingValue(parse_list(text));
        case SettingKind::text:
        case SettingKind::secret:
            break;
    }
    return SettingValue(std::string(text));
}

std::string range_text(const Setting& setting) {
    if (setting.most == 0) return {};
    return "from " + number_text(setting.kind, setting.least) + " to " +
           number_text(setting.kind, setting.most);
}

Result<void> check_range(const Setting& setting, const SettingValue& value) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || (*number >= setting.least && *number <= setting.most)) return {};
    return fail(ErrorCode::invalid_argument,
                number_text(setting.kind, *number) + " is out of range", {},
                "write a value " + range_text(setting));
}

}  // namespace assay::tools
