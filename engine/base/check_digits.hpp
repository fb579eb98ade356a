// The check digits of GS1, ISBN-10 and IMEI, and UPC-E written out.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace assay {

// Digits only ('0'..'9') unless said otherwise, any length.

// GS1 mod 10 (weights 3, 1, 3 ... from the right) over digits without their check digit.
char gs1_check_digit(std::string_view digits) noexcept;
bool has_gs1_check(std::string_view digits) noexcept;  // at least two digits, the last one checks
// ISBN-10: nine digits and a digit or X.
bool has_isbn10_check(std::string_view isbn) noexcept;
bool has_luhn_check(std::string_view digits) noexcept;
// Six digits of a UPC-E and its number system ('0' or '1') as UPC-A with check digit.
std::array<char, 12> expand_upc_e(std::string_view six, char number_system) noexcept;

}  // namespace assay
