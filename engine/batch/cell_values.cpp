// Formats read once, numbers written by them.
// SPDX-License-Identifier: MIT
#include "engine/batch/cell_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "engine/base/ascii.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {
namespace {

constexpr double exact_below = 1e15;           // a spreadsheet keeps 15 digits
constexpr double amounts_below = 1e7;          // larger numbers are ids that someone has formatted
constexpr double days_end = 2'958'466;         // the day after 9999-12-31
constexpr std::uint64_t columns_end = 16'384;  // XFD
constexpr std::size_t code_bytes_max = 1'024;  // Excel allows 255 characters

constexpr std::string_view symbols[] = {"US$",          "CA$",      "AU$",     "$",
                                        "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5"};

// The symbol that `text` begins with, or none.
std::string_view symbol_at(std::string_view text) {
    for (const std::string_view symbol : symbols) {
        if (text.starts_with(symbol)) return symbol;
    }
    return {};
}

// "[$EUR-407]" and "[$€]" without their brackets; "[Red]" and "[h]" are none.
std::string currency_in_brackets(std::string_view inner) {
    if (!inner.starts_with('$')) return {};
    const std::string_view text = inner.substr(1, inner.find('-') - 1);
    if (!symbol_at(text).empty()) return std::string(symbol_at(text));
    return text.size() == 3 && Currency::parse(text) ? std::string(text) : std::string();
}

// A format's first section, its literal texts taken out.
struct FormatLook {
    std::string bare;  // in lower case
    std::string currency;
};

FormatLook look_at(std::string_view code) {
    FormatLook look;
    const auto keep_currency = [&](std::string_view found) {
        if (look.currency.empty()) look.currency = found;
    };
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == ';') break;
        if (c == '"') {
            const std::size_t end = std::min(code.find('"', i + 1), code.size());
            const std::string_view quoted = code.substr(i + 1, end - i - 1);
            keep_currency(symbol_at(quoted));
            i = end;
        } else if (c == '[') {
            const std::size_t end = std::min(code.find(']', i), code.size());
            const std::string_view inner = code.substr(i + 1, end - i - 1);
            keep_currency(currency_in_brackets(inner));
            // "[h]:mm" is how long something took, and no date.
            if (inner == "h" || inner == "hh" || inner == "m" || inner == "mm" || inner == "s")
                look.bare += '#';
            i = end;
        } else if (c == '\\' || c == '_' || c == '*') {
            if (c == '\\') keep_currency(symbol_at(code.substr(i + 1)));
            ++i;
        } else if (const auto symbol = symbol_at(code.substr(i)); !symbol.empty()) {
            keep_currency(symbol);
            i += symbol.size() - 1;
        } else {
            look.bare += to_lower(c);
        }
    }
    return look;
}

void append_date(std::string& out, double days, bool from_1904, bool with_date) {
    using namespace std::chrono;
    constexpr std::int64_t day_seconds = 86'400;
    const auto seconds = static_cast<std::int64_t>(std::llround(days * day_seconds));
    std::int64_t day = seconds / day_seconds;
    const std::int64_t of_day = seconds % day_seconds;
    // The 1900 system counts a 29 February 1900 that never was.
    const sys_days first = from_1904  ? sys_days{year{1904} / 1 / 1}
                           : day < 60 ? sys_days{year{1899} / 12 / 31}
                                      : sys_days{year{1899} / 12 / 30};
    const year_month_day date{first + std::chrono::days{day}};
    std::array<char, 40> text{};
    const auto put = [&](const char* format, auto... parts) {
        const int size = std::snprintf(text.data(), text.size(), format, parts...);
        out.append(text.data(), static_cast<std::size_t>(size));
    };
    const int hour = static_cast<int>(of_day / 3600);
    const int minute = static_cast<int>(of_day / 60 % 60);
    const int second = static_cast<int>(of_day % 60);
    if (with_date)
        put("%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()));
    if (!with_date) {
        put("%02d:%02d:%02d", hour, minute, second);
    } else if (of_day != 0) {
        // A sheet has no time zones; a time in a manifest is taken as UTC.
        put("T%02d:%02d:%02dZ", hour, minute, second);
    }
}

bool is_date(double number, const CellFormat& format, bool from_1904) {
    constexpr double half_a_second = 0.5 / 86'400;  // rounding up must not leave the last day
    if (format.kind == CellFormat::Kind::plain || !(number >= 0) ||
        number + half_a_second >= days_end)
        return false;
    if (format.kind == CellFormat::Kind::time && number < 1) return true;
    return from_1904 || (number >= 1 && std::floor(number) != 60);
}

// Digits with at most one point, and few enough of them that nothing is lost.
bool is_plain_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || text.size() > 15 || !is_digit(text.front()) || !is_digit(text.back()))
        return false;
    return std::count(text.begin(), text.end(), '.') <= 1 &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

void append_decimal(std::string& out, std::string_view stored, double number) {
    if (is_plain_decimal(stored)) {
        out += stored;
        return;
    }
    std::array<char, 64> digits{};
    const bool whole = std::abs(number) < exact_below && std::trunc(number) == number;
    const auto end = whole ? std::to_chars(digits.data(), digits.data() + digits.size(),
                                           static_cast<std::int64_t>(number))
                                 .ptr
                     : std::abs(number) < exact_below && std::abs(number) >= 1e-4
                         ? std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                         std::chars_format::general, 15)
                               .ptr
                         : std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                         std::chars_format::scientific)
                               .ptr;
    out.append(digits.data(), end);
}

// The four hexadecimal digits of "_x000D_" at `at`, or -1.
int escaped_unit(std::string_view text, std::size_t at) {
    if (text.size() < at + 7 || text[at] != '_' || text[at + 1] != 'x' || text[at + 6] != '_')
        return -1;
    int unit = 0;
    const auto read = std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16);
    return read.ec == std::errc() && read.ptr == text.data() + at + 6 ? unit : -1;
}

}  // namespace

CellFormat parse_number_format(std::string_view code) {
    CellFormat format;
    if (code.size() > code_bytes_max) return format;
    const FormatLook look = look_at(code);
    const std::string_view bare = look.bare;
    format.currency = look.currency;
    const bool zeros = bare.size() >= 2 && bare.find_first_not_of('0') == bare.npos;
    constexpr std::size_t digits_max = 18;  // an SSCC, the longest number on a parcel
    if (zeros && bare.size() <= digits_max) {
        format.digits = static_cast<std::uint8_t>(bare.size());
        return format;
    }
    if (bare == "general" || bare == "@") return format;
    const bool counts = bare.find_first_of("#?%e") != bare.npos;
    const bool days = bare.find_first_of("dy") != bare.npos;
    const bool hours = bare.find_first_of("hs") != bare.npos;
    const bool months = bare.find('m') != bare.npos;
    if (counts || (!days && !hours && !months)) return format;
    format.kind = days || (months && !hours) ? CellFormat::Kind::date : CellFormat::Kind::time;
    format.currency.clear();
    return format;
}

CellFormat builtin_number_format(std::int64_t id) {
    CellFormat format;
    const auto within = [id](std::int64_t first, std::int64_t last) {
        return id >= first && id <= last;
    };
    if (within(18, 21) || id == 45 || id == 47) {
        format.kind = CellFormat::Kind::time;
    } else if (within(14, 17) || id == 22 || within(27, 36) || within(50, 58)) {
        format.kind = CellFormat::Kind::date;
    }
    return format;
}

void append_number(std::string& out, std::string_view stored, const CellFormat& format,
                   const CellStyle& style) {
    double number = 0;
    const auto read = std::from_chars(stored.data(), stored.data() + stored.size(), number);
    const bool whole_text = read.ec == std::errc() && read.ptr == stored.data() + stored.size();
    if (!whole_text || !std::isfinite(number)) {
        out += stored;
        return;
    }
    if (is_date(number, format, style.dates_from_1904)) {
        const bool time_alone = format.kind == CellFormat::Kind::time && number < 1;
        return append_date(out, number, style.dates_from_1904, !time_alone);
    }
    const std::size_t begin = out.size();
    append_decimal(out, stored, number);
    const bool digits_only =
        std::all_of(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), is_digit);
    if (digits_only && out.size() - begin < format.digits)
        out.insert(begin, format.digits - (out.size() - begin), '0');
    const std::size_t point = out.find('.', begin);
    if (style.decimal_comma && point != std::string::npos && out.size() - point == 4) out += '0';
    if (!format.currency.empty() && std::abs(number) < amounts_below)
        out.append(" ").append(format.currency);
}

void append_unescaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = std::min(text.find("_x", at), text.size());
        out += text.substr(at, next - at);
        at = next;
        if (at == text.size()) return;
        const int unit = escaped_unit(text, at);
        // Only ASCII is written so by spreadsheets; anything else, and NUL, stays as it stands.
        if (unit > 0 && unit < 0x80) {
            out += static_cast<char>(unit);
            at += 7;
        } else {
            out += text[at++];
        }
    }
}

bool parse_cell_reference(std::string_view reference, std::size_t& column, std::uint64_t& row) {
    std::size_t letters = 0, number = 0;
    for (; letters < reference.size() && is_letter(reference[letters]); ++letters) {
        number = number * 26 + static_cast<std::size_t>(to_lower(reference[letters]) - 'a' + 1);
        if (number > columns_end) return false;
    }
    const std::string_view digits = reference.substr(letters);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), row);
    if (letters == 0 || read.ec != std::errc() || read.ptr != digits.data() + digits.size())
        return false;
    column = number - 1;
    return row > 0;
}

}  // namespace assay::engine
