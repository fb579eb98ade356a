// Draws a product, then writes it as NDJSON or CSV.
// SPDX-License-Identifier: MIT
#include "tools/manifest_generator/manifest_generator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/base/json_writer.hpp"
#include "engine/base/random.hpp"
#include "tools/manifest_generator/generated_identifiers.hpp"
#include "tools/manifest_generator/word_lists.hpp"

namespace assay::tools {
namespace {

constexpr std::uint32_t minutes_per_day = 1'440;
constexpr std::size_t comparable_days = 90;
constexpr std::size_t comparables_max = 500;

struct GradedCondition {
    std::string_view name;
    double share;   // of products
    double factor;  // of the price of a new one
};
constexpr std::array<GradedCondition, 7> conditions = {{{"new", 0.28, 1.0},
                                                        {"new_other", 0.16, 0.92},
                                                        {"like_new", 0.14, 0.95},
                                                        {"very_good", 0.14, 0.90},
                                                        {"good", 0.16, 0.85},
                                                        {"acceptable", 0.08, 0.75},
                                                        {"parts", 0.04, 0.40}}};

constexpr double comparable_log_sd = 0.17;
constexpr double outlier_share = 0.08;  // bundles, spares, typing errors among sold prices

template <class T, std::size_t Count>
const T& pick(SeededRandom& random, const std::array<T, Count>& from) {
    return from[random.next_u64() % Count];
}

// Standard normal, by Box and Muller.
double next_normal(SeededRandom& random) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random.next_unit()));
    return radius * std::cos(2.0 * std::numbers::pi * random.next_unit());
}

const GradedCondition& pick_condition(SeededRandom& random) {
    double left = random.next_unit();
    for (const GradedCondition& condition : conditions) {
        left -= condition.share;
        if (left < 0) return condition;
    }
    return conditions[0];
}

MinorUnits cents(double major) {
    return std::max<MinorUnits>(1, std::llround(major * 100.0));
}

void generate_model(SeededRandom& random, std::string& out) {
    static constexpr std::string_view letters = "ABCDEFGHKLMNPRSTVWX";
    const std::uint64_t number = random.next_u64();
    out.clear();
    out += letters[number % letters.size()];
    out += letters[number / 64 % letters.size()];
    out += '-';
    out += std::to_string(100 + number / 4096 % 900);
    if (number / 4'194'304 % 3 == 0) out += letters[number / 16'777'216 % letters.size()];
}

struct OutlierKind {
    std::string_view title_prefix;
    double factor;
};
constexpr std::array<OutlierKind, 4> outlier_kinds = {
    {{"Bundle of 3: ", 2.8}, {"Lot of 2 ", 1.9}, {"For parts: ", 0.35}, {"Box only: ", 0.12}}};

void generate_comparables(SeededRandom& random, double new_price, std::size_t wanted,
                          GeneratedProduct& out) {
    const double rareness = random.next_unit();
    std::size_t count = std::min(wanted, comparables_max);
    if (rareness < 0.05) {
        count = 0;
    } else if (rareness < 0.13) {
        count = std::min<std::size_t>(count, 1 + random.next_u64() % 3);
    }
    out.comparables.resize(count);
    for (GeneratedComparable& comparable : out.comparables) {
        const GradedCondition& condition = pick_condition(random);
        double price =
            new_price * condition.factor * std::exp(comparable_log_sd * next_normal(random));
        comparable.title_prefix = {};
        if (random.next_unit() < outlier_share) {
            const OutlierKind& kind = pick(random, outlier_kinds);
            comparable.title_prefix = kind.title_prefix;
            price *= kind.factor;
        }
        const std::uint64_t number = random.next_u64();
        comparable.price = cents(price);
        comparable.shipping =
            number % 5 < 2 ? 0 : static_cast<MinorUnits>(399 + number / 8 % 10 * 100);
        comparable.age_minutes =
            static_cast<std::uint32_t>(number / 128 % (comparable_days * minutes_per_day));
        comparable.condition = condition.name;
    }
}

// A cell as RFC 4180 wants it.
void append_cell(std::string& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

double factor_of(std::string_view condition) noexcept {
    for (const GradedCondition& known : conditions) {
        if (known.name == condition) return known.factor;
    }
    return 0;
}

void append_two_digits(std::uint32_t number, std::string& out) {
    out += static_cast<char>('0' + number / 10 % 10);
    out += static_cast<char>('0' + number % 10);
}

}  // namespace

ManifestGenerator::ManifestGenerator(GeneratorOptions options) : options_(options) {
    for (std::size_t day = 0; day <= comparable_days + 1; ++day) {
        const TimePoint time = options_.as_of - std::chrono::days(day);
        days_.push_back(to_rfc3339(time).substr(0, 11));
    }
    const auto of_day = options_.as_of - std::chrono::floor<std::chrono::days>(options_.as_of);
    minute_of_day_ = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::minutes>(of_day).count());
}

void ManifestGenerator::make(std::uint64_t index, GeneratedProduct& out) const {
    // One generator per product: its stream starts where a hash of seed and index says.
    SeededRandom seeder(options_.seed ^ (index * 0x9e3779b97f4a7c15ULL));
    SeededRandom random(seeder.next_u64());
    const Department& department = pick(random, departments);
    const std::string_view brand = pick(random, department.brands);
    const std::string_view thing = pick(random, department.things);
    const std::string_view quality = pick(random, department.qualities);
    generate_model(random, out.model);
    out.product_id = "g" + std::to_string(options_.seed) + "-" + std::to_string(index);
    out.title.assign(brand).append(" ").append(thing).append(" ").append(out.model);
    out.title.append(" ").append(quality);
    out.department = department.name;
    out.subcategory = pick(random, department.subcategories);
    const GradedCondition& condition = pick_condition(random);
    const double new_price =
        department.median_price * std::exp(department.price_spread * next_normal(random));
    out.true_price = cents(new_price * condition.factor);

    // What real manifests leave out.
    out.brand = random.next_unit() < 0.92 ? brand : std::string_view();
    out.condition = random.next_unit() < 0.94 ? condition.name : std::string_view();
    out.msrp = random.next_unit() < 0.88 ? cents(new_price * (1.2 + 0.8 * random.next_unit())) : -1;
    out.unit_cost = random.next_unit() < 0.90
                        ? cents(new_price * condition.factor * (0.15 + 0.5 * random.next_unit()))
                        : -1;
    out.weight_grams =
        random.next_unit() < 0.85
            ? std::llround(department.median_grams * std::exp(0.4 * next_normal(random)))
            : -1;
    out.quantity =
        random.next_unit() < 0.75 ? 1 : 2 + static_cast<std::int64_t>(random.next_u64() % 11);
    const double rate = department.sold_per_quarter * std::exp(0.9 * next_normal(random));
    const bool has_market = random.next_unit() < 0.8;
    out.sold_count = has_market ? std::llround(rate) : -1;
    out.active_listings = has_market ? std::llround(rate * (0.3 + random.next_unit())) : -1;
    generate_identifiers(random, department.name == "Books", out);
    out.pallet_id = "PAL-" + std::to_string(1 + index / 40);
    generate_comparables(random, new_price, options_.comparables, out);
}

void ManifestGenerator::append_time(std::uint32_t age_minutes, std::string& out) const {
    // Minutes before as_of, split at midnight.
    std::uint32_t day = 0;
    std::uint32_t minute = minute_of_day_;
    if (age_minutes <= minute) {
        minute -= age_minutes;
    } else {
        const std::uint32_t beyond = age_minutes - minute;
        day = (beyond + minutes_per_day - 1) / minutes_per_day;
        minute = day * minutes_per_day - beyond;
    }
    out += days_[day];
    append_two_digits(minute / 60, out);
    out += ':';
    append_two_digits(minute % 60, out);
    out += ":00Z";
}

void ManifestGenerator::append_ndjson(std::uint64_t index, std::string& out) {
    GeneratedProduct& product = product_;
    make(index, product);
    JsonWriter writer(out);
    const auto text = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) writer.member(key, value);
    };
    const auto number = [&](std::string_view key, std::int64_t value) {
        if (value >= 0) writer.member(key, value);
    };
    writer.begin_object();
    text("product_id", product.product_id);
    text("title", product.title);
    text("brand", product.brand);
    text("model", product.model);
    writer.key("category")
        .string(std::string(product.department).append(" > ").append(product.subcategory));
    text("condition", product.condition);
    writer.key("identifiers").begin_object();
    text("gtin", product.gtin);
    text("upc", product.upc);
    text("ean", product.ean);
    text("isbn", product.isbn);
    text("asin", product.asin);
    writer.end_object();
    writer.member("quantity", product.quantity).member("currency", "USD");
    number("unit_cost", product.unit_cost);
    number("msrp", product.msrp);
    number("weight_g", product.weight_grams);
    text("pallet_id", product.pallet_id);
    if (product.sold_count >= 0) {
        writer.key("market").begin_object().member("marketplace", "EBAY_US");
        number("active_listings", product.active_listings);
        number("sold_count", product.sold_count);
        writer.member("sold_window_days", 90).end_object();
    }
    writer.key("comparables").begin_array();
    std::string time, title;
    for (const GeneratedComparable& comparable : product.comparables) {
        time.clear();
        append_time(comparable.age_minutes, time);
        title.assign(comparable.title_prefix).append(product.title);
        writer.begin_object();
        writer.member("price", comparable.price).member("shipping", comparable.shipping);
        writer.member("sold_at", time).member("condition", comparable.condition);
        writer.member("title", title).member("source", "ebay_us").end_object();
    }
    writer.end_array().end_object();
    out += '\n';
}

void ManifestGenerator::append_csv_header(std::string& out) {
    out +=
        "product_id,Item Description,Brand,Model,Category,Subcategory,Condition,UPC,EAN,GTIN,ISBN,"
        "ASIN,Qty,Unit Retail,Ext. Retail,Unit Cost,Currency Code,Weight,Weight UOM,Sold Count,"
        "Active Listings,Pallet ID\n";
}

void ManifestGenerator::append_csv(std::uint64_t index, std::string& out) {
    GeneratedProduct& product = product_;
    make(index, product);
    const auto text = [&](std::string_view value) {
        append_cell(out, value);
        out += ',';
    };
    const auto amount = [&](MinorUnits value) {
        if (value >= 0) out += format_decimal(value, 2);
        out += ',';
    };
    const auto number = [&](std::int64_t value) {
        if (value >= 0) out += std::to_string(value);
        out += ',';
    };
    for (const std::string_view value :
         {std::string_view(product.product_id), std::string_view(product.title), product.brand,
          std::string_view(product.model), product.department, product.subcategory,
          product.condition, std::string_view(product.upc), std::string_view(product.ean),
          std::string_view(product.gtin), std::string_view(product.isbn),
          std::string_view(product.asin)})
        text(value);
    number(product.quantity);
    amount(product.msrp);
    amount(product.msrp < 0 ? -1 : product.msrp * product.quantity);
    amount(product.unit_cost);
    out += "USD,";
    number(product.weight_grams);
    out += product.weight_grams >= 0 ? "GR," : ",";
    number(product.sold_count);
    number(product.active_listings);
    append_cell(out, product.pallet_id);
    out += '\n';
}

void ManifestGenerator::append_comps_csv_header(std::string& out) {
    out +=
        "Sold Date,Item Title,Brand,Model,UPC,EAN,GTIN,ISBN,ASIN,Condition,Qty,Sold Price,Shipping,"
        "Currency,Marketplace,Order ID\n";
}

void ManifestGenerator::append_comps_csv(std::uint64_t index, std::size_t count, std::string& out) {
    constexpr std::int64_t old_minutes = std::int64_t{720} * minutes_per_day;
    constexpr std::int64_t recent_minutes = std::int64_t{comparable_days} * minutes_per_day;
    constexpr std::int64_t future_minutes = std::int64_t{5} * minutes_per_day;
    GeneratedProduct& product = product_;
    make(index, product);
    // A stream of its own: the manifest is the same with and without sold prices.
    SeededRandom random(options_.seed ^ 0xc0a95ULL ^ (index * 0xd1342543de82ef95ULL));
    const double own_factor = factor_of(product.condition);
    std::string title;
    for (std::size_t sale = 0; sale < count; ++sale) {
        const GradedCondition& other = pick_condition(random);
        const bool same = own_factor == 0 || random.next_unit() < 0.6;
        double price = static_cast<double>(product.true_price) / 100 *
                       (same ? 1.0 : other.factor / own_factor) *
                       std::exp(comparable_log_sd * next_normal(random));
        title.clear();
        if (random.next_unit() < outlier_share) {
            const OutlierKind& kind = pick(random, outlier_kinds);
            title = kind.title_prefix;
            price *= kind.factor;
        }
        title += product.title;
        const double age = random.next_unit();
        const auto minutes = static_cast<std::int64_t>(
            age < 0.01 ? -random.next_unit() * static_cast<double>(future_minutes)
            : age < 0.66
                ? random.next_unit() * static_cast<double>(recent_minutes)
                : static_cast<double>(recent_minutes) +
                      random.next_unit() * static_cast<double>(old_minutes - recent_minutes));
        const std::uint64_t number = random.next_u64();
        out += to_rfc3339(options_.as_of - std::chrono::minutes(minutes)).substr(0, 16);
        out += ":00Z,";
        for (const std::string_view text :
             {std::string_view(title), product.brand, std::string_view(product.model),
              std::string_view(product.upc), std::string_view(product.ean),
              std::string_view(product.gtin), std::string_view(product.isbn),
              std::string_view(product.asin), same ? product.condition : other.name}) {
            append_cell(out, text);
            out += ',';
        }
        out += "1,";
        if (number % 500 == 0) out += '-';
        out += format_decimal(cents(price), 2) + ',';
        if (number / 512 % 5 >= 2)
            out += format_decimal(static_cast<MinorUnits>(399 + number / 4096 % 10 * 100), 2);
        out += ",USD,ebay_us,";
        out += std::to_string(options_.seed) + '-' + std::to_string(index) + '-' +
               std::to_string(sale) + '\n';
    }
}

}  // namespace assay::tools
