// The objects `market` and `comparables` of a product.
// SPDX-License-Identifier: MIT
#include "engine/batch/market_reader.hpp"

#include <array>
#include <string>

namespace assay::engine {
namespace {

using Element = simdjson::dom::element;

constexpr std::int64_t count_max = 1'000'000'000;
constexpr std::int64_t window_days_max = 3'650;

namespace market_key {
enum : std::size_t {
    channel,
    marketplace,
    category_id,
    active_listings,
    competing_offers,
    lowest_offer,
    buy_box_price,
    amazon_in_buybox,
    sales_rank,
    rank_category,
    rank_history,
    monthly_sold,
    sold_count,
    sold_window_days
};
}
constexpr auto market_keys = make_key_table(
    "channel", "marketplace", "category_id", "active_listings", "competing_offers", "lowest_offer",
    "buy_box_price", "amazon_in_buybox", "sales_rank", "rank_category", "rank_history",
    "monthly_sold", "sold_count", "sold_window_days");

namespace comparable_key {
enum : std::size_t {
    price,
    shipping,
    currency,
    sold_at,
    condition,
    title,
    qty,
    match,
    source,
    id,
    kind
};
}
constexpr auto comparable_keys =
    make_key_table("price", "shipping", "currency", "sold_at", "condition", "title", "qty", "match",
                   "source", "id", "kind");

// [time, rank]; a time is text or Unix seconds. A negative rank (Keepa's "none") is left out.
bool read_rank_point(FieldReader& reader, const Element& value, const JsonPath& path,
                     std::vector<RankPoint>& out) {
    constexpr std::string_view wanted = "a pair [time, rank]";
    if (!value.is_array() || array_of(value).size() != 2) return reader.wrong_type(path, wanted);
    const Element time = value.at(0).value_unsafe();
    const JsonPath time_path(path, std::size_t{0});
    RankPoint point;
    if (time.is_string()) {
        if (!reader.time(time, time_path, point.time)) return false;
    } else {
        std::int64_t seconds = 0;
        constexpr std::int64_t year_9999 = 253'402'300'799;
        if (!reader.integer(time, time_path, 0, year_9999, seconds)) return false;
        point.time = from_unix_milliseconds(seconds * 1000);
    }
    if (!reader.integer(value.at(1).value_unsafe(), JsonPath(path, std::size_t{1}), -2, count_max,
                        point.rank))
        return false;
    if (point.rank >= 0) out.push_back(point);
    return true;
}

bool read_rank_history(FieldReader& reader, const Element& value, const JsonPath& path,
                       std::vector<RankPoint>& out) {
    if (!value.is_array()) return reader.wrong_type(path, "a list of pairs [time, rank]");
    const auto points = array_of(value);
    if (points.size() > limits::rank_history_max) {
        return reader.fail(ErrorCode::invalid_input, path,
                           "has more than " + std::to_string(limits::rank_history_max) + " entries",
                           "keep the newest");
    }
    std::size_t index = 0;
    for (const Element point : points) {
        if (!read_rank_point(reader, point, JsonPath(path, index++), out)) return false;
    }
    return true;
}

bool read_kind(FieldReader& reader, const Element& value, const JsonPath& path,
               ComparableKind& out) {
    std::string_view kind;
    if (!reader.text(value, path, kind)) return false;
    if (kind != "sold" && kind != "active") return reader.wrong_type(path, "sold or active");
    out = kind == "sold" ? ComparableKind::sold : ComparableKind::active;
    return true;
}

// A price and the postage beside it must be in one currency; the object's own wins over a missing
// one. `named` is what the comparable's `currency` said.
bool read_price(FieldReader& reader, const Members<11>& members, const JsonPath& path,
                Currency product_currency, Currency named, Comparable& out) {
    using namespace comparable_key;
    const Currency expected = named.empty() ? product_currency : named;
    const JsonPath price_path(path, "price");
    Currency in_price;
    if (!reader.amount(members[price], price_path, expected, out.price, in_price)) return false;
    if (out.price == 0) {
        return reader.fail(ErrorCode::invalid_input, price_path, "is 0",
                           "leave out comparables without a price");
    }
    out.currency = in_price.empty() ? named : in_price;
    if (!members.has(shipping)) return true;
    const Currency of_price = out.currency.empty() ? product_currency : out.currency;
    const JsonPath shipping_path(path, "shipping");
    Currency in_shipping;
    if (!reader.amount(members[shipping], shipping_path, of_price, out.shipping, in_shipping))
        return false;
    if (in_shipping.empty() || of_price.empty() || in_shipping == of_price) return true;
    return reader.fail(ErrorCode::invalid_input, shipping_path,
                       "is in another currency than the price", "write both in one currency");
}

struct MarketplaceCurrency {
    std::string_view ending, code;
};
constexpr MarketplaceCurrency marketplace_currencies[] = {
    {"_US", "USD"}, {"_DE", "EUR"}, {"_AT", "EUR"}, {"_FR", "EUR"}, {"_IT", "EUR"},
    {"_ES", "EUR"}, {"_NL", "EUR"}, {"_BE", "EUR"}, {"_IE", "EUR"}, {"_GB", "GBP"},
    {"_UK", "GBP"}, {"_CA", "CAD"}, {"_AU", "AUD"}, {"_CH", "CHF"}, {"_PL", "PLN"},
};

}  // namespace

bool read_market(FieldReader& reader, const Element& value, const JsonPath& path,
                 Currency product_currency, Market& out) {
    using namespace market_key;
    Members<14> members;
    if (!reader.members(value, path, market_keys, members)) return false;
    const auto at = [&](std::size_t key) { return JsonPath(path, market_keys.name(key)); };
    const auto text = [&](std::size_t key, std::string_view& into) {
        bool was_number = false;
        return !members.has(key) || reader.text_or_number(members[key], at(key), into, was_number);
    };
    const auto count = [&](std::size_t key, std::optional<std::int64_t>& into) {
        return !members.has(key) || reader.integer(members[key], at(key), 0, count_max, into);
    };
    const auto money = [&](std::size_t key, std::optional<MinorUnits>& into) {
        return !members.has(key) || reader.money(members[key], at(key), product_currency, into);
    };
    return text(channel, out.channel) && text(marketplace, out.marketplace) &&
           text(category_id, out.category_id) && text(rank_category, out.rank_category) &&
           count(active_listings, out.active_listings) &&
           count(competing_offers, out.competing_offers) && count(sales_rank, out.sales_rank) &&
           count(monthly_sold, out.monthly_sold) && count(sold_count, out.sold_count) &&
           money(lowest_offer, out.lowest_offer) && money(buy_box_price, out.buy_box_price) &&
           (!members.has(amazon_in_buybox) ||
            reader.flag(members[amazon_in_buybox], at(amazon_in_buybox), out.amazon_in_buybox)) &&
           (!members.has(sold_window_days) ||
            reader.integer(members[sold_window_days], at(sold_window_days), 1, window_days_max,
                           out.sold_window_days)) &&
           (!members.has(rank_history) ||
            read_rank_history(reader, members[rank_history], at(rank_history), out.rank_history));
}

bool read_comparable(FieldReader& reader, const Element& value, const JsonPath& path,
                     Currency product_currency, Comparable& out) {
    using namespace comparable_key;
    Members<11> members;
    if (!reader.members(value, path, comparable_keys, members)) return false;
    if (!members.has(price)) {
        return reader.fail(ErrorCode::invalid_input, JsonPath(path, "price"), "is missing",
                           "give each comparable its price");
    }
    const auto at = [&](std::size_t key) { return JsonPath(path, comparable_keys.name(key)); };
    Currency named;
    if (members.has(currency) && !reader.currency(members[currency], at(currency), named))
        return false;
    if (!read_price(reader, members, path, product_currency, named, out)) return false;
    if (members.has(sold_at)) {
        TimePoint time;
        if (!reader.time(members[sold_at], at(sold_at), time)) return false;
        out.sold_at = time;
    }
    std::string_view condition_text;
    bool was_number = false;
    return (!members.has(condition) ||
            reader.condition(members[condition], at(condition), out.condition, condition_text)) &&
           (!members.has(title) || reader.text(members[title], at(title), out.title)) &&
           (!members.has(qty) ||
            reader.integer(members[qty], at(qty), 1, limits::quantity_max, out.quantity)) &&
           (!members.has(match) || reader.number(members[match], at(match), 0, 1, out.match)) &&
           (!members.has(source) || reader.text(members[source], at(source), out.source)) &&
           (!members.has(id) || reader.text_or_number(members[id], at(id), out.id, was_number)) &&
           (!members.has(kind) || read_kind(reader, members[kind], at(kind), out.kind));
}

bool read_comparables(FieldReader& reader, const Element& value, const JsonPath& path,
                      Currency currency, std::vector<Comparable>& out) {
    if (!value.is_array()) return reader.wrong_type(path, "a list of comparables");
    const auto comparables = array_of(value);
    if (comparables.size() > limits::comparables_max) {
        return reader.fail(ErrorCode::invalid_input, path,
                           "has " + std::to_string(comparables.size()) + " entries, more than " +
                               std::to_string(limits::comparables_max),
                           "keep the newest " + std::to_string(limits::comparables_max));
    }
    std::size_t index = 0;
    bool mixed = false;
    for (const Element comparable : comparables) {
        const JsonPath at(path, index++);
        Comparable& read = out.emplace_back();
        if (!read_comparable(reader, comparable, at, currency, read)) return false;
        const bool other = !read.currency.empty() && !currency.empty() && read.currency != currency;
        if (other && !mixed) {
            reader.note("mixed_currencies", at,
                        "this one, perhaps others, is not in " + std::string(currency.code()));
        }
        mixed = mixed || other;
    }
    return true;
}

Currency currency_of_comparables(FieldReader& reader, const Element& value) {
    if (!value.is_array()) return {};
    for (const Element comparable : array_of(value)) {
        Currency named = reader.peek_currency(comparable);
        Element price;
        if (named.empty() && comparable.is_object() &&
            comparable["price"].get(price) == simdjson::SUCCESS)
            named = reader.peek_currency(price);
        if (!named.empty()) return named;
    }
    return {};
}

Currency currency_of_marketplace(std::string_view marketplace) noexcept {
    if (!marketplace.starts_with("EBAY_") && !marketplace.starts_with("AMAZON_")) return {};
    for (const auto& row : marketplace_currencies) {
        if (marketplace.ends_with(row.ending))
            return Currency::parse(row.code).value_or(Currency{});
    }
    return {};
}

}  // namespace assay::engine
