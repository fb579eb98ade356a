// Field by field, in the order of the schema; what is not understood keeps its own header.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_product.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/base/utf8.hpp"
#include "engine/batch/csv_amount.hpp"
#include "engine/batch/key_table.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {
namespace {

using Cells = std::vector<std::string_view>;

// The schema's keys: a column of our own naming must not pass for one.
constexpr auto schema_keys = make_key_table(
    "product_id", "sku", "lot_id", "pallet_id", "lpn", "title", "brand", "model", "mpn", "color",
    "size", "variant", "description", "category", "language", "identifiers", "condition",
    "condition_notes", "quantity", "pack_size", "currency", "unit_cost", "msrp", "target_price",
    "weight_g", "dims_mm", "images", "image_count", "market", "comparables", "costs", "tax",
    "device", "risk", "overrides", "msrp_total", "cost_total");

struct TextField {
    CsvField field;
    std::string_view key;
};
constexpr TextField text_fields[] = {
    {CsvField::product_id, "product_id"},
    {CsvField::sku, "sku"},
    {CsvField::lot_id, "lot_id"},
    {CsvField::pallet_id, "pallet_id"},
    {CsvField::lpn, "lpn"},
    {CsvField::title, "title"},
    {CsvField::brand, "brand"},
    {CsvField::model, "model"},
    {CsvField::mpn, "mpn"},
    {CsvField::color, "color"},
    {CsvField::size, "size"},
    {CsvField::description, "description"},
    {CsvField::condition, "condition"},
    {CsvField::condition_notes, "condition_notes"},
};
constexpr TextField identifier_fields[] = {{CsvField::gtin, "gtin"},    {CsvField::upc, "upc"},
                                           {CsvField::ean, "ean"},      {CsvField::isbn, "isbn"},
                                           {CsvField::asin, "asin"},    {CsvField::imei, "imei"},
                                           {CsvField::serial, "serial"}};

struct WeightUnit {
    std::string_view name;
    double grams;
};
constexpr WeightUnit weight_units[] = {
    {"g", 1},
    {"gr", 1},
    {"gram", 1},
    {"grams", 1},
    {"gramm", 1},
    {"kg", 1000},
    {"kgs", 1000},
    {"kilogram", 1000},
    {"kilograms", 1000},
    {"lb", 453.59237},
    {"lbs", 453.59237},
    {"pound", 453.59237},
    {"pounds", 453.59237},
    {"oz", 28.349523125},
    {"ounce", 28.349523125},
    {"ounces", 28.349523125},
    {"mg", 0.001},
};

// Excel's way to keep leading zeros: ="00123".
std::string_view unwrap_formula(std::string_view text) {
    if (text.size() >= 4 && text.starts_with("=\"") && text.ends_with('"'))
        return text.substr(2, text.size() - 3);
    return text;
}

std::optional<double> grams_per(std::string_view unit) {
    const std::string name = normalise_header(unit);
    for (const WeightUnit& known : weight_units) {
        if (known.name == name) return known.grams;
    }
    return std::nullopt;
}

double to_double(std::string_view decimal) {
    double value = 0;
    std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
    return value;
}

// Whole numbers only; "1,200" and "3.0" are.
std::optional<std::int64_t> read_whole(std::string_view cell, bool decimal_comma) {
    // A count has no decimals worth keeping, so three digits behind a separator are thousands.
    for (const bool comma : {decimal_comma, !decimal_comma}) {
        auto amount = read_csv_amount(cell, comma);
        if (!amount || !amount->currency.empty() || amount->dollar) continue;
        bool lost = false;
        const std::string whole = round_decimal(amount->decimal, 0, lost);
        if (lost) continue;
        std::int64_t number = 0;
        const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), number);
        if (read.ec != std::errc() || read.ptr != whole.data() + whole.size()) continue;
        return number;
    }
    return std::nullopt;
}

}  // namespace

CsvProduct::CsvProduct(const CsvLayout& layout) : layout_(layout) {
    std::vector<std::string> used;
    for (std::size_t i = 0; i < layout.headers.size(); ++i) {
        if (!layout.columns.mapping[i].field.empty()) continue;
        std::string key = layout.headers[i].substr(0, 200);
        if (!is_utf8(key)) key = "column " + std::to_string(i + 1);  // cut inside a character
        if (key.empty()) key = "column " + std::to_string(i + 1);
        if (schema_keys.find(key) >= 0) key += " (column)";
        const std::string base = key;
        for (int copy = 2; std::find(used.begin(), used.end(), key) != used.end(); ++copy)
            key = base + " (" + std::to_string(copy) + ")";
        used.push_back(key);
        extras_.push_back({i, std::move(key)});
    }
}

std::string_view CsvProduct::cell(const Cells& cells, CsvField field) const {
    const std::size_t column = layout_.columns.column(field);
    if (column >= cells.size()) return {};
    const std::string_view value = unwrap_formula(cells[column]);
    return is_absent(value) ? std::string_view() : value;
}

Error CsvProduct::fault(CsvField field, std::string_view value, std::string_view message,
                        std::string remedy) const {
    const std::size_t column = layout_.columns.column(field);
    std::string sentence = "\"";
    sentence.append(value.substr(0, 40)).append("\" ").append(message);
    return fail(
        ErrorCode::invalid_input, std::move(sentence),
        column < layout_.headers.size() ? layout_.headers[column] : std::string(to_string(field)),
        std::move(remedy));
}

std::optional<Error> CsvProduct::write(const Cells& cells, std::uint64_t line,
                                       CsvTallies& tallies) {
    json_.clear();
    JsonWriter writer(json_);
    writer.begin_object();
    write_texts(writer, cells);
    write_category(writer, cells);
    write_identifiers(writer, cells);
    std::int64_t quantity = 1;
    std::optional<Error> first = read_quantity(cells, quantity);
    if (!first && !cell(cells, CsvField::quantity).empty()) writer.member("quantity", quantity);
    const auto keep_first = [&](std::optional<Error> error) {
        if (error && !first) first = std::move(error);
    };
    keep_first(write_amounts(writer, cells, quantity, line, tallies));
    keep_first(write_weight(writer, cells));
    keep_first(write_market(writer, cells));
    if (const auto url = cell(cells, CsvField::image); !url.empty())
        writer.key("images").begin_array().string(url).end_array();
    write_extras(writer, cells);
    writer.end_object();
    if (!first) tallies.quantity += static_cast<std::uint64_t>(quantity);
    return first;
}

void CsvProduct::write_texts(JsonWriter& writer, const Cells& cells) {
    for (const TextField& field : text_fields) {
        const std::string_view value = cell(cells, field.field);
        if (!value.empty()) writer.member(field.key, value);
    }
}

void CsvProduct::write_category(JsonWriter& writer, const Cells& cells) {
    const std::string_view upper = cell(cells, CsvField::category);
    const std::string_view lower = cell(cells, CsvField::subcategory);
    if (upper.empty() && lower.empty()) return;
    if (upper.empty() || lower.empty() || upper == lower) {
        writer.member("category", upper.empty() ? lower : upper);
    } else {
        writer.member("category", std::string(upper).append(" > ").append(lower));
    }
}

void CsvProduct::write_identifiers(JsonWriter& writer, const Cells& cells) {
    bool open = false;
    const auto put = [&](std::string_view key, std::string_view value) {
        if (value.empty()) return;
        if (!open) writer.key("identifiers").begin_object();
        open = true;
        writer.member(key, value);
    };
    // "Identifier" + "ID Type"; a column of that type's own wins.
    const std::string_view typed = cell(cells, CsvField::identifier);
    std::string_view typed_key = "gtin";
    const std::string type = normalise_header(cell(cells, CsvField::identifier_type));
    for (const TextField& field : identifier_fields) {
        if (type.starts_with(field.key)) typed_key = field.key;
    }
    for (const TextField& field : identifier_fields) {
        std::string_view value = cell(cells, field.field);
        if (value.empty() && field.key == typed_key) value = typed;
        put(field.key, value);
    }
    if (open) writer.end_object();
}

void CsvProduct::write_extras(JsonWriter& writer, const Cells& cells) {
    for (const Extra& extra : extras_) {
        if (extra.column < cells.size() && !cells[extra.column].empty())
            writer.member(extra.key, cells[extra.column]);
    }
}

std::optional<Error> CsvProduct::read_quantity(const Cells& cells, std::int64_t& quantity) const {
    const std::string_view given = cell(cells, CsvField::quantity);
    if (given.empty()) return std::nullopt;
    const auto number = read_whole(given, layout_.decimal_comma);
    if (number && *number >= 1 && *number <= limits::quantity_max) {
        quantity = *number;
        return std::nullopt;
    }
    return fault(CsvField::quantity, given, number ? "is out of range" : "is not a whole number",
                 "write a whole number from 1 to " + std::to_string(limits::quantity_max));
}

std::optional<Error> CsvProduct::write_amounts(JsonWriter& writer, const Cells& cells,
                                               std::int64_t quantity, std::uint64_t line,
                                               CsvTallies& tallies) {
    struct Given {
        CsvField field;
        std::string_view key;
        std::optional<CsvAmount> amount;
    };
    std::array<Given, 5> given = {{{CsvField::msrp, "msrp", {}},
                                   {CsvField::msrp_total, "msrp_total", {}},
                                   {CsvField::unit_cost, "unit_cost", {}},
                                   {CsvField::cost_total, "cost_total", {}},
                                   {CsvField::target_price, "target_price", {}}}};
    std::optional<Error> first;
    Currency currency;
    if (const auto code = cell(cells, CsvField::currency); !code.empty()) {
        if (code == last_currency_.code()) {
            currency = last_currency_;
        } else if (const auto parsed = Currency::parse(code)) {
            currency = last_currency_ = *parsed;
        } else {
            first = fault(CsvField::currency, code, "is not an ISO 4217 currency",
                          "write a code such as EUR or USD");
        }
    }
    const bool column_currency = !currency.empty();
    for (Given& field : given) {
        const std::string_view text = cell(cells, field.field);
        if (text.empty()) continue;
        field.amount = read_csv_amount(text, layout_.decimal_comma);
        const bool bad = !field.amount || !field.amount->unit.empty();
        if (bad || field.amount->decimal.starts_with('-')) {
            if (!first)
                first = fault(field.field, text, bad ? "is not an amount of money" : "is negative",
                              "write an amount such as 9.99");
            field.amount.reset();
            continue;
        }
        if (currency.empty()) currency = field.amount->currency;
        if (currency.empty() && field.amount->dollar) currency = *Currency::parse("USD");
    }
    const int decimals = currency.exponent();
    const auto rounded = [&](const std::string& decimal) {
        bool lost = false;
        std::string kept = round_decimal(decimal, decimals, lost);
        tallies.rounded += lost ? 1 : 0;
        return kept;
    };
    if (!currency.empty()) writer.member("currency", currency.code());
    for (const Given& field : given) {
        if (!field.amount) continue;
        const Currency named = field.amount->currency;
        const bool other = column_currency && !named.empty() && named != currency;
        const bool other_dollar = column_currency && field.amount->dollar && !is_a_dollar(currency);
        if (other || other_dollar || (!named.empty() && named != currency)) {
            writer.key(field.key).begin_object().member("amount", field.amount->decimal);
            writer.member("currency", other_dollar ? "USD" : named.code()).end_object();
        } else {
            writer.member(field.key, rounded(field.amount->decimal));
        }
    }
    // Totals: the unit amounts win; where only a total stands, it is shared out.
    const auto minor = [&](const CsvAmount& amount) {
        bool lost = false;
        return parse_decimal(round_decimal(amount.decimal, decimals, lost), decimals);
    };
    const auto settle = [&](const Given& unit, const Given& total) {
        if (!total.amount) return;
        const auto sum = minor(*total.amount);
        if (!sum) return;
        if (!unit.amount) {
            writer.member(unit.key, format_decimal(divide_half_up(*sum, quantity), decimals));
            return;
        }
        const auto each = minor(*unit.amount);
        if (!each) return;
        const Int128 difference = static_cast<Int128>(*each) * quantity - *sum;
        if (difference <= quantity && difference >= -quantity) return;  // a cent of rounding each
        if (tallies.totals_differ++ == 0) tallies.first_total_line = line;
    };
    settle(given[0], given[1]);
    settle(given[2], given[3]);
    return first;
}

std::optional<Error> CsvProduct::write_weight(JsonWriter& writer, const Cells& cells) {
    const std::string_view given = cell(cells, CsvField::weight);
    if (given.empty()) return std::nullopt;
    const auto amount = read_csv_amount(given, layout_.decimal_comma);
    std::string_view unit = cell(cells, CsvField::weight_unit);
    if (amount && !amount->unit.empty()) unit = amount->unit;
    if (unit.empty()) unit = layout_.columns.weight_unit;
    const auto grams = grams_per(unit);
    // Without a unit a number is no weight; it stays under its own header.
    if (!amount || !grams || amount->decimal.starts_with('-')) {
        writer.member(layout_.headers[layout_.columns.column(CsvField::weight)], given);
        return std::nullopt;
    }
    const double weight = std::round(to_double(amount->decimal) * *grams);
    if (weight > 1e9) {
        return fault(CsvField::weight, given, "is too heavy", "check the weight and its unit");
    }
    writer.member("weight_g", static_cast<std::int64_t>(weight));
    return std::nullopt;
}

std::optional<Error> CsvProduct::write_market(JsonWriter& writer, const Cells& cells) {
    std::optional<Error> first;
    bool open = false;
    for (const TextField& field : {TextField{CsvField::sold_count, "sold_count"},
                                   TextField{CsvField::active_listings, "active_listings"},
                                   TextField{CsvField::sales_rank, "sales_rank"}}) {
        const std::string_view given = cell(cells, field.field);
        if (given.empty()) continue;
        const auto number = read_whole(given, layout_.decimal_comma);
        if (!number || *number < 0) {
            if (!first) first = fault(field.field, given, "is not a count", "write a whole number");
            continue;
        }
        if (!open) writer.key("market").begin_object();
        open = true;
        writer.member(field.key, *number);
    }
    if (open) writer.end_object();
    return first;
}

}  // namespace assay::engine
