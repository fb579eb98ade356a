// Groups of three digits, and what stands beside them.
// SPDX-License-Identifier: MIT
#include "tools/cli/number_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace assay::tools {

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t i = digits.size(); i > first + 3;) {
        i -= 3;
        digits.insert(i, ",");
    }
    return digits;
}

std::string amount_text(MinorUnits minor, const Currency& currency) {
    std::string text = format_decimal(minor, currency.exponent());
    std::string sign;
    if (text.starts_with('-')) {
        sign = "-";
        text.erase(0, 1);
    }
    const auto point = std::min(text.find('.'), text.size());
    text = sign + grouped(std::stoll(text.substr(0, point))) + text.substr(point);
    return currency.empty() ? text : text + " " + std::string(currency.code());
}

std::string amount_text(MinorUnits minor, const std::string& code) {
    const auto currency = Currency::parse(code);
    return currency ? amount_text(minor, *currency) : grouped(minor);
}

std::string percent_text(double share) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share);
    return text.data();
}

}  // namespace assay::tools
