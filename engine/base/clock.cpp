// The system clock, and RFC 3339 in and out.
// SPDX-License-Identifier: MIT
#include "engine/base/clock.hpp"

#include <array>
#include <cstdio>

namespace assay {
namespace {

constexpr std::string_view remedy = "write it like 2026-05-25T10:30:00Z or 2026-05-25";

Error bad_time(std::string_view text) {
    return fail(ErrorCode::invalid_argument,
                "\"" + std::string(text.substr(0, 64)) + "\" is not a time", {},
                std::string(remedy));
}

// Reads exactly `digits` decimal digits at the front of `text` and drops them; -1 if they are not
// there.
int take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return -1;
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

TimePoint SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
    return std::chrono::steady_clock::now();
}

std::string to_rfc3339(TimePoint time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 40> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

Result<TimePoint> parse_time(std::string_view text) {
    using namespace std::chrono;
    std::string_view rest = text;
    const int year_number = take_number(rest, 4);
    if (year_number < 0 || !take(rest, '-')) return bad_time(text);
    const int month_number = take_number(rest, 2);
    if (month_number < 0 || !take(rest, '-')) return bad_time(text);
    const int day_number = take_number(rest, 2);
    if (day_number < 0) return bad_time(text);
    const year_month_day date{year{year_number}, month{static_cast<unsigned>(month_number)},
                              day{static_cast<unsigned>(day_number)}};
    if (!date.ok()) return bad_time(text);
    TimePoint time{sys_days{date}};
    if (rest.empty()) return time;

    if (!take(rest, 'T') && !take(rest, 't') && !take(rest, ' ')) return bad_time(text);
    const int hour = take_number(rest, 2);
    if (hour < 0 || hour > 23 || !take(rest, ':')) return bad_time(text);
    const int minute = take_number(rest, 2);
    if (minute < 0 || minute > 59 || !take(rest, ':')) return bad_time(text);
    const int second = take_number(rest, 2);
    if (second < 0 || second > 60) return bad_time(text);
    time += hours{hour} + minutes{minute} + seconds{second};
    if (take(rest, '.')) {
        int digits = 0;
        int fraction = 0;
        for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
            if (++digits <= 3) fraction = fraction * 10 + (rest.front() - '0');
        }
        if (digits == 0 || digits > 9) return bad_time(text);
        for (int i = digits; i < 3; ++i)
            fraction *= 10;
        time += milliseconds{fraction};
    }
    if (rest == "Z" || rest == "z") return time;
    const bool east = take(rest, '+');
    if (!east && !take(rest, '-')) return bad_time(text);
    const int offset_hours = take_number(rest, 2);
    if (offset_hours < 0 || offset_hours > 23 || !take(rest, ':')) return bad_time(text);
    const int offset_minutes = take_number(rest, 2);
    if (offset_minutes < 0 || offset_minutes > 59 || !rest.empty()) return bad_time(text);
    const auto offset = hours{offset_hours} + minutes{offset_minutes};
    return east ? time - offset : time + offset;
}

std::int64_t to_unix_seconds(TimePoint time) noexcept {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::int64_t to_unix_milliseconds(TimePoint time) noexcept {
    return time.time_since_epoch().count();
}

TimePoint from_unix_milliseconds(std::int64_t milliseconds) noexcept {
    return TimePoint{std::chrono::milliseconds{milliseconds}};
}

}  // namespace assay
