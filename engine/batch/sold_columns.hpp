// Understands the header of a table of sold prices: which column holds what. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/batch/sold_date.hpp"
#include "engine/batch/sold_prices.hpp"

namespace assay::engine {

enum class SoldField : std::uint8_t {
    gtin,
    upc,
    ean,
    isbn,
    asin,
    brand,
    model,
    mpn,
    price,
    shipping,
    currency,
    sold_at,
    condition,
    title,
    quantity,
    match,
    source,
    id,
    kind,
    category,
    unit_cost,
};
inline constexpr std::size_t sold_field_count = 21;
std::string_view to_string(SoldField field) noexcept;  // as NDJSON names it: "sold_at"

struct SoldLayout {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    char delimiter = ',';
    std::uint64_t header_line = 1;
    std::vector<std::string> headers;
    std::array<std::size_t, sold_field_count> at;  // the column of each field, or none
    bool decimal_comma = false;
    DateOrder dates = DateOrder::unknown;

    SoldLayout() { at.fill(none); }
    std::size_t column(SoldField field) const noexcept {
        return at[static_cast<std::size_t>(field)];
    }
    // What messages call the column: its header.
    std::string_view name(SoldField field) const noexcept {
        return column(field) == none ? to_string(field) : std::string_view(headers[column(field)]);
    }
    std::vector<SoldColumn> columns() const;
};

// `head`: the first csv_head_bytes of the file, or all of it. Headers are known by their names in
// English, German, Spanish and French; of two for one field the better known wins, then the left
// one. Errors: invalid_argument, for named columns that are no field or no header; invalid_input,
// when no column holds the price or none tells the product, and for a file without a row.
Result<SoldLayout> read_sold_layout(std::string_view head,
                                    const std::vector<std::pair<std::string, std::string>>& named);

}  // namespace assay::engine
