// Looks at every value once and counts which kinds it could be.
// SPDX-License-Identifier: MIT
#include "engine/batch/column_values.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "engine/base/ascii.hpp"
#include "engine/base/check_digits.hpp"
#include "engine/base/money.hpp"
#include "engine/batch/condition.hpp"
#include "engine/batch/csv_amount.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t sample_bytes_max = 60;

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_upper_code(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

std::string lower(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    return folded;
}

// Digits as scanners write them: "0 45496 90133 2", "978-3-16-148410-0", '00045.
std::string compact(std::string_view text) {
    std::string digits;
    if (text.starts_with("=\"") && text.ends_with('"')) text = text.substr(2, text.size() - 3);
    for (const char c : text) {
        if (c != ' ' && c != '-' && c != '\'') digits += c;
    }
    return digits;
}

bool is_gtin(std::string_view digits) {
    if (!all_digits(digits)) return false;
    if (digits.size() == 11) return has_gs1_check("0" + std::string(digits));
    return digits.size() >= 12 && digits.size() <= 14 && has_gs1_check(digits);
}

bool is_isbn(std::string_view text) {
    if (text.size() == 13)
        return all_digits(text) && (text.starts_with("978") || text.starts_with("979")) &&
               has_gs1_check(text);
    return text.size() == 10 && all_digits(text.substr(0, 9)) && has_isbn10_check(text);
}

bool is_scientific(std::string_view text) {
    const std::size_t e = text.find_first_of("eE");
    if (e == std::string_view::npos || e < 3 || !is_digit(text[0])) return false;
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const bool mantissa = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(e),
                                      [](char c) { return is_digit(c) || c == '.' || c == ','; });
    return mantissa && power.size() <= 2 && all_digits(power);
}

bool is_currency(std::string_view text) {
    if (text.size() == 3 && is_upper_code(text)) return Currency::parse(text).has_value();
    const std::string folded = lower(text);
    return folded == "\xe2\x82\xac" || folded == "$" || folded == "\xc2\xa3" || folded == "euro" ||
           folded == "eur" || folded == "usd" || folded == "gbp";
}

// 2026-05-25, 25.05.2026, 5/25/26, with or without a time behind it.
bool is_date(std::string_view text) {
    std::size_t groups = 0, digits = 0, year = 0;
    char separator = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_digit(c)) {
            if (++digits > 4) return false;
            continue;
        }
        if (digits == 0) return false;
        ++groups;
        year += digits == 4 ? 1 : 0;
        digits = 0;
        if (groups == 3) return (c == ' ' || c == 'T') && year == 1;
        if ((c != '-' && c != '.' && c != '/') || (separator != 0 && c != separator)) return false;
        separator = c;
    }
    return groups == 2 && digits > 0 && (year + (digits == 4 ? 1U : 0U) == 1 || separator == '/');
}

bool is_dimensions(std::string_view text) {
    std::size_t numbers = 0;
    bool in_number = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_digit(c)) {
            numbers += in_number ? 0 : 1;
            in_number = true;
        } else if (c != '.' && c != ',') {
            in_number = false;
            const bool fits = c == 'x' || c == 'X' || c == '*' || c == ' ' || c == '"' ||
                              is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
            if (!fits) return false;
        }
    }
    const bool crossed = text.find_first_of("xX*") != std::string_view::npos ||
                         text.find("\xc3\x97") != std::string_view::npos;
    return numbers == 3 && crossed && is_digit(text.front());
}

bool is_unit(std::string_view text) {
    constexpr std::string_view units[] = {"g",   "gr", "gram",  "grams",  "kg",     "kgs",   "lb",
                                          "lbs", "oz", "pound", "pounds", "ounces", "gramm", "mg"};
    const std::string folded = lower(text);
    return std::find(std::begin(units), std::end(units), folded) != std::end(units);
}

bool is_id_type(std::string_view text) {
    constexpr std::string_view types[] = {"upc",  "ean",    "gtin", "isbn",  "asin",
                                          "imei", "serial", "upca", "ean13", "isbn13"};
    const std::string folded = lower(text);
    return std::find(std::begin(types), std::end(types), folded) != std::end(types);
}

void count_numbers(std::string_view value, ColumnValues& into, const auto& count) {
    const auto amount = read_csv_amount(value, decimal_comma_vote(value) > 0);
    if (!amount) return;
    const bool has_currency = amount->dollar || !amount->currency.empty();
    if (!amount->unit.empty()) {
        count(ValueKind::measured, is_unit(amount->unit));
        return;
    }
    count(ValueKind::amount, true);
    count(ValueKind::money, has_currency || (decimal_comma_vote(value) != 0));
    if (!all_digits(value)) return;
    count(ValueKind::whole, true);
    std::size_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    count(ValueKind::small, value.size() <= 4 && number >= 1);
    into.counts_up = into.counts_up && number == into.filled;
}

void look_at(std::string_view value, ColumnValues& into) {
    const auto count = [&](ValueKind kind, bool holds) {
        into.kinds[static_cast<std::size_t>(kind)] += holds ? 1U : 0U;
    };
    const std::string digits = compact(value);
    const bool was_counting = into.counts_up;
    into.counts_up = false;
    into.words += 1 + static_cast<std::size_t>(std::count(value.begin(), value.end(), ' '));
    into.characters += value.size();
    count(ValueKind::gtin, is_gtin(digits));
    count(ValueKind::gtin_8, digits.size() == 8 && all_digits(digits) && has_gs1_check(digits));
    count(ValueKind::isbn, is_isbn(digits));
    count(ValueKind::asin, value.size() == 10 && value.starts_with("B0") && is_upper_code(value));
    count(ValueKind::imei, digits.size() == 15 && all_digits(digits) && has_luhn_check(digits));
    count(ValueKind::lpn, value.size() >= 8 && value.starts_with("LPN") && is_upper_code(value));
    count(ValueKind::scientific, is_scientific(value));
    if (into.scientific.empty() && is_scientific(value))
        into.scientific = value.substr(0, sample_bytes_max);
    count(ValueKind::currency, is_currency(value));
    count(ValueKind::date, is_date(value));
    const bool letters = std::any_of(value.begin(), value.end(), is_letter);
    count(ValueKind::condition, letters && value.size() >= 3 && parse_condition(value).has_value());
    const bool link = value.starts_with("http://") || value.starts_with("https://");
    count(ValueKind::link, link);
    const std::string ending =
        lower(value.substr(value.size() - std::min<std::size_t>(5, value.size())));
    count(ValueKind::picture, link && (ending.ends_with(".jpg") || ending.ends_with(".png") ||
                                       ending.ends_with("jpeg") || ending.ends_with("webp")));
    count(ValueKind::unit, is_unit(value));
    count(ValueKind::dimensions, is_dimensions(value));
    count(ValueKind::id_type, is_id_type(value));
    const bool one_word = value.find(' ') == std::string_view::npos;
    const bool has_digit = std::any_of(value.begin(), value.end(), is_digit);
    count(ValueKind::code, one_word && has_digit && value.find_first_of(",$%") == value.npos);
    count(ValueKind::prose, !one_word && letters && !link);
    into.counts_up = was_counting;
    count_numbers(value, into, count);
    if (!all_digits(value)) into.counts_up = false;
}

}  // namespace

std::vector<ColumnValues> look_at_values(std::span<const std::vector<std::string>> rows,
                                         std::size_t columns) {
    std::vector<ColumnValues> all(columns);
    for (std::size_t column = 0; column < columns; ++column) {
        ColumnValues& values = all[column];
        std::unordered_set<std::string_view> seen;
        values.rows = rows.size();
        values.counts_up = true;
        std::size_t last_row = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (column >= rows[i].size()) continue;
            const std::string_view value = trim_blanks(rows[i][column]);
            if (is_absent(value)) continue;
            ++values.filled;
            last_row = i;
            look_at(value, values);
            if (seen.insert(value).second && values.samples.size() < column_samples_max) {
                std::size_t size = std::min(value.size(), sample_bytes_max);
                while (size < value.size() && size > 0 &&
                       (static_cast<unsigned char>(value[size]) & 0xc0U) == 0x80U)
                    --size;
                values.samples.emplace_back(value.substr(0, size));
            }
        }
        values.distinct = seen.size();
        values.first_row_only = values.filled == 1 && last_row == 0 && rows.size() >= 3;
        values.counts_up = values.counts_up && values.filled >= 3;
    }
    return all;
}

std::string_view in_words(const ColumnValues& values) noexcept {
    constexpr std::pair<ValueKind, std::string_view> names[] = {
        {ValueKind::asin, "ASINs"},
        {ValueKind::imei, "IMEIs"},
        {ValueKind::lpn, "licence plates"},
        {ValueKind::isbn, "ISBNs"},
        {ValueKind::gtin, "GTINs"},
        {ValueKind::gtin_8, "GTIN-8s"},
        {ValueKind::scientific, "numbers in scientific notation"},
        {ValueKind::currency, "currencies"},
        {ValueKind::date, "dates"},
        {ValueKind::condition, "conditions"},
        {ValueKind::picture, "pictures"},
        {ValueKind::link, "links"},
        {ValueKind::dimensions, "dimensions"},
        {ValueKind::measured, "weights"},
        {ValueKind::whole, "whole numbers"},
        {ValueKind::amount, "amounts"},
        {ValueKind::code, "codes"},
        {ValueKind::prose, "texts"}};
    for (const auto& [kind, name] : names) {
        if (values.mostly(kind, 2)) return name;
    }
    return {};
}

}  // namespace assay::engine
