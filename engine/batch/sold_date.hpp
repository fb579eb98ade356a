// Dates of sales as marketplaces and people write them: "25.05.2026", "05/25/2026", "May-25-26".
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/clock.hpp"

namespace assay::engine {

// How a file writes 05/06/2026, which no single cell tells.
enum class DateOrder : std::uint8_t { unknown, day_first, month_first };

// What a cell says of its file: a 13th or later can only be a day. unknown: nothing.
DateOrder date_order_of(std::string_view cell) noexcept;

// RFC 3339, or a date in another form, of which the day counts (its midnight in UTC; what stands
// behind it is left out). Years of two digits are of this century. Errors: invalid_input, without a
// field.
Result<TimePoint> read_sold_date(std::string_view cell, DateOrder order);

}  // namespace assay::engine
