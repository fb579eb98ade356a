// Money as int64 minor units, rates as integer parts per million, rounding half up per line.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay {

// An ISO 4217 code such as "EUR". A plain value; the default one is "no currency".
class Currency {
  public:
    constexpr Currency() = default;
    // Takes lower case too. Errors: invalid_input for text that is no current ISO 4217 code.
    static Result<Currency> parse(std::string_view code);

    std::string_view code() const noexcept { return {code_.data(), empty() ? 0U : 3U}; }
    bool empty() const noexcept { return code_[0] == '\0'; }
    // Digits behind the decimal point by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD.
    int exponent() const noexcept;

    friend bool operator==(const Currency&, const Currency&) = default;

  private:
    std::array<char, 3> code_{};
};

using MinorUnits = std::int64_t;       // cents of EUR, yen of JPY
using PartsPerMillion = std::int64_t;  // 136'000 is 13.6 %

__extension__ typedef __int128 Int128;  // products of amounts and rates

struct Money {
    MinorUnits minor = 0;
    Currency currency;
    friend bool operator==(const Money&, const Money&) = default;
};

// amount * ppm / 1'000'000, half up (away from zero for negative amounts), computed in 128 bits.
MinorUnits apply_rate(MinorUnits amount, PartsPerMillion rate) noexcept;

// numerator / denominator, half up. `denominator` > 0.
MinorUnits divide_half_up(Int128 numerator, Int128 denominator) noexcept;

// "9.99" with exponent 2 -> 999. Plain decimals only: sign, digits, point. More digits than the
// exponent are refused unless they are zeros. Errors: invalid_input; also beyond +-10^15 minor
// units.
Result<MinorUnits> parse_decimal(std::string_view text, int exponent);

// 999 with exponent 2 -> "9.99".
std::string format_decimal(MinorUnits amount, int exponent);

}  // namespace assay
