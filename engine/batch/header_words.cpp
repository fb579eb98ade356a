// Letters folded by hand: the four languages need no more than Latin-1.
// SPDX-License-Identifier: MIT
#include "engine/batch/header_words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

// U+00C0 to U+00FF, folded; "" for what is no letter.
constexpr std::array<std::string_view, 64> latin = {
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o", "o", "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "ss",
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o", "o", "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "y"};

enum class Kind : std::uint8_t { lower, upper, digit, other };

// One character of `text` from `at`: folded text, how many bytes, what it is.
struct Folded {
    std::string_view text;
    std::size_t bytes = 1;
    Kind kind = Kind::other;
};

Folded fold(std::string_view text, std::size_t at) {
    static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    const char c = text[at];
    if (is_digit(c))
        return {letters.substr(26 + static_cast<std::size_t>(c - '0'), 1), 1, Kind::digit};
    if (is_letter(c)) {
        const std::size_t letter = static_cast<std::size_t>(to_lower(c) - 'a');
        return {letters.substr(letter, 1), 1, c < 'a' ? Kind::upper : Kind::lower};
    }
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    // "Ø Preis": an average, unless it is a letter of a word.
    if (byte(at) == 0xc3 && byte(at + 1) == 0x98 && !is_letter(static_cast<char>(byte(at + 2))))
        return {"avg", 2, Kind::upper};
    if (byte(at) == 0xc3 && byte(at + 1) >= 0x80) {
        const std::size_t letter = byte(at + 1) - 0x80U;
        return {latin[letter], 2, letter < 32 && letter != 31 ? Kind::upper : Kind::lower};
    }
    if (byte(at) == 0xc5 && (byte(at + 1) == 0x92 || byte(at + 1) == 0x93))
        return {"oe", 2, Kind::lower};
    std::size_t bytes = 1;
    while (at + bytes < text.size() && (byte(at + bytes) & 0xc0U) == 0x80U)
        ++bytes;
    return {{}, bytes, Kind::other};
}

struct Unit {
    std::string_view word, unit;
};
constexpr Unit units[] = {{"kg", "kg"},     {"kgs", "kg"},    {"kilogramm", "kg"}, {"g", "g"},
                          {"gr", "g"},      {"gram", "g"},    {"grams", "g"},      {"gramm", "g"},
                          {"gramos", "g"},  {"grammes", "g"}, {"lb", "lb"},        {"lbs", "lb"},
                          {"pounds", "lb"}, {"oz", "oz"},     {"ounces", "oz"},    {"cm", "cm"},
                          {"mm", "mm"},     {"inch", "in"},   {"inches", "in"},    {"zoll", "in"},
                          {"kilos", "kg"}};

struct CurrencyWord {
    std::string_view word, code;
};
constexpr CurrencyWord currency_words[] = {
    {"usd", "USD"}, {"eur", "EUR"}, {"euro", "EUR"}, {"euros", "EUR"}, {"gbp", "GBP"},
    {"cad", "CAD"}, {"aud", "AUD"}, {"chf", "CHF"},  {"mxn", "MXN"},   {"pln", "PLN"},
    {"sek", "SEK"}, {"nok", "NOK"}, {"dkk", "DKK"},  {"czk", "CZK"},   {"jpy", "JPY"}};

void take_word(HeaderWords& out, std::string word, bool after_number) {
    if (word.empty() || std::all_of(word.begin(), word.end(), is_digit)) return;
    constexpr std::string_view days[] = {"d", "day", "days", "tage", "tagen", "dias", "jours"};
    if (after_number && std::find(std::begin(days), std::end(days), word) != std::end(days)) return;
    for (const CurrencyWord& known : currency_words) {
        if (known.word != word) continue;
        out.currency = Currency::parse(known.code).value_or(Currency{});
        return;
    }
    for (const Unit& known : units) {
        if (known.word != word) continue;
        out.unit = known.unit;
        return;
    }
    out.words.push_back(std::move(word));
}

// The point between two letters that stand alone: "R.R.P.", but not "U. Retail" or "Art.Nr.".
bool is_initial(std::string_view header, std::size_t point) {
    const auto alone = [&](std::size_t at) {
        return at < header.size() && is_letter(header[at]) &&
               (at == 0 || !is_letter(header[at - 1])) &&
               (at + 1 >= header.size() || !is_letter(header[at + 1]));
    };
    return header[point] == '.' && point > 0 && alone(point - 1) && alone(point + 1);
}

void find_symbols(std::string_view header, HeaderWords& out) {
    if (header.find("\xe2\x82\xac") != std::string_view::npos)
        out.currency = Currency::parse("EUR").value_or(Currency{});
    if (header.find("\xc2\xa3") != std::string_view::npos)
        out.currency = Currency::parse("GBP").value_or(Currency{});
    out.dollar = header.find('$') != std::string_view::npos && out.currency.empty();
    if (header.find("(in)") != std::string_view::npos ||
        header.find("[in]") != std::string_view::npos)
        out.unit = "in";
}

}  // namespace

std::string normalise_header(std::string_view header) {
    std::string out;
    header = header.substr(0, 4 * header_length_max);
    for (std::size_t i = 0; i < header.size();) {
        const Folded folded = fold(header, i);
        out += header[i] == '#'   ? std::string_view("number")
               : header[i] == '%' ? std::string_view("percent")
                                  : folded.text;
        i += folded.bytes;
    }
    // A header that is only "#" counts lines; it says nothing.
    return out == "number" ? std::string() : out;
}

HeaderWords split_header(std::string_view header) {
    HeaderWords out;
    header = header.substr(0, 4 * header_length_max);
    std::string word;
    bool last_was_number = false;
    const auto end_word = [&] {
        if (word.empty()) return;
        const bool number = is_digit(word.front());
        if (number && word.size() <= 3)
            std::from_chars(word.data(), word.data() + word.size(), out.days);
        take_word(out, std::move(word), last_was_number);
        last_was_number = number;
        word.clear();
    };
    Kind last = Kind::other;
    for (std::size_t i = 0; i < header.size();) {
        const Folded folded = fold(header, i);
        const std::size_t next = i + folded.bytes;
        const Kind ahead = next < header.size() ? fold(header, next).kind : Kind::other;
        // "itemPkg", "UPCCode", "EAN13": words that run into each other.
        const bool hump = folded.kind == Kind::upper &&
                          (last == Kind::lower || (last == Kind::upper && ahead == Kind::lower));
        const bool digits = (folded.kind == Kind::digit) != (last == Kind::digit);
        if (is_initial(header, i)) {  // "P.V.P." is one word
            i = next;
            continue;
        }
        if (folded.kind == Kind::other || hump || (digits && last != Kind::other)) end_word();
        if (header[i] == '#') {
            out.words.emplace_back("number");
        } else if (header[i] == '%') {
            if (last != Kind::digit) out.words.emplace_back("percent");  // "19% VAT"
        } else {
            word += folded.text;
        }
        last = folded.kind;
        i = next;
    }
    end_word();
    find_symbols(header, out);
    return out;
}

double header_similarity(std::string_view a, std::string_view b) {
    a = a.substr(0, header_length_max);
    b = b.substr(0, header_length_max);
    if (a.empty() || b.empty()) return 0;
    std::array<std::size_t, header_length_max + 1> row{};
    for (const char in_a : a) {
        std::size_t diagonal = 0;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t above = row[j + 1];
            row[j + 1] = in_a == b[j] ? diagonal + 1 : std::max(above, row[j]);
            diagonal = above;
        }
    }
    return 2.0 * static_cast<double>(row[b.size()]) / static_cast<double>(a.size() + b.size());
}

}  // namespace assay::engine
