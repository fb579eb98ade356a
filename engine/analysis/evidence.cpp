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
    const auto thousandths = static_cast<std::int64_t>(std::llround(number * 1000));
    if (thousandths < 0) out += '-';
    append_number(out, std::llabs(thousandths) / 1000);
    const auto rest = static_cast<int>(std::llabs(thousandths) % 1000);
    if (rest == 0) return;
    const std::array<char, 4> digits{'.', static_cast<char>('0' + rest / 100),
                                     static_cast<char>('0' + rest / 10 % 10),
                                     static_cast<char>('0' + rest % 10)};
    std::size_t size = digits.size();
    while (digits[size - 1] == '0')
        --size;
    out.append(digits.data(), size);
}

}  // namespace assay::engine
