// Understands a manifest's header: which column holds what. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/batch/intake.hpp"

namespace assay::engine {

enum class CsvField : std::uint8_t {
    product_id,
    title,
    description,
    brand,
    model,
    mpn,
    sku,
    color,
    size,
    category,
    subcategory,
    condition,
    condition_notes,
    quantity,
    currency,
    msrp,
    msrp_total,
    unit_cost,
    cost_total,
    target_price,
    weight,
    weight_unit,
    gtin,
    upc,
    ean,
    isbn,
    asin,
    imei,
    serial,
    identifier,
    identifier_type,
    lpn,
    pallet_id,
    lot_id,
    sold_count,
    active_listings,
    sales_rank,
    image,
};
inline constexpr std::size_t csv_field_count = 38;
std::string_view to_string(CsvField field) noexcept;  // "msrp", "identifiers.upc"

struct CsvColumns {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::array<std::size_t, csv_field_count> at;  // the column of each field, or none
    std::vector<ColumnMapping> mapping;           // one per column
    std::size_t recognised = 0;                   // columns with a field
    std::string_view weight_unit;                 // named in the weight's own header: "kg"

    CsvColumns() { at.fill(none); }
    std::size_t column(CsvField field) const noexcept {
        return at[static_cast<std::size_t>(field)];
    }
    bool has(CsvField field) const noexcept { return column(field) != none; }
};

// Lower case, letters and digits only, umlauts spelled out: "Unit  Retail ($)" is "unitretail".
std::string normalise_header(std::string_view header);

// 2 * longest common subsequence / (both lengths), of normalised headers: 0 (nothing shared) to 1
// (equal). "itemdescripton" against "itemdescription" has 0.966.
double header_similarity(std::string_view a, std::string_view b);

// How many fields the cells of a row name exactly: what tells a header from other rows.
std::size_t count_known_headers(const std::vector<std::string>& cells);

// Maps headers by what --columns says, then synonyms, then similarity of at least 0.88; of two
// columns for one field the better synonym wins, then the left one. Whatever is left is kept under
// its own header. Errors: invalid_argument, for a --columns that names no field or no header.
Result<CsvColumns> map_columns(const std::vector<std::string>& headers,
                               const std::vector<std::pair<std::string, std::string>>& named);

// Gives columns without a field one by their values: valid GTINs, ASINs.
void map_by_values(const std::vector<std::vector<std::string>>& rows, CsvColumns& columns);

}  // namespace assay::engine
