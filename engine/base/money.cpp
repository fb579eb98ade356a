// ISO 4217 exponents, rates in 128 bits, decimals in and out.
// SPDX-License-Identifier: MIT
#include "engine/base/money.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace assay {
namespace {

// Beyond this no price is real, and sums of 100,000 products still fit 64 bits.
constexpr MinorUnits amount_max = 1'000'000'000'000'000;

// ISO 4217 active codes (list one, 2024), without the funds codes; exponent 2 unless listed below.
constexpr std::string_view codes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD "
    "CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD "
    "GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD "
    "KYD KZT "
    "LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
    "NOK NPR "
    "NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST "
    "XAF XCD "
    "XOF XPF YER ZAR ZMW ZWL";
constexpr std::string_view without_decimals =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
constexpr std::string_view three_decimals = "BHD IQD JOD KWD LYD OMR TND";

// The exponent of each code of three letters, at its place in their order; -1: there is none.
constexpr std::size_t letters = 26;
constexpr std::size_t place_of(std::string_view code) noexcept {
    std::size_t place = 0;
    for (const char c : code.substr(0, 3))
        place = place * letters + static_cast<std::size_t>(c - 'A');
    return place;
}
constexpr auto exponents = [] {
    std::array<signed char, letters * letters * letters> table{};
    table.fill(-1);
    const auto enter = [&](std::string_view list, signed char exponent) {
        for (std::size_t i = 0; i + 3 <= list.size(); i += 4)
            table[place_of(list.substr(i))] = exponent;
    };
    enter(codes, 2);
    enter(without_decimals, 0);
    enter(three_decimals, 3);
    return table;
}();

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
    Currency currency;
    if (code.size() == 3) {
        std::transform(code.begin(), code.end(), currency.code_.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        const bool plain = std::all_of(currency.code_.begin(), currency.code_.end(),
                                       [](char c) { return c >= 'A' && c <= 'Z'; });
        if (plain && exponents[place_of({currency.code_.data(), 3})] >= 0) return currency;
    }
    return fail(ErrorCode::invalid_input,
                "\"" + std::string(code.substr(0, 16)) + "\" is not an ISO 4217 currency", {},
                "write a code such as EUR or USD");
}

int Currency::exponent() const noexcept {
    return empty() ? 2 : exponents[place_of(code())];
}

MinorUnits divide_half_up(Int128 numerator, Int128 denominator) noexcept {
    assert(denominator > 0);
    const bool negative = numerator < 0;
    const Int128 magnitude = negative ? -numerator : numerator;
    const Int128 rounded = (magnitude + denominator / 2) / denominator;
    assert(rounded <= std::numeric_limits<MinorUnits>::max());
    return static_cast<MinorUnits>(negative ? -rounded : rounded);
}

MinorUnits apply_rate(MinorUnits amount, PartsPerMillion rate) noexcept {
    return divide_half_up(static_cast<Int128>(amount) * rate, 1'000'000);
}

Result<MinorUnits> parse_decimal(std::string_view text, int exponent) {
    const auto bad = [&](std::string message) {
        return fail(ErrorCode::invalid_input,
                    "\"" + std::string(text.substr(0, 40)) + "\" " + message, {},
                    "write an amount such as 9.99");
    };
    std::string_view rest = text;
    const bool negative = !rest.empty() && rest.front() == '-';
    if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
    MinorUnits amount = 0;
    bool any_digit = false;
    bool in_fraction = false;
    int fraction_digits = 0;
    for (const char c : rest) {
        if (c == '.' && !in_fraction) {
            in_fraction = true;
            continue;
        }
        if (c < '0' || c > '9') return bad("is not an amount of money");
        any_digit = true;
        if (in_fraction && fraction_digits == exponent) {
            if (c != '0') return bad("has more decimals than its currency");
            continue;
        }
        amount = amount * 10 + (c - '0');
        if (in_fraction) ++fraction_digits;
        if (amount > amount_max) return bad("is too large");
    }
    if (!any_digit) return bad("is not an amount of money");
    for (; fraction_digits < exponent; ++fraction_digits)
        amount *= 10;
    if (amount > amount_max) return bad("is too large");
    return negative ? -amount : amount;
}

std::string format_decimal(MinorUnits amount, int exponent) {
    const bool negative = amount < 0;
    // -INT64_MIN does not fit: negate in unsigned arithmetic.
    const auto magnitude =
        negative ? 0U - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
    std::string digits = std::to_string(magnitude);
    const auto places = static_cast<std::size_t>(exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, ".");
    return negative ? "-" + digits : digits;
}

}  // namespace assay
