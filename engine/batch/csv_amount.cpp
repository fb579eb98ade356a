// Separators, symbols and units taken apart.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_amount.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ascii.hpp"
#include "engine/batch/key_table.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

struct Symbol {
    std::string_view text, code;
};
constexpr Symbol symbols[] = {
    {"US$", "USD"},          {"CA$", "CAD"},      {"C$", "CAD"},
    {"AU$", "AUD"},          {"A$", "AUD"},       {"$", ""},
    {"\xe2\x82\xac", "EUR"}, {"\xc2\xa3", "GBP"}, {"\xc2\xa5", "JPY"},
};

constexpr auto absent_words = make_key_table(
    "", "-", "--", "n/a", "na", "#n/a", "#value!", "#ref!", "nan", "null", "none", "nil", "k.a.",
    "k. a.", "keine angabe", "not available", "not applicable", "nicht verfuegbar", "?", "tbd");

// Takes a currency symbol or ISO code off either end.
void take_currency(std::string_view& text, CsvAmount& out) {
    if (text.empty() || (is_digit(text.front()) && is_digit(text.back()))) return;
    for (const Symbol& symbol : symbols) {
        const bool front = text.starts_with(symbol.text);
        if (!front && !text.ends_with(symbol.text)) continue;
        front ? text.remove_prefix(symbol.text.size()) : text.remove_suffix(symbol.text.size());
        out.dollar = symbol.code.empty();
        if (!out.dollar) out.currency = Currency::parse(symbol.code).value_or(Currency{});
        text = trim_blanks(text);
        return;
    }
    const auto code_at = [&](std::size_t at) {
        const std::string_view code = text.substr(at, 3);
        return std::all_of(code.begin(), code.end(), is_letter) ? Currency::parse(code)
                                                                : Result<Currency>(Error{});
    };
    if (text.size() <= 3) return;
    if (auto leading = code_at(0); leading && !is_letter(text[3])) {
        out.currency = *leading;
        text = trim_blanks(text.substr(3));
    } else if (auto trailing = code_at(text.size() - 3);
               trailing && !is_letter(text[text.size() - 4])) {
        out.currency = *trailing;
        text = trim_blanks(text.substr(0, text.size() - 3));
    }
}

void take_unit(std::string_view& text, CsvAmount& out) {
    std::size_t begin = text.size();
    while (begin > 0 && (is_letter(text[begin - 1]) || text[begin - 1] == '.'))
        --begin;
    while (begin < text.size() && text[begin] == '.')
        ++begin;
    out.unit = text.substr(begin);
    text = trim_blanks(text.substr(0, begin));
}

// Where the decimal point stands in `digits` (which holds digits and separators), or npos.
std::size_t decimal_point(std::string_view digits, bool decimal_comma) noexcept {
    const std::size_t comma = digits.rfind(','), point = digits.rfind('.');
    constexpr auto none = std::string_view::npos;
    if (comma != none && point != none) return std::max(comma, point);
    if (comma == none && point == none) return none;
    const std::size_t last = comma != none ? comma : point;
    if (digits.find(digits[last]) != last) return none;  // twice: it groups thousands
    const bool three_follow = digits.size() - last - 1 == 3;
    const bool usual = (digits[last] == ',') == decimal_comma;
    const bool may_group = three_follow && last >= 1 && last <= 3 && digits[0] != '0';
    return may_group && !usual ? none : last;
}

}  // namespace

std::optional<CsvAmount> read_csv_amount(std::string_view cell, bool decimal_comma) {
    CsvAmount out;
    std::string_view text = trim_blanks(cell);
    bool negative = text.starts_with('(') && text.ends_with(')');
    if (negative) text = trim_blanks(text.substr(1, text.size() - 2));
    const auto take_sign = [&] {
        if (text.starts_with('-') || text.starts_with('+')) {
            negative = negative || text.front() == '-';
            text = trim_blanks(text.substr(1));
        }
    };
    take_sign();
    take_currency(text, out);
    take_sign();
    take_unit(text, out);
    // Grouping blanks and apostrophes ("1 299,00", "1'299.00") go; separators stay for now.
    std::array<char, 48> digits{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_digit(c) || c == '.' || c == ',') {
            if (size == digits.size()) return std::nullopt;
            digits[size++] = c;
        } else if (c == ' ' || c == '\'') {
            if (i == 0 || i + 1 == text.size() || !is_digit(text[i + 1])) return std::nullopt;
        } else if (text.substr(i, 2) == "\xc2\xa0") {
            ++i;
        } else if (text.substr(i, 3) == "\xe2\x80\xaf") {
            i += 2;
        } else {
            return std::nullopt;
        }
    }
    const std::string_view number(digits.data(), size);
    const std::size_t point = decimal_point(number, decimal_comma);
    bool any_digit = false;
    if (negative) out.decimal += '-';
    for (std::size_t i = 0; i < size; ++i) {
        if (i == point) {
            out.decimal += '.';
        } else if (is_digit(number[i])) {
            out.decimal += number[i];
            any_digit = true;
        } else if (i > point) {
            return std::nullopt;  // a separator behind the decimal point
        }
    }
    if (!any_digit) return std::nullopt;
    return out;
}

Result<Currency> read_currency(std::string_view cell) {
    if (auto code = Currency::parse(cell)) return code;
    for (const Symbol& symbol : symbols) {
        if (cell == symbol.text) return Currency::parse(symbol.code.empty() ? "USD" : symbol.code);
    }
    std::string folded(cell.substr(0, 16));
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    if (folded == "euro" || folded == "euros") return Currency::parse("EUR");
    if (folded == "us dollar" || folded == "us dollars" || folded == "dollar" ||
        folded == "dollars")
        return Currency::parse("USD");
    return Currency::parse(cell);
}

int decimal_comma_vote(std::string_view cell) noexcept {
    const std::size_t last = cell.find_last_of(",.");
    if (last == std::string_view::npos || last == 0 || !is_digit(cell[last - 1])) return 0;
    std::size_t digits = 0;
    while (last + 1 + digits < cell.size() && is_digit(cell[last + 1 + digits]))
        ++digits;
    if (digits != 1 && digits != 2) return 0;
    return cell[last] == ',' ? 1 : -1;
}

std::string round_decimal(std::string_view decimal, int decimals, bool& rounded) {
    const std::size_t point = decimal.find('.');
    if (point == std::string_view::npos) return std::string(decimal);
    const std::size_t keep = point + 1 + static_cast<std::size_t>(decimals);
    if (decimal.size() <= keep) return std::string(decimal);
    const std::string_view lost = decimal.substr(keep);
    if (lost.find_first_not_of('0') != std::string_view::npos) rounded = true;
    std::string kept(decimal.substr(0, decimals == 0 ? point : keep));
    if (lost.front() < '5') return kept;
    for (std::size_t i = kept.size(); i-- > 0;) {  // carry
        if (!is_digit(kept[i])) continue;
        if (kept[i] != '9') {
            ++kept[i];
            return kept;
        }
        kept[i] = '0';
    }
    kept.insert(kept.starts_with('-') ? 1U : 0U, 1, '1');
    return kept;
}

bool is_a_dollar(const Currency& currency) noexcept {
    constexpr std::string_view dollars[] = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"};
    return std::find(std::begin(dollars), std::end(dollars), currency.code()) != std::end(dollars);
}

bool is_absent(std::string_view cell) noexcept {
    const std::string_view text = trim_blanks(cell);
    constexpr std::size_t longest = 16;
    constexpr std::string_view beginnings = "-nN#kK?tT";
    if (text.empty()) return true;
    if (text.size() > longest || beginnings.find(text.front()) == std::string_view::npos)
        return false;
    std::array<char, longest> folded{};
    std::transform(text.begin(), text.end(), folded.begin(), to_lower);
    return absent_words.find({folded.data(), text.size()}) >= 0;
}

}  // namespace assay::engine
