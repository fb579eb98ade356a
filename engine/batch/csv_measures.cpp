// What is counted, weighed and measured in a row.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/base/ascii.hpp"
#include "engine/batch/csv_product.hpp"
#include "engine/batch/header_words.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

using enum CsvField;

struct Unit {
    std::string_view name;
    double factor;  // of grams, of millimetres
};
constexpr Unit weight_units[] = {
    {"g", 1},
    {"gr", 1},
    {"gram", 1},
    {"grams", 1},
    {"gramm", 1},
    {"gramos", 1},
    {"grammes", 1},
    {"kg", 1000},
    {"kgs", 1000},
    {"kilo", 1000},
    {"kilos", 1000},
    {"kilogram", 1000},
    {"kilograms", 1000},
    {"kilogramm", 1000},
    {"kilogramos", 1000},
    {"kilogrammes", 1000},
    {"lb", 453.59237},
    {"lbs", 453.59237},
    {"pound", 453.59237},
    {"pounds", 453.59237},
    {"libras", 453.59237},
    {"oz", 28.349523125},
    {"ounce", 28.349523125},
    {"ounces", 28.349523125},
    {"mg", 0.001},
};
constexpr Unit length_units[] = {
    {"mm", 1},        {"cm", 10},     {"m", 1000},        {"in", 25.4},     {"inch", 25.4},
    {"inches", 25.4}, {"zoll", 25.4}, {"pulgadas", 25.4}, {"pouces", 25.4}, {"ft", 304.8}};

template <std::size_t Count>
std::optional<double> factor_of(std::string_view unit, const Unit (&units)[Count]) {
    if (unit == "\"" || unit == "''") unit = "in";
    const std::string name = normalise_header(unit);
    for (const Unit& known : units) {
        if (known.name == name) return known.factor;
    }
    return std::nullopt;
}

double to_double(std::string_view decimal) {
    double value = 0;
    std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
    return value;
}

// Whole numbers only; "1,200" and "3.0" are.
std::optional<std::int64_t> read_whole(std::string_view cell, bool decimal_comma) {
    std::int64_t number = 0;
    const auto plain = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (plain.ec == std::errc() && plain.ptr == cell.data() + cell.size()) return number;
    // A count has no decimals worth keeping, so three digits behind a separator are thousands.
    for (const bool comma : {decimal_comma, !decimal_comma}) {
        auto amount = read_csv_amount(cell, comma);
        if (!amount || !amount->currency.empty() || amount->dollar) continue;
        bool lost = false;
        const std::string whole = round_decimal(amount->decimal, 0, lost);
        if (lost) continue;
        const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), number);
        if (read.ec != std::errc() || read.ptr != whole.data() + whole.size()) continue;
        return number;
    }
    return std::nullopt;
}

// The sides of "30 x 20,5 x 10 cm", and the unit behind the last one.
bool read_sides(std::string_view text, bool decimal_comma, std::array<double, 3>& sides,
                std::string& unit) {
    std::size_t count = 0;
    while (!text.empty()) {
        std::size_t end = 0;
        while (end < text.size() && text[end] != 'x' && text[end] != 'X' && text[end] != '*' &&
               !text.substr(end).starts_with("\xc3\x97"))
            ++end;
        const std::string_view piece = trim_blanks(text.substr(0, end));
        text.remove_prefix(
            std::min(text.size(), end + (text.substr(end).starts_with('\xc3') ? 2 : 1)));
        std::string_view number = piece;
        while (number.ends_with('"') || number.ends_with('\'')) {
            unit = "in";
            number.remove_suffix(1);
        }
        const auto amount = read_csv_amount(number, decimal_comma);
        if (!amount || count == sides.size()) return false;
        if (!amount->unit.empty()) unit = amount->unit;
        sides[count++] = to_double(amount->decimal);
    }
    return count == sides.size();
}

}  // namespace

std::optional<Error> CsvProduct::read_count(const Cells& cells, CsvField field, std::int64_t least,
                                            std::int64_t most,
                                            std::optional<std::int64_t>& out) const {
    const std::string_view given = cell(cells, field);
    if (given.empty()) return std::nullopt;
    const auto number = read_whole(given, layout_.decimal_comma);
    if (number && *number >= least && *number <= most) {
        out = *number;
        return std::nullopt;
    }
    return fault(
        field, given, number ? "is out of range" : "is not a whole number",
        "write a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

std::optional<Error> CsvProduct::write_weight(JsonWriter& writer, const Cells& cells) {
    const std::string_view given = cell(cells, weight);
    if (given.empty()) return std::nullopt;
    const auto amount = read_csv_amount(given, layout_.decimal_comma);
    const std::string_view own_name = "weight_g";
    const bool grams_by_name = layout_.headers[layout_.columns.column(weight)] == own_name;
    std::string_view unit = cell(cells, weight_unit);
    if (amount && !amount->unit.empty()) unit = amount->unit;
    if (unit.empty()) unit = layout_.columns.weight_unit;
    const auto grams = factor_of(unit.empty() && grams_by_name ? "g" : unit, weight_units);
    // Without a unit a number is no weight; it stays under its own header.
    if (!amount || !grams || amount->decimal.starts_with('-')) {
        keep(writer, cells, weight);
        keep(writer, cells, weight_unit);
        return std::nullopt;
    }
    const double rounded = std::round(to_double(amount->decimal) * *grams);
    if (rounded > 1e9) return fault(weight, given, "is too heavy", "check the weight and its unit");
    writer.member("weight_g", static_cast<std::int64_t>(rounded));
    return std::nullopt;
}

void CsvProduct::write_dimensions(JsonWriter& writer, const Cells& cells) {
    std::array<double, 3> sides{};
    std::string unit;
    bool known = false;
    const std::string_view given = cell(cells, dims);
    if (!given.empty()) {
        known = read_sides(given, layout_.decimal_comma, sides, unit);
    } else {
        known = true;
        const CsvField fields[] = {length, width, height};
        for (std::size_t i = 0; i < sides.size(); ++i) {
            const auto amount = read_csv_amount(cell(cells, fields[i]), layout_.decimal_comma);
            known = known && amount.has_value();
            if (!amount) continue;
            sides[i] = to_double(amount->decimal);
            if (!amount->unit.empty()) unit = amount->unit;
        }
    }
    if (unit.empty()) unit = cell(cells, dims_unit);
    if (unit.empty()) unit = layout_.columns.dims_unit;
    const auto factor = factor_of(unit, length_units);
    constexpr double longest = 10'000'000;  // millimetres
    known = known && factor && std::all_of(sides.begin(), sides.end(), [&](double side) {
                return side >= 0 && side * *factor <= longest;
            });
    if (!known) {
        for (const CsvField field : {dims, length, width, height, dims_unit})
            keep(writer, cells, field);
        return;
    }
    writer.key("dims_mm").begin_array();
    for (const double side : sides)
        writer.integer(static_cast<std::int64_t>(std::round(side * *factor)));
    writer.end_array();
}

std::optional<Error> CsvProduct::write_market(JsonWriter& writer, const Cells& cells,
                                              CsvTallies& tallies) {
    constexpr std::int64_t count_max = 1'000'000'000;
    std::optional<Error> first;
    bool open = false;
    const auto key = [&](CsvField field) -> std::string_view {
        if (!open) writer.key("market").begin_object();
        open = true;
        const std::string_view name = to_string(field);
        return name.substr(name.find('.') + 1);
    };
    for (const CsvField field :
         {sold_count, monthly_sold, active_listings, competing_offers, sales_rank}) {
        std::optional<std::int64_t> count;
        auto error = read_count(cells, field, 0, count_max, count);
        if (error && !first) first = std::move(error);
        if (!count) continue;
        writer.member(key(field), *count);
        if (field == sold_count && layout_.columns.sold_window_days > 0)
            writer.member("sold_window_days", layout_.columns.sold_window_days);
    }
    for (const CsvField field : {lowest_offer, buy_box_price}) {
        if (const auto& given = amount(field)) write_amount(writer, key(field), *given, tallies);
    }
    for (const CsvField field : {rank_category, marketplace}) {
        const std::string_view text = cell(cells, field);
        if (!text.empty()) writer.member(key(field), text);
    }
    if (open) writer.end_object();
    return first;
}

void CsvProduct::write_device(JsonWriter& writer, const Cells& cells) {
    bool open = false;
    const auto key = [&](std::string_view name) {
        if (!open) writer.key("device").begin_object();
        open = true;
        writer.key(name);
    };
    std::array<CsvField, 2> unreadable{};
    std::size_t unreadable_count = 0;
    if (const std::string_view given = cell(cells, storage); !given.empty()) {
        const auto amount = read_csv_amount(given, layout_.decimal_comma);
        const std::string unit = amount ? normalise_header(amount->unit) : "";
        const double gigabytes =
            amount ? to_double(amount->decimal) * (unit == "tb" ? 1024 : 1) : -1;
        const bool fits = gigabytes >= 0 && gigabytes <= 1'000'000 &&
                          (unit.empty() || unit == "gb" || unit == "tb" || unit == "g");
        if (fits) {
            key("storage_gb");
            writer.integer(static_cast<std::int64_t>(gigabytes));
        } else {
            unreadable[unreadable_count++] = storage;
        }
    }
    if (const std::string_view given = cell(cells, carrier); !given.empty()) {
        key("carrier");
        writer.string(given);
    }
    if (std::string_view given = cell(cells, battery); !given.empty()) {
        const bool percent = given.ends_with('%');
        const auto amount = read_csv_amount(given.substr(0, given.size() - (percent ? 1 : 0)),
                                            layout_.decimal_comma);
        double level = amount && amount->unit.empty() ? to_double(amount->decimal) : -1;
        if (!percent && level > 0 && level <= 1) level *= 100;  // a spreadsheet's 0.87
        if (level >= 0 && level <= 100) {
            key("battery_pct");
            writer.integer(static_cast<std::int64_t>(std::round(level)));
        } else {
            unreadable[unreadable_count++] = battery;
        }
    }
    if (open) writer.end_object();
    for (std::size_t i = 0; i < unreadable_count; ++i)
        keep(writer, cells, unreadable[i]);
}

}  // namespace assay::engine
