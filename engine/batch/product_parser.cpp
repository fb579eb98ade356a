// The product's own fields, object by object; market and comparables have a file of their own.
// SPDX-License-Identifier: MIT
#include "engine/batch/product_parser.hpp"

#include <array>
#include <string>

#include "engine/base/limits.hpp"
#include "engine/batch/field_reader.hpp"
#include "engine/batch/json_rules.hpp"
#include "engine/batch/market_reader.hpp"
#include "engine/batch/product_echo.hpp"

namespace assay::engine {
namespace {

using Element = simdjson::dom::element;

constexpr std::int64_t grams_max = 1'000'000'000;  // a thousand tonnes
constexpr std::int64_t millimetres_max = 10'000'000;
constexpr std::int64_t count_max = 1'000'000'000;
constexpr std::size_t list_max = 1'000;  // images, restrictions, channels, analyzers
constexpr double half_life_days_max = 3'650;
constexpr std::int64_t horizon_days_max = 3'650;
constexpr PartsPerMillion roi_max = 1'000'000'000;  // a thousandfold return

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

constexpr auto identifier_keys =
    make_key_table("gtin", "upc", "ean", "isbn", "asin", "imei", "serial");
constexpr auto cost_keys =
    make_key_table("inbound", "prep", "packaging", "ship_out", "ship_charged", "ads_ppm",
                   "storage_per_day", "lot_share");
constexpr auto tax_keys = make_key_table("regime", "rate_ppm", "purchase_vat");
constexpr auto device_keys =
    make_key_table("imei", "model", "storage_gb", "battery_pct", "activation_lock", "blacklist",
                   "carrier", "cosmetic", "functional");
constexpr auto risk_keys =
    make_key_table("hazmat", "lithium", "adult", "restricted", "gated", "return_rate_ppm",
                   "authenticated", "quantity_variance_ppm");
constexpr auto override_keys =
    make_key_table("half_life_days", "horizon_days", "min_roi_ppm", "min_profit", "channels",
                   "fee_version", "analyzers", "fee_options", "sales_tax_ppm");
constexpr auto image_keys = make_key_table("url", "sha256", "width", "height");

bool read_identifiers(FieldReader& reader, const Element& value, const JsonPath& path,
                      Identifiers& out) {
    Members<7> members;
    if (!reader.members(value, path, identifier_keys, members)) return false;
    const std::array<std::string_view*, 7> into = {&out.gtin, &out.upc,  &out.ean,   &out.isbn,
                                                   &out.asin, &out.imei, &out.serial};
    for (std::size_t i = 0; i < into.size(); ++i) {
        if (!members.has(i)) continue;
        const JsonPath at(path, identifier_keys.name(i));
        bool was_number = false;
        if (!reader.text_or_number(members[i], at, *into[i], was_number)) return false;
        if (!was_number) continue;
        out.any_number = true;
        const bool lossy = is_double(members[i]);
        reader.note(lossy ? "lossy_numeric" : "numeric_identifier", at,
                    lossy ? "digits are lost: write it in quotes"
                          : "leading zeros are lost: write it in quotes");
    }
    return true;
}

bool read_costs(FieldReader& reader, const Element& value, const JsonPath& path, Currency currency,
                Costs& out) {
    Members<8> members;
    if (!reader.members(value, path, cost_keys, members)) return false;
    constexpr std::size_t ads_key = 5;
    const std::array<std::optional<MinorUnits>*, 8> into = {
        &out.inbound,      &out.prep, &out.packaging,       &out.ship_out,
        &out.ship_charged, nullptr,   &out.storage_per_day, &out.lot_share};
    for (std::size_t i = 0; i < into.size(); ++i) {
        if (!members.has(i)) continue;
        const JsonPath at(path, cost_keys.name(i));
        const bool read = i == ads_key ? reader.rate(members[i], at, out.ads_rate)
                                       : reader.money(members[i], at, currency, *into[i]);
        if (!read) return false;
    }
    return true;
}

bool read_tax(FieldReader& reader, const Element& value, const JsonPath& path,
              std::optional<Tax>& out) {
    Members<3> members;
    if (!reader.members(value, path, tax_keys, members)) return false;
    Tax tax;
    if (members.has(0)) {
        const JsonPath at(path, "regime");
        std::string_view regime;
        if (!reader.text(members[0], at, regime)) return false;
        constexpr auto regimes =
            make_key_table("none", "standard", "margin", "small_business", "equivalence");
        const int found = regimes.find(regime);
        if (found < 0) {
            return reader.fail(ErrorCode::invalid_input, at, "is not a VAT regime",
                               "write none, standard, margin, small_business or equivalence");
        }
        tax.regime = static_cast<VatRegime>(found);
    }
    if (members.has(1) && !reader.rate(members[1], JsonPath(path, "rate_ppm"), tax.rate))
        return false;
    // Under the equivalence scheme suppliers charge VAT and surcharge, unless it is said otherwise.
    tax.purchase_vat = tax.regime == VatRegime::equivalence;
    if (members.has(2) &&
        !reader.flag(members[2], JsonPath(path, "purchase_vat"), tax.purchase_vat))
        return false;
    out = tax;
    return true;
}

// "pass", "fail", or the list of what failed.
bool read_functional(FieldReader& reader, const Element& value, const JsonPath& path,
                     std::string_view& out) {
    if (value.is_array()) {
        if (!reader.walker().walk(value, path)) return false;
        out = array_of(value).size() == 0 ? "pass" : "fail";
        return true;
    }
    if (!reader.text(value, path, out)) return false;
    if (out.empty() || out == "pass" || out == "fail") return true;
    return reader.wrong_type(path, "pass, fail or a list of what failed");
}

bool read_cosmetic(FieldReader& reader, const Element& value, const JsonPath& path,
                   std::string_view& out) {
    if (!reader.text(value, path, out)) return false;
    if (out.empty() || out == "A+" || (out.size() == 1 && out[0] >= 'A' && out[0] <= 'E'))
        return true;
    return reader.wrong_type(path, "a grade from A to E");
}

bool read_device(FieldReader& reader, const Element& value, const JsonPath& path, Product& out) {
    enum : std::size_t {
        imei,
        model,
        storage,
        battery,
        activation_lock,
        blacklist,
        carrier,
        cosmetic,
        functional
    };
    Members<9> members;
    if (!reader.members(value, path, device_keys, members)) return false;
    const auto at = [&](std::size_t k) { return JsonPath(path, device_keys.name(k)); };
    std::string_view own_imei, own_model;
    bool was_number = false;
    Device& device = out.device;
    const bool read =
        (!members.has(imei) ||
         reader.text_or_number(members[imei], at(imei), own_imei, was_number)) &&
        (!members.has(model) || reader.text(members[model], at(model), own_model)) &&
        (!members.has(storage) ||
         reader.integer(members[storage], at(storage), 0, 1'000'000, device.storage_gb)) &&
        (!members.has(battery) ||
         reader.integer(members[battery], at(battery), 0, 100, device.battery_percent)) &&
        (!members.has(activation_lock) ||
         reader.flag(members[activation_lock], at(activation_lock), device.activation_lock)) &&
        (!members.has(blacklist) ||
         reader.flag(members[blacklist], at(blacklist), device.blacklist)) &&
        (!members.has(carrier) || reader.text(members[carrier], at(carrier), device.carrier)) &&
        (!members.has(cosmetic) ||
         read_cosmetic(reader, members[cosmetic], at(cosmetic), device.cosmetic)) &&
        (!members.has(functional) ||
         read_functional(reader, members[functional], at(functional), device.functional));
    if (!read) return false;
    if (out.identifiers.imei.empty() && !own_imei.empty()) {
        out.identifiers.imei = own_imei;
        out.identifiers.any_number = out.identifiers.any_number || was_number;
    }
    if (out.model.empty()) out.model = own_model;
    return true;
}

bool read_risk(FieldReader& reader, const Element& value, const JsonPath& path, RiskInput& out) {
    Members<8> members;
    if (!reader.members(value, path, risk_keys, members)) return false;
    const auto at = [&](std::size_t k) { return JsonPath(path, risk_keys.name(k)); };
    return (!members.has(0) || reader.flag(members[0], at(0), out.hazmat)) &&
           (!members.has(1) || reader.flag(members[1], at(1), out.lithium)) &&
           (!members.has(2) || reader.flag(members[2], at(2), out.adult)) &&
           (!members.has(3) || reader.texts(members[3], at(3), list_max, out.restricted)) &&
           (!members.has(4) || reader.flag(members[4], at(4), out.gated)) &&
           (!members.has(5) || reader.rate(members[5], at(5), out.return_rate)) &&
           (!members.has(6) || reader.flag(members[6], at(6), out.authenticated)) &&
           (!members.has(7) || reader.rate(members[7], at(7), out.quantity_variance));
}

bool read_overrides(FieldReader& reader, const Element& value, const JsonPath& path,
                    Currency currency, Overrides& out) {
    constexpr std::size_t half_life = 0, horizon = 1, min_roi = 2, min_profit = 3, channels = 4,
                          fee_version = 5, analyzers = 6, fee_options = 7, sales_tax = 8;
    Members<9> members;
    if (!reader.members(value, path, override_keys, members)) return false;
    const auto at = [&](std::size_t k) { return JsonPath(path, override_keys.name(k)); };
    if (members.has(half_life)) {
        double days = 0;
        if (!reader.number(members[half_life], at(half_life), 0.01, half_life_days_max, days))
            return false;
        out.half_life_days = days;
    }
    std::optional<std::int64_t> roi;
    if (members.has(analyzers) && !reader.walker().walk(members[analyzers], at(analyzers)))
        return false;
    if (members.has(analyzers) && !members[analyzers].is_array())
        return reader.wrong_type(at(analyzers), "a list of texts");
    const bool read =
        (!members.has(horizon) ||
         reader.integer(members[horizon], at(horizon), 1, horizon_days_max, out.horizon_days)) &&
        (!members.has(min_roi) || reader.integer(members[min_roi], at(min_roi), 0, roi_max, roi)) &&
        (!members.has(min_profit) ||
         reader.money(members[min_profit], at(min_profit), currency, out.min_profit)) &&
        (!members.has(channels) ||
         reader.texts(members[channels], at(channels), list_max, out.channels)) &&
        (!members.has(fee_version) ||
         reader.text(members[fee_version], at(fee_version), out.fee_version)) &&
        (!members.has(fee_options) ||
         reader.texts(members[fee_options], at(fee_options), list_max, out.fee_options)) &&
        (!members.has(sales_tax) || reader.rate(members[sales_tax], at(sales_tax), out.sales_tax));
    if (roi) out.min_roi = *roi;
    return read;
}

bool read_dimensions(FieldReader& reader, const Element& value, const JsonPath& path,
                     std::optional<std::array<std::int64_t, 3>>& out) {
    constexpr std::string_view wanted = "three whole numbers [length, width, height]";
    if (!value.is_array() || array_of(value).size() != 3) return reader.wrong_type(path, wanted);
    std::array<std::int64_t, 3> sides{};
    for (std::size_t i = 0; i < sides.size(); ++i) {
        if (!reader.integer(value.at(i).value_unsafe(), JsonPath(path, i), 0, millimetres_max,
                            sides[i]))
            return false;
    }
    out = sides;
    return true;
}

bool read_images(FieldReader& reader, const Element& value, const JsonPath& path,
                 std::vector<std::string_view>& urls) {
    if (!value.is_array()) return reader.wrong_type(path, "a list of images");
    std::size_t index = 0;
    for (const Element image : array_of(value)) {
        const JsonPath at(path, index++);
        std::string_view url;
        if (image.is_object()) {
            Members<4> members;
            if (!reader.members(image, at, image_keys, members)) return false;
            if (!members.has(0)) return reader.wrong_type(JsonPath(at, "url"), "a URL in quotes");
            if (!reader.text(members[0], JsonPath(at, "url"), url)) return false;
        } else if (!reader.text(image, at, url)) {
            return false;
        }
        if (index <= list_max) urls.push_back(url);
    }
    if (index > list_max) {
        return reader.fail(ErrorCode::invalid_input, path,
                           "has more than " + std::to_string(list_max) + " entries");
    }
    return true;
}

}  // namespace

struct ProductParser::Body {
    JsonParser json;
    FieldReader reader;
    std::string product_data;

    bool read(const Element& root, Product& out);
    bool read_texts(const Members<key::end>& members, Product& out);
    bool read_numbers(const Members<key::end>& members, Product& out);
    bool read_objects(const Members<key::end>& members, Product& out);
    bool find_currency(const Members<key::end>& members, Product& out);
};

bool ProductParser::Body::read(const Element& root, Product& out) {
    const JsonPath top;
    if (!root.is_object()) return reader.wrong_type(top, "a JSON object");
    Members<key::end> members;
    if (!reader.members(root, top, keys, members) || !read_texts(members, out) ||
        !find_currency(members, out) || !read_numbers(members, out) || !read_objects(members, out))
        return false;
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
        !read_images(reader, members[key::images], at(key::images), out.image_urls))
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
    const auto listed = static_cast<std::int64_t>(out.image_urls.size());
    out.image_count = image_count.value_or(0) > listed ? *image_count : listed;
    return read;
}

bool ProductParser::Body::read_objects(const Members<key::end>& members, Product& out) {
    const JsonPath top;
    const auto at = [&](std::size_t k) { return JsonPath(top, keys.name(k)); };
    const auto read = [&](std::size_t k, auto&& reading) {
        return !members.has(k) || reading(members[k], at(k));
    };
    return read(key::identifiers,
                [&](const Element& value, const JsonPath& path) {
                    return read_identifiers(reader, value, path, out.identifiers);
                }) &&
           read(key::market,
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
           read(key::device,
                [&](const Element& value, const JsonPath& path) {
                    return read_device(reader, value, path, out);
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
                                          MoneyUnit unit, Product& out) {
    out.clear();
    out.product_id = product_id;
    out.product_data = "{}";
    if (json.size() > limits::product_bytes_max) {
        return fail(ErrorCode::payload_too_large, "is larger than 1 MiB", {},
                    "leave out comparables or rank history");
    }
    Element root;
    if (auto fault = body_->json.parse(json, root)) return fault;
    body_->reader.start(json.size(), unit, out.notes);
    const bool read = body_->read(root, out);
    auto& fault = body_->reader.walker().fault();
    const bool echoes = read || (root.is_object() && fault->code != ErrorCode::duplicate_key &&
                                 fault->code != ErrorCode::invalid_json);
    if (echoes) {
        write_product_data(body_->json, body_->product_data);
        out.product_data = body_->product_data;
    }
    if (read) return std::nullopt;
    return std::move(fault);
}

}  // namespace assay::engine
