// Result lines of a batch become the elements of a body's `products`.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/json_writer.hpp"
#include "engine/base/result.hpp"

namespace assay::notify {

// Writes each line of `ndjson` as one element of the array that is open in `json`, and gives their
// number. Lines go in as they are, but for cancelled products where `may_hold_cancelled`: they show
// as failed, with the error code `cancelled`. Errors: corrupt.
Result<std::int64_t> append_products(JsonWriter& json, std::string_view ndjson,
                                     bool may_hold_cancelled);

// The text of one member's value of a result line, of the object itself and of nothing inside it;
// nullopt: it is no such line, or has no such member.
std::optional<std::string_view> line_member(std::string_view line, std::string_view key) noexcept;

// The line with another object as its `product_data`; nullopt: it is no such line, or has none.
std::optional<std::string> with_product_data(std::string_view line, std::string_view product_data);

// Writes all members of a result line into the object that is open in `json`. False, and some may
// be written: it is no such line.
bool append_members(JsonWriter& json, std::string_view line);

}  // namespace assay::notify
