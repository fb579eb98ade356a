// The product's own fields in the order of the schema; objects inside it have files of their own.
// SPDX-License-Identifier: MIT
#include "engine/batch/product_parser.hpp"

#include <string>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "engine/batch/field_reader.hpp"
#include "engine/batch/json_rules.hpp"
#include "engine/batch/market_reader.hpp"
#include "engine/batch/product_echo.hpp"
#include "engine/batch/product_objects.hpp"

namespace assay::engine {
namespace {

using Element = simdjson::dom::element;

// Parts of letters and digits, each up to 8 long: enough to tell "de-AT" from prose.
bool is_language_tag(std::string_view text) noexcept {
    std::size_t part = 0;
    for (const char c : text) {
        if (c == '-' || c == '_') {
            if (part == 0) return false;
            part = 0;
        } else if (!(is_letter(c) || is_digit(c)) || ++part > 8) {
            return false;
        }
    }
    return part > 0 && is_letter(text.front());
}

constexpr std::int64_t grams_max = 1'000'000'000;  // a thousand tonnes
constexpr std::int64_t count_max = 1'000'000'000;

// Keys in the order of the enums, which follow the published schema.
namespace key {
enum : std::size_t {
    product_id,
    sku,
    lot_id,
    pallet_id,
    lpn,
    title,
    brand,
    model,
    mpn,
    color,
    size,
    variant,
    description,
    category,
    language,
    identifiers,
    condition,
    condition_notes,
    quantity,
    pack_size,
    currency,
    unit_cost,
    msrp,
    target_price,
    weight_g,
    dims_mm,
    images,
    image_count,
    market,
    comparables,
    costs,
    tax,
    device,
    risk,
    overrides,
    end
};
}
constexpr auto keys = make_key_table(
    "product_id", "sku", "lot_id", "pallet_id", "lpn", "title", "brand", "model", "mpn", "color",
    "size", "variant", "description", "category", "language", "identifiers", "condition",
    "condition_notes", "quantity", "pack_size", "currency", "unit_cost", "msrp", "target_price",
    "weight_g", "dims_mm", "images", "image_count", "market", "comparables", "costs", "tax",
    "device", "risk", "overrides");
static_assert(keys.count() == key::end);

}  // namespace

struct ProductParser::Body {
    JsonParser json;
    FieldReader reader;
    std::string product_data;

    bool read(const Element& root, ParseExtent extent, Product& out);
    bool read_texts(const Members<key::end>& members, Product& out);
    bool read_numbers(const Members<key::end>& members, Product& out);
    bool read_identity(const Members<key::end>& members, Product& out);
    bool read_business(const Members<key::end>& members, Product& out);
    bool find_currency(const Members<key::end>& members, Product& out);
};

bool ProductParser::Body::read(const Element& root, ParseExtent extent, Product& out) {
    const JsonPath top;
    if (!root.is_object()) return reader.wrong_type(top, "a JSON object");
    Members<key::end> members;
    if (!reader.members(root, top, keys, members) || !read_texts(members, out) ||
        !find_currency(members, out) || !read_numbers(members, out) || !read_identity(members, out))
        return false;
    if (extent == ParseExtent::whole && !read_business(members, out)) return false;
    const Identifiers& ids = out.identifiers;
    if (out.title.empty() && ids.gtin.empty() && ids.upc.empty() && ids.ean.empty() &&
        ids.isbn.empty() && ids.asin.empty() && ids.imei.empty() && ids.serial.empty()) {
        return reader.fail(ErrorCode::invalid_input, JsonPath(top, "title"),
                           "is missing, and no identifier is given",
                           "give a title or an identifier such as identifiers.ean");
    }
    return true;
}

bool ProductParser::Body::read_texts(const Members<key::end>& members, Product& out) {
    const JsonPath top;
    struct Field {
        std::size_t key;
        std::string_view Product::*into;
        std::size_t characters_max = limits::string_bytes_max;
    };
    constexpr std::size_t language_max = 35;  // the longest BCP 47 tag in use
    static constexpr Field fields[] = {{key::title, &Product::title, limits::title_characters_max},
                                       {key::brand, &Product::brand},
                                       {key::model, &Product::model},
                                       {key::sku, &Product::sku},
                                       {key::lot_id, &Product::lot_id},
                                       {key::pallet_id, &Product::pallet_id},
                                       {key::lpn, &Product::lpn},
                                       {key::mpn, &Product::mpn},
                                       {key::color, &Product::color},
                                       {key::size, &Product::size},
                                       {key::variant, &Product::variant},
                                       {key::description, &Product::description},
                                       {key::category, &Product::category},
                                       {key::language, &Product::language, language_max},
                                       {key::condition_notes, &Product::condition_notes}};
    for (const Field& field : fields) {
        if (!members.has(field.key)) continue;
        if (!reader.text(members[field.key], JsonPath(top, keys.name(field.key)), out.*field.into,
                         field.characters_max))
            return false;
    }
    // product_id came with the call, but its value must keep the rules like any other.
    if (members.has(key::product_id) &&
        !reader.walker().walk(members[key::product_id], JsonPath(top, "product_id")))
        return false;
    if (!out.language.empty() && !is_language_tag(out.language)) {
        reader.note("language_not_understood", JsonPath(top, "language"),
                    "write a BCP 47 tag such as en or de-AT");
        out.language = {};
    }
    return !members.has(key::condition) ||
           reader.condition(members[key::condition], JsonPath(top, "condition"), out.condition,
                            out.condition_text);
}

bool ProductParser::Body::find_currency(const Members<key::end>& members, Product& out) {
    if (members.has(key::currency)) {
        if (!reader.currency(members[key::currency], JsonPath(JsonPath(), "currency"),
                             out.currency))
            return false;
        if (!out.currency.empty()) return true;
    }
    for (const std::size_t amount : {key::unit_cost, key::msrp, key::target_price}) {
        if (members.has(amount)) out.currency = reader.peek_currency(members[amount]);
        if (!out.currency.empty()) return true;
    }
    if (members.has(key::comparables)) {
        out.currency = currency_of_comparables(reader, members[key::comparables]);
        if (!out.currency.empty()) return true;
    }
    std::string_view marketplace;
    if (members.has(key::market) && members[key::market].is_object() &&
        members[key::market]["marketplace"].get(marketplace) == simdjson::SUCCESS)
        out.currency = currency_of_marketplace(marketplace);
    return true;
}

bool ProductParser::Body::read_numbers(const Members<key::end>& members, Product& out) {
    const JsonPath top;
    const auto at = [&](std::size_t k) { return JsonPath(top, keys.name(k)); };
    const auto money = [&](std::size_t k, std::optional<MinorUnits>& into) {
        return !members.has(k) || reader.money(members[k], at(k), out.currency, into);
    };
    if (!money(key::unit_cost, out.unit_cost) || !money(key::msrp, out.msrp) ||
        !money(key::target_price, out.target_price))
        return false;
    if (members.has(key::images) &&
        !read_images(reader, members[key::images], at(key::images), out.images))
        return false;
    std::optional<std::int64_t> image_count;
    const bool read =
        (!members.has(key::quantity) || reader.integer(members[key::quantity], at(key::quantity), 1,
                                                       limits::quantity_max, out.quantity)) &&
        (!members.has(key::pack_size) || reader.integer(members[key::pack_size], at(key::pack_size),
                                                        1, limits::quantity_max, out.pack_size)) &&
        (!members.has(key::weight_g) || reader.integer(members[key::weight_g], at(key::weight_g), 0,
                                                       grams_max, out.weight_grams)) &&
        (!members.has(key::image_count) ||
         reader.integer(members[key::image_count], at(key::image_count), 0, count_max,
                        image_count)) &&
        (!members.has(key::dims_mm) ||
         read_dimensions(reader, members[key::dims_mm], at(key::dims_mm), out.dimensions_mm));
    const auto listed = static_cast<std::int64_t>(out.images.size());
    out.image_count = image_count.value_or(0) > listed ? *image_count : listed;
    return read;
}

bool ProductParser::Body::read_identity(const Members<key::end>& members, Product& out) {
    const JsonPath top;
    out.has_comparables = members.has(key::comparables) && members[key::comparables].is_array() &&
                          array_of(members[key::comparables]).size() > 0;
    return (!members.has(key::identifiers) ||
            read_identifiers(reader, members[key::identifiers], JsonPath(top, "identifiers"),
                             out.identifiers)) &&
           (!members.has(key::device) ||
            read_device(reader, members[key::device], JsonPath(top, "device"), out));
}

bool ProductParser::Body::read_business(const Members<key::end>& members, Product& out) {
    const JsonPath top;
    const auto at = [&](std::size_t k) { return JsonPath(top, keys.name(k)); };
    const auto read = [&](std::size_t k, auto&& reading) {
        return !members.has(k) || reading(members[k], at(k));
    };
    return read(key::market,
                [&](const Element& value, const JsonPath& path) {
                    return read_market(reader, value, path, out.currency, out.market);
                }) &&
           read(key::comparables,
                [&](const Element& value, const JsonPath& path) {
                    return read_comparables(reader, value, path, out.currency, out.comparables);
                }) &&
           read(key::costs,
                [&](const Element& value, const JsonPath& path) {
                    return read_costs(reader, value, path, out.currency, out.costs);
                }) &&
           read(key::tax,
                [&](const Element& value, const JsonPath& path) {
                    return read_tax(reader, value, path, out.tax);
                }) &&
           read(key::risk,
                [&](const Element& value, const JsonPath& path) {
                    return read_risk(reader, value, path, out.risk);
                }) &&
           read(key::overrides, [&](const Element& value, const JsonPath& path) {
               return read_overrides(reader, value, path, out.currency, out.overrides);
           });
}

ProductParser::ProductParser() : body_(std::make_unique<Body>()) {}
ProductParser::~ProductParser() = default;

std::optional<Error> ProductParser::parse(std::string_view json, std::string_view product_id,
                                          MoneyUnit unit, Product& out, ParseExtent extent) {
    out.clear();
    out.product_id = product_id;
    out.product_data = "{}";
    if (json.size() > limits::product_bytes_max) {
        return fail(ErrorCode::payload_too_large, "is larger than 1 MiB", {},
                    "leave out comparables or rank history");
    }
    Element root;
    if (auto fault = body_->json.parse(json, root)) return fault;
    body_->reader.start(json.size(), body_->json.has_escapes(), unit, out.notes);
    const bool read = body_->read(root, extent, out);
    auto& fault = body_->reader.walker().fault();
    const bool echoes = read || (root.is_object() && fault->code != ErrorCode::duplicate_key &&
                                 fault->code != ErrorCode::invalid_json);
    if (echoes && extent == ParseExtent::whole) {
        write_product_data(body_->json, EchoExtent::reduced, body_->product_data);
        out.product_data = body_->product_data;
    }
    if (read) return std::nullopt;
    return std::move(fault);
}

}  // namespace assay::engine
