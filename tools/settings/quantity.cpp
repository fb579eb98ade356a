// Numbers with units, read and written by the same tables.
// SPDX-License-Identifier: MIT
#include "tools/settings/quantity.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "engine/base/ascii.hpp"

namespace assay::tools {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;

constexpr std::array duration_units{Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000},
                                    Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
constexpr std::array size_units{
    Unit{"B", 1}, Unit{"KiB", std::int64_t{1} << 10}, Unit{"MiB", std::int64_t{1} << 20},
    Unit{"GiB", std::int64_t{1} << 30}, Unit{"TiB", std::int64_t{1} << 40}};
constexpr std::int64_t duration_max = std::int64_t{3'650} * 86'400'000;
constexpr std::int64_t size_max = std::int64_t{1} << 50;

// nullopt: no number, no such unit, or more than `most`. `bare` is the unit of a number alone;
// 0: it needs one.
std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units,
                                  std::int64_t bare, std::int64_t most) {
    text = trim(text);
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text = trim(text);
    if (text.empty() && number == 0) return 0;
    std::int64_t factor = text.empty() ? bare : 0;
    for (const auto& [name, value] : units) {
        if (text == name) factor = value;
    }
    if (factor == 0 || number > most / factor) return std::nullopt;
    return number * factor;
}

std::string format(std::int64_t value, std::span<const Unit> units) {
    const Unit* best = &units.front();
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.second == 0) best = &unit;
    }
    return std::to_string(value / best->second) + std::string(best->first);
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto milliseconds = parse(text, duration_units, 0, duration_max);
    if (milliseconds) return std::chrono::milliseconds(*milliseconds);
    return fail(ErrorCode::invalid_argument, "\"" + std::string(text) + "\" is no duration", {},
                "write a whole number with its unit, such as 500ms, 30s, 5m, 2h or 1d");
}

std::string format_duration(std::chrono::milliseconds duration) {
    return format(duration.count(), duration_units);
}

Result<std::int64_t> parse_size(std::string_view text) {
    const auto bytes = parse(text, size_units, 1, size_max);
    if (bytes) return *bytes;
    return fail(ErrorCode::invalid_argument, "\"" + std::string(text) + "\" is no size", {},
                "write a whole number with its unit, such as 64KiB, 256MiB or 1GiB");
}

std::string format_size(std::int64_t bytes) {
    return format(bytes, size_units);
}

}  // namespace assay::tools
