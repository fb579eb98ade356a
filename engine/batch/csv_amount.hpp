// Numbers as people type them into tables: "$1,299.00", "1.299,00 EUR", "2,5 kg". Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/money.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

struct CsvAmount {
    std::string decimal;    // "1299.00": sign, digits, point; as many decimals as were written
    Currency currency;      // named by a symbol or code in the cell; empty: none
    bool dollar = false;    // by a bare "$", which may be any dollar
    std::string_view unit;  // other letters behind the number: "kg"; a view into the cell
};

// nullopt: not a number. `decimal_comma`: how the file writes, which decides "1.299" and "1,299";
// with both signs present the last one is the decimal point anyway.
std::optional<CsvAmount> read_csv_amount(std::string_view cell, bool decimal_comma);

// A cell that holds nothing but a currency: "EUR", "eur", "Euro", "US$". Errors: invalid_input.
Result<Currency> read_currency(std::string_view cell);

// Whether a cell speaks for a decimal comma (+1: "12,50"), for a point (-1: "12.50") or neither.
int decimal_comma_vote(std::string_view cell) noexcept;

// A decimal cut to `decimals` places, half up; true in `rounded` if digits other than 0 were lost.
std::string round_decimal(std::string_view decimal, int decimals, bool& rounded);

// Whether "$" may stand for the currency.
bool is_a_dollar(const Currency& currency) noexcept;

// Words that stand for an empty cell: "n/a", "not available", "-".
bool is_absent(std::string_view cell) noexcept;

}  // namespace assay::engine
