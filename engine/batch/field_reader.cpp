// Types, ranges and lengths of single values, each refusal with its remedy.
// SPDX-License-Identifier: MIT
#include "engine/batch/field_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

using simdjson::dom::element_type;

// Every value that may be given as a number keeps its digits here: seven identifiers, ids of
// comparables, two of the device.
constexpr std::size_t number_texts_max = limits::comparables_max + 16;

// Beyond this no price is real (engine/base/money), and sums still fit 64 bits.
constexpr MinorUnits amount_max = 1'000'000'000'000'000;

constexpr double whole_double_max = 9007199254740992.0;  // 2^53: above it doubles skip integers

std::size_t count_characters(std::string_view text) noexcept {
    std::size_t characters = 0;
    for (const char c : text)
        characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    return characters;
}

// Beyond tabs and line ends, which descriptions have.
bool holds_controls(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    });
}

// 0.01, not 0.010000.
std::string short_number(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

std::string range_remedy(std::int64_t min, std::int64_t max) {
    return "write a whole number from " + std::to_string(min) + " to " + std::to_string(max);
}

constexpr auto money_keys = make_key_table("amount", "currency");
constexpr std::size_t amount_key = 0, currency_key = 1;

}  // namespace

void FieldReader::start(std::size_t json_bytes, bool has_escapes, MoneyUnit unit,
                        std::vector<InputNote>& notes) {
    walker_.start(json_bytes);
    unit_ = unit;
    has_escapes_ = has_escapes;
    notes_ = &notes;
    number_texts_.clear();
    number_texts_.reserve(number_texts_max);
}

void FieldReader::note(std::string_view code, const JsonPath& path, std::string detail) {
    notes_->push_back({code, path.to_pointer(), std::move(detail)});
}

bool FieldReader::wrong_type(const JsonPath& path, std::string_view wanted) {
    return fail(ErrorCode::invalid_input, path, "is not " + std::string(wanted),
                "write " + std::string(wanted));
}

bool FieldReader::too_many(const JsonPath& path, std::size_t count_max) {
    return fail(ErrorCode::invalid_input, path,
                "has more than " + std::to_string(count_max) + " entries", "leave some out");
}

bool FieldReader::text(const Element& value, const JsonPath& path, std::string_view& out,
                       std::size_t characters_max) {
    if (!value.is_string()) return wrong_type(path, "a text in quotes");
    const std::string_view text = string_of(value);
    if (!walker_.check_string(text, path)) return false;
    if (text.size() > characters_max && count_characters(text) > characters_max) {
        return fail(ErrorCode::invalid_input, path,
                    "is longer than " + std::to_string(characters_max) + " characters",
                    "shorten it");
    }
    out = trim(text);
    if (has_escapes_ && holds_controls(out))
        note("control_characters", path, "remove them: they do not print");
    return true;
}

bool FieldReader::text_or_number(const Element& value, const JsonPath& path, std::string_view& out,
                                 bool& was_number) {
    const element_type type = value.type();
    if (type == element_type::STRING) return text(value, path, out);
    if (type != element_type::INT64 && type != element_type::DOUBLE) {
        if (type == element_type::UINT64) return walker_.walk(value, path);
        return wrong_type(path, "a text in quotes");
    }
    if (number_texts_.size() == number_texts_.capacity())
        return fail(ErrorCode::internal, path, "is one number too many");
    auto& digits = number_texts_.emplace_back();
    // A double keeps its exponent, so that identity sees the digits it has lost.
    const auto end = type == element_type::INT64
                         ? std::to_chars(digits.data(), digits.data() + digits.size(),
                                         number_of<std::int64_t>(value))
                               .ptr
                         : std::to_chars(digits.data(), digits.data() + digits.size(),
                                         number_of<double>(value), std::chars_format::scientific)
                               .ptr;
    out = {digits.data(), static_cast<std::size_t>(end - digits.data())};
    was_number = true;
    return true;
}

bool FieldReader::integer(const Element& value, const JsonPath& path, std::int64_t min,
                          std::int64_t max, std::int64_t& out) {
    std::int64_t number = 0;
    if (is_int64(value)) {
        number = number_of<std::int64_t>(value);
    } else if (is_double(value)) {
        // 3.0 is how some writers spell 3.
        const double real = number_of<double>(value);
        if (std::trunc(real) != real || std::abs(real) > whole_double_max)
            return fail(ErrorCode::invalid_input, path, "is not a whole number",
                        range_remedy(min, max));
        number = static_cast<std::int64_t>(real);
    } else if (is_uint64(value)) {
        return walker_.walk(value, path);
    } else {
        return fail(ErrorCode::invalid_input, path, "is not a whole number",
                    range_remedy(min, max));
    }
    if (number < min || number > max) {
        const bool negative = number < 0 && min >= 0;
        return fail(ErrorCode::invalid_input, path,
                    negative       ? "is negative"
                    : number < min ? "is too small"
                                   : "is too large",
                    range_remedy(min, max));
    }
    out = number;
    return true;
}

bool FieldReader::integer(const Element& value, const JsonPath& path, std::int64_t min,
                          std::int64_t max, std::optional<std::int64_t>& out) {
    std::int64_t number = 0;
    if (!integer(value, path, min, max, number)) return false;
    out = number;
    return true;
}

bool FieldReader::number(const Element& value, const JsonPath& path, double min, double max,
                         double& out) {
    double number = 0;
    if (is_uint64(value)) return walker_.walk(value, path);
    if (!value.is_number() || value.get_double().get(number) != simdjson::SUCCESS)
        return wrong_type(path, "a number");
    if (!(number >= min && number <= max)) {
        return fail(ErrorCode::invalid_input, path,
                    number < 0 && min >= 0 ? "is negative" : "is out of range",
                    "write a number from " + short_number(min) + " to " + short_number(max));
    }
    out = number;
    return true;
}

bool FieldReader::flag(const Element& value, const JsonPath& path, bool& out) {
    if (!value.is_bool()) return wrong_type(path, "true or false");
    out = value.get_bool().value_unsafe();
    return true;
}

bool FieldReader::flag(const Element& value, const JsonPath& path, std::optional<bool>& out) {
    bool given = false;
    if (!flag(value, path, given)) return false;
    out = given;
    return true;
}

bool FieldReader::rate(const Element& value, const JsonPath& path,
                       std::optional<PartsPerMillion>& out) {
    return integer(value, path, 0, 1'000'000, out);
}

bool FieldReader::time(const Element& value, const JsonPath& path, TimePoint& out) {
    std::string_view given;
    if (!text(value, path, given)) return false;
    const auto time = parse_time(given);
    if (!time) {
        return fail(ErrorCode::invalid_input, path, time.error().message, time.error().remedy);
    }
    out = *time;
    return true;
}

bool FieldReader::condition(const Element& value, const JsonPath& path, Condition& out,
                            std::string_view& as_given) {
    bool was_number = false;
    if (!text_or_number(value, path, as_given, was_number)) return false;
    if (as_given.empty()) return true;
    if (const auto understood = parse_condition(as_given)) {
        out = *understood;
        return true;
    }
    note("condition_not_understood", path, std::string(as_given.substr(0, 64)));
    return true;
}

bool FieldReader::texts(const Element& value, const JsonPath& path, std::size_t count_max,
                        std::vector<std::string_view>& out) {
    if (!value.is_array()) return wrong_type(path, "a list of texts");
    std::size_t index = 0;
    for (const Element element : array_of(value)) {
        std::string_view entry;
        if (index == count_max) return too_many(path, count_max);
        if (!text(element, JsonPath(path, index++), entry)) return false;
        out.push_back(entry);
    }
    return true;
}

bool FieldReader::currency(const Element& value, const JsonPath& path, Currency& out) {
    std::string_view code;
    if (!text(value, path, code)) return false;
    if (code.empty()) return true;
    if (code != last_currency_.code()) {
        const auto parsed = Currency::parse(code);
        if (!parsed) {
            return fail(ErrorCode::invalid_input, path, parsed.error().message,
                        parsed.error().remedy);
        }
        last_currency_ = *parsed;
    }
    out = last_currency_;
    return true;
}

bool FieldReader::decimal(std::string_view text, const JsonPath& path, Currency currency,
                          MinorUnits& out) {
    const auto amount = parse_decimal(text, currency.exponent());
    if (!amount) {
        return fail(ErrorCode::invalid_input, path, amount.error().message, amount.error().remedy);
    }
    out = *amount;
    return true;
}

bool FieldReader::bare_number(const Element& value, const JsonPath& path, Currency currency,
                              MinorUnits& out) {
    if (is_uint64(value)) return walker_.walk(value, path);
    if (unit_ == MoneyUnit::major) {
        // The shortest text that reads back as this double is what its writer wrote.
        std::array<char, 400> digits{};
        const auto end = is_int64(value)
                             ? std::to_chars(digits.data(), digits.data() + digits.size(),
                                             number_of<std::int64_t>(value))
                                   .ptr
                             : std::to_chars(digits.data(), digits.data() + digits.size(),
                                             number_of<double>(value), std::chars_format::fixed)
                                   .ptr;
        return decimal({digits.data(), static_cast<std::size_t>(end - digits.data())}, path,
                       currency, out);
    }
    if (is_double(value)) {
        return fail(ErrorCode::ambiguous_money, path, "is a fraction where money is in minor units",
                    "write \"9.99\" in quotes, or 999 in minor units, or set money_unit to major");
    }
    out = number_of<std::int64_t>(value);
    return true;
}

bool FieldReader::amount(const Element& value, const JsonPath& path, Currency expected,
                         MinorUnits& out, Currency& found) {
    MinorUnits amount = 0;
    if (value.is_string()) {
        std::string_view digits;
        if (!text(value, path, digits)) return false;
        if (!decimal(digits, path, expected, amount)) return false;
    } else if (value.is_number()) {
        if (!bare_number(value, path, expected, amount)) return false;
    } else if (value.is_object()) {
        Members<2> parts;
        if (!members(value, path, money_keys, parts)) return false;
        if (!parts.has(amount_key)) {
            return fail(ErrorCode::invalid_input, path, "has no amount",
                        "write {\"amount\": \"9.99\", \"currency\": \"EUR\"}");
        }
        if (parts.has(currency_key)) {
            if (!currency(parts[currency_key], JsonPath(path, "currency"), found)) return false;
            if (!found.empty()) expected = found;
        }
        const JsonPath at(path, "amount");
        const Element& inner = parts[amount_key];
        if (inner.is_object()) return wrong_type(at, "an amount of money");
        Currency none;
        return this->amount(inner, at, expected, out, none);
    } else {
        return wrong_type(path, "an amount of money such as \"9.99\"");
    }
    if (amount < 0) {
        return fail(ErrorCode::invalid_input, path, "is negative", "write an amount of 0 or more");
    }
    if (amount > amount_max) {
        return fail(ErrorCode::invalid_input, path, "is too large",
                    "write at most " + std::to_string(amount_max) + " minor units");
    }
    out = amount;
    return true;
}

bool FieldReader::money(const Element& value, const JsonPath& path, Currency expected,
                        std::optional<MinorUnits>& out) {
    MinorUnits given = 0;
    Currency found;
    if (!amount(value, path, expected, given, found)) return false;
    if (!found.empty() && !expected.empty() && found != expected) {
        note("mixed_currencies", path,
             "left out: " + std::string(found.code()) + " in a product in " +
                 std::string(expected.code()));
        return true;
    }
    out = given;
    return true;
}

Currency FieldReader::peek_currency(const Element& value) {
    std::string_view code;
    if (!value.is_object() || value["currency"].get(code) != simdjson::SUCCESS) return {};
    return Currency::parse(code).value_or(Currency{});
}

}  // namespace assay::engine
