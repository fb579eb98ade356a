// Three words of a cell are a date: a year first, two numbers in the file's order, or a month's
// name.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_date.hpp"

#include <array>
#include <chrono>
#include <string>

#include "engine/base/ascii.hpp"
#include "engine/batch/header_words.hpp"

namespace assay::engine {
namespace {

struct MonthName {
    std::string_view begins;  // as normalise_header() writes it
    int number;
};
// English, German, Spanish, French; the longer beginning of two stands first.
constexpr MonthName month_names[] = {
    {"jan", 1},  {"ene", 1},  {"feb", 2},  {"fev", 2},  {"fv", 2},   {"maer", 3},
    {"mar", 3},  {"mrz", 3},  {"apr", 4},  {"abr", 4},  {"avr", 4},  {"may", 5},
    {"mai", 5},  {"juin", 6}, {"jun", 6},  {"juil", 7}, {"jul", 7},  {"aug", 8},
    {"ago", 8},  {"aou", 8},  {"aot", 8},  {"sep", 9},  {"oct", 10}, {"okt", 10},
    {"nov", 11}, {"dec", 12}, {"dez", 12}, {"dic", 12}, {"dc", 12},
};

struct Word {
    std::string_view text;
    int number = -1;  // -1: no number of at most four digits
};

struct Words {
    std::array<Word, 3> at;
    std::size_t count = 0;
    char separator = 0;  // behind the first
};

constexpr bool separates(char c) noexcept {
    return c == ' ' || c == '.' || c == ',' || c == '/' || c == '-';
}

int number_of(std::string_view text) noexcept {
    if (text.empty() || text.size() > 4) return -1;
    int number = 0;
    for (const char c : text) {
        if (!is_digit(c)) return -1;
        number = number * 10 + (c - '0');
    }
    return number;
}

Words words_of(std::string_view cell) noexcept {
    Words words;
    while (words.count < words.at.size()) {
        std::size_t begin = 0;
        while (begin < cell.size() && separates(cell[begin]))
            ++begin;
        std::size_t end = begin;
        while (end < cell.size() && !separates(cell[end]))
            ++end;
        if (end == begin) break;
        Word& word = words.at[words.count++];
        word.text = cell.substr(begin, end - begin);
        word.number = number_of(word.text);
        if (words.count == 1 && end < cell.size()) words.separator = cell[end];
        cell.remove_prefix(end);
    }
    return words;
}

int month_named(std::string_view word) {
    const std::string name = normalise_header(word);
    for (const MonthName& month : month_names) {
        if (name.starts_with(month.begins)) return month.number;
    }
    return -1;
}

Error no_date() {
    return fail(ErrorCode::invalid_input, "is not a date", {}, "write it like 2026-05-25");
}

// The date's order by itself: dots are the German form, others tell only beyond the 12th.
DateOrder own_order(const Words& words) noexcept {
    const int first = words.at[0].number, second = words.at[1].number;
    if (first < 0 || second < 0 || words.at[0].text.size() > 2) return DateOrder::unknown;
    if (words.separator == '.' || first > 12) return DateOrder::day_first;
    return second > 12 ? DateOrder::month_first : DateOrder::unknown;
}

Result<TimePoint> date_of(int year, int month, int day) {
    if (year >= 0 && year < 100) year += 2000;
    if (year < 1970 || month < 1 || day < 1) return no_date();
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return no_date();
    return TimePoint{std::chrono::sys_days{date}};
}

}  // namespace

DateOrder date_order_of(std::string_view cell) noexcept {
    const Words words = words_of(cell);
    return words.count == 3 ? own_order(words) : DateOrder::unknown;
}

Result<TimePoint> read_sold_date(std::string_view cell, DateOrder order) {
    const bool year_first = cell.size() > 4 && cell[4] == '-' && number_of(cell.substr(0, 4)) >= 0;
    if (year_first) {
        if (auto time = parse_time(cell)) return time;
    }
    const Words words = words_of(cell);
    if (words.count < 3) return no_date();
    const auto& [a, b, c] = words.at;
    if (a.number >= 0 && a.text.size() == 4) {
        return b.number < 0 || c.number < 0 ? no_date() : date_of(a.number, b.number, c.number);
    }
    if (a.number < 0) return date_of(c.number, month_named(a.text), b.number);
    if (b.number < 0) return date_of(c.number, month_named(b.text), a.number);
    if (const DateOrder own = own_order(words); own != DateOrder::unknown) order = own;
    switch (order) {
        case DateOrder::day_first:
            return date_of(c.number, b.number, a.number);
        case DateOrder::month_first:
            return date_of(c.number, a.number, b.number);
        case DateOrder::unknown:
            break;
    }
    return fail(ErrorCode::invalid_input, "is a date that can be read in two ways", {},
                "write it like 2026-05-25");
}

}  // namespace assay::engine
