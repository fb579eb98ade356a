// One product as the analyzers see it: typed, checked, money in minor units.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/error.hpp"
#include "engine/base/money.hpp"
#include "engine/batch/condition.hpp"

namespace assay::engine {

enum class ComparableKind : std::uint8_t { sold, active };

// What a comparable's title says of the sale.
struct TitleFacts {
    std::int64_t lot_quantity = 1;
    bool is_bundle = false, parts_only = false, box_only = false;
    std::int64_t storage_gb = 0;  // 0: none is named
};

struct Comparable {
    MinorUnits price = 0;
    MinorUnits shipping = 0;
    Currency currency;  // empty: the product's
    std::optional<TimePoint> sold_at;
    Condition condition = Condition::unknown;
    std::string_view title;
    std::int64_t quantity = 1;
    double match = 1.0;  // 0..1
    std::string_view source;
    std::string_view id;
    ComparableKind kind = ComparableKind::sold;
    std::optional<TitleFacts> title_facts = {};  // read before; `title` is not looked at then
};

struct Identifiers {
    std::string_view gtin, upc, ean, isbn, asin, imei,
        serial;               // as given, trimmed; empty: not given
    bool any_number = false;  // given as a JSON number: tagged
};

struct RankPoint {
    TimePoint time;
    std::int64_t rank = 0;
};

struct Market {
    std::string_view channel, marketplace, category_id, rank_category;
    std::optional<std::int64_t> active_listings, competing_offers, sales_rank, monthly_sold,
        sold_count;
    std::int64_t sold_window_days = 90;
    std::optional<MinorUnits> lowest_offer, buy_box_price;
    std::optional<bool> amazon_in_buybox;
    std::vector<RankPoint> rank_history;
};

struct Costs {
    std::optional<MinorUnits> inbound, prep, packaging, ship_out, ship_charged, storage_per_day,
        lot_share;
    std::optional<PartsPerMillion> ads_rate;
};

// `equivalence`: the Spanish scheme in which a retailer pays a surcharge on purchases and no VAT on
// sales.
enum class VatRegime : std::uint8_t { none, standard, margin, small_business, equivalence };
struct Tax {
    VatRegime regime = VatRegime::none;
    std::optional<PartsPerMillion> rate;  // absent: that of the channel's country
    bool purchase_vat = false;            // the unit cost holds VAT
};

struct Device {
    std::string_view imei, model;  // as the device's own object says
    std::string_view carrier, cosmetic;
    std::string_view functional;                     // "pass", "fail", or empty
    std::vector<std::string_view> failed_functions;  // what failed, where it was listed
    std::optional<std::int64_t> storage_gb, battery_percent;
    std::optional<bool> activation_lock, blacklist;
};

struct RiskInput {
    std::optional<bool> hazmat, lithium, adult, gated;
    std::optional<bool> authenticated;  // there is proof that it is genuine
    std::vector<std::string_view> restricted;
    std::optional<PartsPerMillion> return_rate, quantity_variance;
};

struct Overrides {
    std::optional<double> half_life_days;
    std::optional<std::int64_t> horizon_days;
    std::optional<PartsPerMillion> min_roi;
    std::optional<MinorUnits> min_profit;
    std::vector<std::string_view> channels, analyzers;
    std::string_view fee_version;               // a date: the tables in force on it
    std::vector<std::string_view> fee_options;  // "international", "stockx:level_3"
    std::optional<PartsPerMillion> sales_tax;   // what the buyer pays beside the price
};

struct Image {
    std::string_view url;
    std::string_view sha256;             // 64 hexadecimal digits, or empty
    std::int64_t width = 0, height = 0;  // in pixels; 0: not given
};

// Something about the input that does not fail the product but must be said: {"lossy_numeric",
// "/identifiers/upc"}.
struct InputNote {
    std::string_view code;  // a literal
    std::string field;      // JSON pointer
    std::string detail;
};

// All texts are views into the parser that made the product and die with its next parse; vectors
// are kept and reused, so that a parser's steady path allocates nothing. Not thread-safe.
struct Product {
    std::string_view product_id;  // from intake; never empty
    std::string_view sku, lot_id, pallet_id, lpn;
    std::string_view title, brand, model, mpn, color, size, variant, description, category,
        language;
    Identifiers identifiers;
    Condition condition = Condition::unknown;
    std::string_view condition_text;  // as given
    std::string_view condition_notes;
    std::int64_t quantity = 1;
    std::int64_t pack_size = 1;
    Currency currency;  // empty: not given and not derivable
    std::optional<MinorUnits> unit_cost, msrp, target_price;
    std::optional<std::int64_t> weight_grams;
    std::optional<std::array<std::int64_t, 3>> dimensions_mm;
    std::vector<Image> images;
    std::int64_t image_count = 0;  // as given, or as many as are listed
    Market market;
    std::vector<Comparable> comparables;
    bool has_comparables = false;  // known also where only its identity was read
    Costs costs;
    std::optional<Tax> tax;
    Device device;
    RiskInput risk;
    Overrides overrides;
    std::vector<InputNote> notes;
    // The JSON object echoed as product_data: the input as given without product_id, comparables
    // and rank history, without line breaks; of an IMEI its type (8 digits) and last 2 stay, of a
    // serial number the last 2. "{}" where the input could not be read.
    std::string_view product_data;

    void clear();  // back to the defaults, capacity kept
};

}  // namespace assay::engine
