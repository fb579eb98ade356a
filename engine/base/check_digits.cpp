// Weighted sums, digit by digit.
// SPDX-License-Identifier: MIT
#include "engine/base/check_digits.hpp"

#include <cassert>

namespace assay {
namespace {

int digit(char c) noexcept {
    return c - '0';
}

}  // namespace

char gs1_check_digit(std::string_view digits) noexcept {
    int sum = 0, weight = 3;
    for (std::size_t i = digits.size(); i-- > 0; weight = 4 - weight)
        sum += weight * digit(digits[i]);
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool has_gs1_check(std::string_view digits) noexcept {
    if (digits.size() < 2) return false;
    return gs1_check_digit(digits.substr(0, digits.size() - 1)) == digits.back();
}

bool has_isbn10_check(std::string_view isbn) noexcept {
    if (isbn.size() != 10) return false;
    int sum = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        const int value = isbn[i] == 'X' ? 10 : digit(isbn[i]);
        if (value < 0 || value > 10 || (value == 10 && i != 9)) return false;
        sum += (10 - static_cast<int>(i)) * value;
    }
    return sum % 11 == 0;
}

bool has_luhn_check(std::string_view digits) noexcept {
    int sum = 0;
    bool twice = false;
    for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
        int value = digit(digits[i]);
        if (twice) value = value > 4 ? 2 * value - 9 : 2 * value;
        sum += value;
    }
    return digits.size() >= 2 && sum % 10 == 0;
}

std::array<char, 12> expand_upc_e(std::string_view six, char number_system) noexcept {
    assert(six.size() == 6 && (number_system == '0' || number_system == '1'));
    std::array<char, 12> upc;
    upc.fill('0');
    upc[0] = number_system;
    // The last digit says where the zeros were taken out.
    const char last = six[5];
    std::size_t kept = 5;  // leading digits that stay together
    if (last <= '2') {
        kept = 2;
        upc[3] = last;
    } else if (last == '3') {
        kept = 3;
    } else if (last == '4') {
        kept = 4;
    }
    for (std::size_t i = 0; i < kept; ++i)
        upc[1 + i] = six[i];
    if (last >= '5') {
        upc[10] = last;
    } else {
        // The rest stands at the end, without the last digit.
        for (std::size_t i = kept; i < 5; ++i)
            upc[11 - (5 - i)] = six[i];
    }
    upc[11] = gs1_check_digit({upc.data(), 11});
    return upc;
}

}  // namespace assay
