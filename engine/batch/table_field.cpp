// The names of the fields, in the order of the enum.
// SPDX-License-Identifier: MIT
#include "engine/batch/table_field.hpp"

#include <array>

#include "engine/base/ascii.hpp"

namespace assay::engine {
namespace {

// clang-format off
constexpr std::array<std::string_view, csv_field_count> names = {
    "product_id", "title", "description", "brand", "model", "mpn", "sku", "color", "size",
    "variant", "language", "category", "subcategory", "department", "condition", "condition_notes",
    "quantity", "pack_size", "currency", "msrp", "msrp_total", "unit_cost", "cost_total",
    "target_price", "sold_price", "costs.ship_out", "costs.prep", "costs.inbound", "weight",
    "weight_unit", "dims", "dims.length", "dims.width", "dims.height", "dims_unit",
    "identifiers.gtin", "identifiers.upc", "identifiers.ean", "identifiers.isbn",
    "identifiers.asin", "identifiers.imei", "identifiers.serial", "identifier", "identifier_type",
    "lpn", "pallet_id", "lot_id", "market.sold_count", "market.monthly_sold",
    "market.active_listings", "market.competing_offers", "market.lowest_offer",
    "market.buy_box_price", "market.sales_rank", "market.rank_category", "market.marketplace",
    "device.storage_gb", "device.carrier", "device.battery_pct", "images", "image_count",
    "any.code", "any.id", "any.price", "any.total"};
// clang-format on
static_assert(!names.back().empty() && names[csv_field_real_count] == "any.code");

bool same_letters(std::string_view a, std::string_view b) {
    std::size_t i = 0, j = 0;
    const auto skip = [](std::string_view text, std::size_t& at) {
        while (at < text.size() && !is_letter(text[at]) && !is_digit(text[at]))
            ++at;
    };
    for (skip(a, i), skip(b, j); i < a.size() && j < b.size(); skip(a, i), skip(b, j)) {
        if (to_lower(a[i++]) != to_lower(b[j++])) return false;
    }
    return i == a.size() && j == b.size();
}

}  // namespace

std::string_view to_string(CsvField field) noexcept {
    return names[static_cast<std::size_t>(field)];
}

std::optional<CsvField> field_named(std::string_view name) {
    for (std::size_t i = 0; i < csv_field_real_count; ++i) {
        const std::string_view behind = names[i].substr(names[i].find('.') + 1);
        if (same_letters(names[i], name) || same_letters(behind, name))
            return static_cast<CsvField>(i);
    }
    if (same_letters(name, "image")) return CsvField::images;
    if (same_letters(name, "weight_g")) return CsvField::weight;
    return std::nullopt;
}

std::string all_field_names() {
    std::string all;
    for (std::size_t i = 0; i < csv_field_real_count; ++i)
        all.append(all.empty() ? "" : ", ").append(names[i]);
    return all;
}

bool is_identifier(CsvField field) noexcept {
    return field >= CsvField::gtin && field <= CsvField::imei;
}

bool is_amount(CsvField field) noexcept {
    return (field >= CsvField::msrp && field <= CsvField::inbound) ||
           field == CsvField::lowest_offer || field == CsvField::buy_box_price ||
           field == CsvField::any_price || field == CsvField::any_total;
}

bool is_ambiguous(CsvField field) noexcept {
    return field >= CsvField::any_code;
}

}  // namespace assay::engine
