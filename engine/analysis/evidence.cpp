// Numbers in the details of evidence.
// SPDX-License-Identifier: MIT
#include "engine/analysis/evidence.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace assay::engine {

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

void append_thousandths(std::string& out, double number) {
    const long long thousandths = std::llround(number * 1000);
    auto rest = static_cast<std::uint64_t>(std::llabs(thousandths));
    // From the back, so that it is appended at once.
    std::array<char, 32> text;
    char* const end = text.data() + text.size();
    char* at = end;
    for (int decimals = 3; decimals > 0; --decimals, rest /= 10) {
        const auto digit = static_cast<char>('0' + rest % 10);
        if (at < end || digit != '0') *--at = digit;
    }
    if (at < end) *--at = '.';
    do {
        *--at = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (thousandths < 0) *--at = '-';
    out.append(at, static_cast<std::size_t>(end - at));
}

}  // namespace assay::engine
