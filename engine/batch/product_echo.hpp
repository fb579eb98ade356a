// Writes product_data: the input's own value texts, without what is bulky and what is personal.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "engine/batch/json_rules.hpp"

namespace assay::engine {

// How much of the input is echoed: all, or all but product_id, comparables and
// market.rank_history.
enum class EchoExtent : std::uint8_t { reduced, full };

// Replaces `out` by the object that `parsed` holds (it must be one, and valid): members in input
// order, as far as `extent` says; values of keys such as imei or serial_number masked, at the top
// and inside identifiers and device.
void write_product_data(const JsonParser& parsed, EchoExtent extent, std::string& out);

// Of 14 or more characters (an IMEI) the first 8 and last 2 stay, else the last 2 alone. `text`
// is the inside of a JSON string; one with escapes is masked whole.
void append_masked(std::string& out, std::string_view text);

}  // namespace assay::engine
