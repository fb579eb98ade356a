// What a column of a manifest can hold. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
    variant,
    language,
    category,
    subcategory,
    department,
    condition,
    condition_notes,
    quantity,
    pack_size,
    currency,
    msrp,
    msrp_total,
    unit_cost,
    cost_total,
    target_price,
    sold_price,
    ship_out,
    prep,
    inbound,
    weight,
    weight_unit,
    dims,
    length,
    width,
    height,
    dims_unit,
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
    monthly_sold,
    active_listings,
    competing_offers,
    lowest_offer,
    buy_box_price,
    sales_rank,
    rank_category,
    marketplace,
    storage,
    carrier,
    battery,
    images,
    image_count,
    // What only the rest of the table decides; no column keeps one of these.
    any_code,
    any_id,
    any_price,
    any_total,
};
inline constexpr std::size_t csv_field_count = 65;
inline constexpr std::size_t csv_field_real_count = 61;  // those that a column can hold

// "msrp", "identifiers.upc", "market.sold_count": as in the schema of a product where it has them.
std::string_view to_string(CsvField field) noexcept;

// By its name, or by what stands behind the name's point ("upc"). nullopt: no field that a column
// can hold.
std::optional<CsvField> field_named(std::string_view name);
// All names that field_named() takes, for people: "product_id, title, ...".
std::string all_field_names();

bool is_identifier(CsvField field) noexcept;  // gtin .. imei: those with a check or a shape
bool is_amount(CsvField field) noexcept;      // money
bool is_ambiguous(CsvField field) noexcept;   // any_code .. any_total

}  // namespace assay::engine
