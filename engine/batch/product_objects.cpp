// One function per object, each with the keys of the published schema.
// SPDX-License-Identifier: MIT
#include "engine/batch/product_objects.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

using Element = simdjson::dom::element;

constexpr std::int64_t millimetres_max = 10'000'000;
constexpr std::size_t list_max = 1'000;  // images, restrictions, channels, analyzers
constexpr double half_life_days_max = 3'650;
constexpr std::int64_t horizon_days_max = 3'650;
constexpr PartsPerMillion roi_max = 1'000'000'000;  // a thousandfold return
constexpr std::int64_t pixels_max = 1'000'000;

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

void note_number(FieldReader& reader, const Element& value, const JsonPath& path) {
    const bool lossy = is_double(value);
    reader.note(lossy ? "lossy_numeric" : "numeric_identifier", path,
                lossy ? "digits are lost: write it in quotes"
                      : "leading zeros are lost: write it in quotes");
}

// "pass", "fail", or the list of what failed.
bool read_functional(FieldReader& reader, const Element& value, const JsonPath& path, Device& out) {
    if (value.is_array()) {
        if (!reader.texts(value, path, list_max, out.failed_functions)) return false;
        out.functional = out.failed_functions.empty() ? "pass" : "fail";
        return true;
    }
    if (!reader.text(value, path, out.functional)) return false;
    if (out.functional.empty() || out.functional == "pass" || out.functional == "fail") return true;
    return reader.wrong_type(path, "pass, fail or a list of what failed");
}

bool read_cosmetic(FieldReader& reader, const Element& value, const JsonPath& path,
                   std::string_view& out) {
    if (!reader.text(value, path, out)) return false;
    if (out.empty() || out == "A+" || (out.size() == 1 && out[0] >= 'A' && out[0] <= 'E'))
        return true;
    return reader.wrong_type(path, "a grade from A to E");
}

// A URL as text, or {url, sha256, width, height}.
bool read_image(FieldReader& reader, const Element& value, const JsonPath& path, Image& out) {
    if (!value.is_object()) return reader.text(value, path, out.url, limits::url_bytes_max);
    Members<4> members;
    if (!reader.members(value, path, image_keys, members)) return false;
    const auto at = [&](std::size_t k) { return JsonPath(path, image_keys.name(k)); };
    if (!members.has(0)) return reader.wrong_type(at(0), "a URL in quotes");
    if (!reader.text(members[0], at(0), out.url, limits::url_bytes_max)) return false;
    if (members.has(1)) {
        if (!reader.text(members[1], at(1), out.sha256)) return false;
        const bool digest =
            out.sha256.size() == 64 && std::all_of(out.sha256.begin(), out.sha256.end(),
                                                   [](char c) { return hex_value(c) >= 0; });
        if (!out.sha256.empty() && !digest)
            return reader.wrong_type(at(1), "a SHA-256 of 64 hexadecimal digits");
    }
    return (!members.has(2) || reader.integer(members[2], at(2), 1, pixels_max, out.width)) &&
           (!members.has(3) || reader.integer(members[3], at(3), 1, pixels_max, out.height));
}

}  // namespace

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
        note_number(reader, members[i], at);
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
    bool was_number = false;
    Device& device = out.device;
    const bool read =
        (!members.has(imei) ||
         reader.text_or_number(members[imei], at(imei), device.imei, was_number)) &&
        (!members.has(model) || reader.text(members[model], at(model), device.model)) &&
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
         read_functional(reader, members[functional], at(functional), device));
    if (!read) return false;
    if (was_number) note_number(reader, members[imei], at(imei));
    if (out.identifiers.imei.empty() && !device.imei.empty()) {
        out.identifiers.imei = device.imei;
        out.identifiers.any_number = out.identifiers.any_number || was_number;
    }
    if (out.model.empty()) out.model = device.model;
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
    enum : std::size_t {
        half_life,
        horizon,
        min_roi,
        min_profit,
        channels,
        fee_version,
        analyzers,
        fee_options,
        sales_tax
    };
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
        (!members.has(analyzers) ||
         reader.texts(members[analyzers], at(analyzers), list_max, out.analyzers)) &&
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
                 std::vector<Image>& out) {
    if (!value.is_array()) return reader.wrong_type(path, "a list of images");
    std::size_t index = 0;
    for (const Element image : array_of(value)) {
        if (index == list_max) return reader.too_many(path, list_max);
        if (!read_image(reader, image, JsonPath(path, index++), out.emplace_back())) return false;
    }
    return true;
}

}  // namespace assay::engine
