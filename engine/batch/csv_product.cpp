// Field by field, in the order of the schema; what is not understood keeps its own header.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_product.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ascii.hpp"
#include "engine/batch/header_words.hpp"

namespace assay::engine {
namespace {

using enum CsvField;

struct TextField {
    CsvField field;
    std::string_view key;
};
constexpr TextField text_fields[] = {
    {product_id, "product_id"},
    {sku, "sku"},
    {lot_id, "lot_id"},
    {pallet_id, "pallet_id"},
    {lpn, "lpn"},
    {title, "title"},
    {brand, "brand"},
    {model, "model"},
    {mpn, "mpn"},
    {color, "color"},
    {size, "size"},
    {variant, "variant"},
    {language, "language"},
    {description, "description"},
    {condition, "condition"},
    {condition_notes, "condition_notes"},
};
constexpr TextField identifier_fields[] = {{gtin, "gtin"},    {upc, "upc"},   {ean, "ean"},
                                           {isbn, "isbn"},    {asin, "asin"}, {imei, "imei"},
                                           {serial, "serial"}};

// Excel's way to keep leading zeros: ="00123".
std::string_view unwrap_formula(std::string_view text) {
    if (text.size() >= 4 && text.starts_with("=\"") && text.ends_with('"'))
        return text.substr(2, text.size() - 3);
    return text;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

CsvProduct::CsvProduct(const TableLayout& layout) : layout_(layout) {
    const CsvColumns& columns = layout.columns;
    for (const TextField& text : text_fields) {
        if (!columns.has(text.field)) continue;
        // What only might be an id is kept as it stands too; intake takes it from its column.
        const bool guess = text.field == product_id && columns.id_is_guess;
        const std::size_t column = columns.column(text.field);
        texts_.push_back(
            {column, guess ? std::string_view(columns.mapping[column].kept_as) : text.key});
    }
    for (std::size_t i = 0; i < columns.mapping.size(); ++i) {
        if (columns.mapping[i].field.empty()) extras_.push_back({i, columns.mapping[i].kept_as});
    }
    for (std::size_t i = 0; i < csv_field_real_count; ++i) {
        const auto field = static_cast<CsvField>(i);
        if (columns.has(field) && is_amount(field)) given_.push_back({field, {}});
    }
    const auto any = [&](std::initializer_list<CsvField> fields) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](CsvField field) { return columns.has(field); });
    };
    has_category_ = any({category, subcategory, department});
    has_dimensions_ = any({dims, length, width, height});
    has_market_ = any({sold_count, monthly_sold, active_listings, competing_offers, lowest_offer,
                       buy_box_price, sales_rank, rank_category, marketplace});
    has_device_ = any({storage, carrier, battery});
}

std::string_view CsvProduct::value(const Cells& cells, std::size_t column) const {
    if (column >= cells.size()) return {};
    const std::string_view text = unwrap_formula(cells[column]);
    return is_absent(text) ? std::string_view() : text;
}

std::string_view CsvProduct::cell(const Cells& cells, CsvField field) const {
    return value(cells, layout_.columns.column(field));
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

void CsvProduct::keep(JsonWriter& writer, const Cells& cells, CsvField field) {
    const std::size_t column = layout_.columns.column(field);
    if (column < cells.size() && !cells[column].empty())
        writer.member(layout_.columns.mapping[column].kept_as, cells[column]);
}

std::optional<Error> CsvProduct::write(const Cells& cells, std::uint64_t line,
                                       CsvTallies& tallies) {
    json_.clear();
    JsonWriter writer(json_);
    std::optional<Error> first;
    const auto keep_first = [&](std::optional<Error> error) {
        if (error && !first) first = std::move(error);
    };
    writer.begin_object();
    write_texts(writer, cells);
    if (has_category_) write_category(writer, cells);
    write_identifiers(writer, cells);
    std::optional<std::int64_t> count, pack, pictures;
    keep_first(read_count(cells, quantity, 1, limits::quantity_max, count));
    if (count) writer.member("quantity", *count);
    keep_first(read_count(cells, pack_size, 1, limits::quantity_max, pack));
    if (pack) writer.member("pack_size", *pack);
    keep_first(read_amounts(cells));
    write_amounts(writer, count.value_or(1), line, tallies);
    keep_first(write_weight(writer, cells));
    if (has_dimensions_) write_dimensions(writer, cells);
    if (!layout_.columns.images.empty()) write_images(writer, cells);
    keep_first(read_count(cells, image_count, 0, limits::quantity_max, pictures));
    if (pictures) writer.member("image_count", *pictures);
    if (has_market_) keep_first(write_market(writer, cells, tallies));
    if (has_device_) write_device(writer, cells);
    write_extras(writer, cells);
    writer.end_object();
    if (!first) tallies.quantity += static_cast<std::uint64_t>(count.value_or(1));
    return first;
}

void CsvProduct::write_texts(JsonWriter& writer, const Cells& cells) {
    for (const Text& text : texts_) {
        const std::string_view given = value(cells, text.column);
        if (!given.empty()) writer.member(text.key, given);
    }
    if (!layout_.named_by_model) return;
    std::string named;
    for (const CsvField field : {brand, model, mpn, storage, color, size}) {
        const std::string_view part = cell(cells, field);
        if (part.empty() || named.find(part) != std::string::npos) continue;
        if (part.find(named) != std::string_view::npos) named.clear();  // "Keyra", "Keyra K87"
        named.append(named.empty() ? "" : " ").append(part);
    }
    if (!cell(cells, model).empty() || !cell(cells, mpn).empty()) writer.member("title", named);
}

// From the widest to the narrowest: "Electronics > TV > OLED".
void CsvProduct::write_category(JsonWriter& writer, const Cells& cells) {
    std::string path;
    std::string_view last;
    for (const CsvField field : {department, category, subcategory}) {
        const std::string_view part = cell(cells, field);
        if (part.empty() || part == last) continue;
        if (field == department && all_digits(part)) {
            keep(writer, cells, field);  // a number says nothing
            continue;
        }
        path.append(path.empty() ? "" : " > ").append(part);
        last = part;
    }
    if (!path.empty()) writer.member("category", path);
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
    const std::string_view typed = cell(cells, identifier);
    std::string_view typed_key = "gtin";
    if (!typed.empty()) {
        const std::string type = normalise_header(cell(cells, identifier_type));
        for (const TextField& field : identifier_fields) {
            if (type.starts_with(field.key)) typed_key = field.key;
        }
    }
    for (const TextField& field : identifier_fields) {
        std::string_view value = cell(cells, field.field);
        if (value.empty() && field.key == typed_key) value = typed;
        put(field.key, value);
    }
    if (open) writer.end_object();
}

// Several links may share a cell: "https://a.jpg | https://b.jpg".
void CsvProduct::write_images(JsonWriter& writer, const Cells& cells) {
    constexpr std::string_view separators = "|;, \n\t";
    bool open = false;
    const auto put = [&](std::string_view url) {
        if (!open) writer.key("images").begin_array();
        open = true;
        writer.string(url);
    };
    for (const std::size_t column : layout_.columns.images) {
        std::string_view rest = value(cells, column);
        if (!rest.starts_with("http") || rest.find("http", 1) == std::string_view::npos) {
            if (!rest.empty()) put(rest);
            continue;
        }
        while (!rest.empty()) {
            std::size_t next = rest.find("http", 1);
            while (next != std::string_view::npos &&
                   separators.find(rest[next - 1]) == std::string_view::npos)
                next = rest.find("http", next + 1);
            std::string_view url = rest.substr(0, next);
            rest.remove_prefix(std::min(next, rest.size()));
            while (!url.empty() && separators.find(url.back()) != std::string_view::npos)
                url.remove_suffix(1);
            put(url);
        }
    }
    if (open) writer.end_array();
}

void CsvProduct::write_extras(JsonWriter& writer, const Cells& cells) {
    for (const Extra& extra : extras_) {
        if (extra.column < cells.size() && !cells[extra.column].empty())
            writer.member(extra.key, cells[extra.column]);
    }
}

}  // namespace assay::engine
