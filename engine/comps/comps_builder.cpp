// From records to rows, from rows to their order, from the order to the index.
// SPDX-License-Identifier: MIT
#include "engine/comps/comps_builder.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <tuple>

#include "engine/analysis/attributes.hpp"
#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

static_assert(limits::comps_rows_max * (limits::comps_id_bytes_max + 1) <
              limits::comps_texts_bytes_max);
static_assert(limits::comps_texts_bytes_max <= std::numeric_limits<std::uint32_t>::max());
static_assert(limits::comps_id_bytes_max <= 255, "a length is one byte");

Error names_no_product(const Identity& identity) {
    if (!identity.conflicts.empty()) {
        return fail(ErrorCode::invalid_input, "its identifiers name different products", {},
                    "keep the one that is right");
    }
    std::string message = "names no product";
    for (const std::string_view tag : identity.tags) {
        if (tag == "numeric") continue;
        message += ": its identifier is not one (" + std::string(tag) + ")";
        break;
    }
    return fail(ErrorCode::invalid_input, std::move(message), {},
                "give a valid GTIN, UPC, EAN, ISBN or ASIN, or brand and model");
}

std::uint8_t flags_of(const Comparable& sale, const TitleFacts& title) {
    unsigned flags = 0;
    if (sale.kind == ComparableKind::active) flags |= CompsRow::active;
    if (!sale.title.empty()) flags |= CompsRow::titled;
    if (title.is_bundle) flags |= CompsRow::bundle;
    if (title.parts_only) flags |= CompsRow::parts;
    if (title.box_only) flags |= CompsRow::box_only;
    return static_cast<std::uint8_t>(flags);
}

std::uint32_t bounded(std::int64_t number) noexcept {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 1, limits::quantity_max));
}

}  // namespace

std::optional<Error> CompsBuilder::add(const SoldRecord& record) {
    product_.identifiers = record.identifiers;
    product_.currency = record.sale.currency;  // tells an eight-digit UPC-E from a GTIN-8
    identify(product_, identity_);
    const CompsKeys keys = keys_of(identity_, record.brand, record.model, record.mpn);
    if (keys.all().empty() || !identity_.conflicts.empty()) return names_no_product(identity_);
    Pending pending;
    if (auto fault = fill(record, pending.row)) return fault;
    pending.row.gtin = static_cast<std::uint32_t>(keys.gtin);
    pending.row.asin = static_cast<std::uint32_t>(keys.asin);
    for (std::size_t i = 0; i < keys.all().size(); ++i)
        pending.keys[i] = keys.all()[i].key;
    rows_.push_back(pending);
    return std::nullopt;
}

std::optional<Error> CompsBuilder::fill(const SoldRecord& record, CompsRow& row) {
    const Comparable& sale = record.sale;
    assert(!sale.currency.empty() && sale.price > 0);
    const auto refuse = [](const char* field, std::string message) {
        return fail(ErrorCode::invalid_input, std::move(message), field);
    };
    if (sale.shipping > std::numeric_limits<std::uint32_t>::max())
        return refuse("shipping", "is too large");
    if (sale.id.size() > limits::comps_id_bytes_max)
        return refuse("id",
                      "is longer than " + std::to_string(limits::comps_id_bytes_max) + " bytes");
    if (sale.source.size() > limits::comps_source_bytes_max) {
        return refuse("source", "is longer than " + std::to_string(limits::comps_source_bytes_max) +
                                    " bytes");
    }
    auto source = sources_.find(sale.source);
    if (source == sources_.end()) {
        if (sources_.size() == limits::comps_sources_max) {
            return refuse("source", "is one more than the " +
                                        std::to_string(limits::comps_sources_max) +
                                        " sources that a book may have");
        }
        source = sources_.emplace(sale.source, static_cast<std::uint16_t>(sources_.size())).first;
    }
    auto currency = std::find(currencies_.begin(), currencies_.end(), sale.currency);
    if (currency == currencies_.end()) currency = currencies_.insert(currency, sale.currency);

    const TitleFacts title =
        sale.title.empty() ? TitleFacts{} : read_title(sale.title, vocabulary_);
    row.price = sale.price;
    row.shipping = static_cast<std::uint32_t>(sale.shipping);
    if (sale.sold_at) row.sold_at = to_unix_milliseconds(*sale.sold_at);
    row.quantity = bounded(sale.quantity);
    row.title_lot = sale.title.empty() ? 0 : bounded(title.lot_quantity);
    row.source = source->second;
    row.match = static_cast<std::uint16_t>(std::lround(sale.match * CompsRow::match_full));
    row.currency = static_cast<std::uint8_t>(currency - currencies_.begin());
    row.condition = static_cast<std::uint8_t>(sale.condition);
    row.flags = flags_of(sale, title);
    row.storage = storage_code(title.storage_gb);
    if (sale.id.empty()) return std::nullopt;
    row.id_at = static_cast<std::uint32_t>(texts_.size());
    texts_ += static_cast<char>(sale.id.size());
    texts_ += sale.id;
    return std::nullopt;
}

std::string_view CompsBuilder::id_of(const CompsRow& row) const noexcept {
    if (row.id_at == 0) return {};
    return std::string_view(texts_).substr(row.id_at + 1,
                                           static_cast<unsigned char>(texts_[row.id_at]));
}

// Sources and currencies get numbers in the order of their names, not of their first use.
void CompsBuilder::settle_names(CompsTable& table) {
    std::vector<std::uint16_t> source_now(sources_.size());
    for (const auto& [name, number] : sources_) {
        source_now[number] = static_cast<std::uint16_t>(table.sources.size());
        table.sources.push_back(name);
    }
    table.currencies = currencies_;
    std::sort(table.currencies.begin(), table.currencies.end(),
              [](const Currency& a, const Currency& b) { return a.code() < b.code(); });
    std::vector<std::uint8_t> currency_now;
    for (const Currency& currency : currencies_) {
        const auto at = std::find(table.currencies.begin(), table.currencies.end(), currency);
        currency_now.push_back(static_cast<std::uint8_t>(at - table.currencies.begin()));
    }
    for (Pending& pending : rows_) {
        pending.row.source = source_now[pending.row.source];
        pending.row.currency = currency_now[pending.row.currency];
    }
}

bool CompsBuilder::before(const Pending& a, const Pending& b) const noexcept {
    if (a.row.sold_at != b.row.sold_at) return a.row.sold_at > b.row.sold_at;
    const auto facts = [](const CompsRow& row) {
        return std::tuple(row.price, row.shipping, row.quantity, row.title_lot, row.condition,
                          row.flags, row.match, row.currency, row.source, row.gtin, row.asin);
    };
    const auto facts_a = facts(a.row), facts_b = facts(b.row);
    if (facts_a != facts_b) return facts_a < facts_b;
    if (a.keys != b.keys) return a.keys < b.keys;
    return id_of(a.row) < id_of(b.row);
}

std::vector<CompsBuilder::Place> CompsBuilder::ordered() {
    std::vector<Place> order(rows_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = {rows_[i].keys[0], static_cast<std::uint32_t>(i)};
    std::sort(order.begin(), order.end(), [&](const Place& a, const Place& b) {
        if (a.product != b.product) return a.product < b.product;
        return before(rows_[a.at], rows_[b.at]);
    });
    return order;
}

// Of rows of one product with the same source and id, the first one stays.
void CompsBuilder::drop_repeats(std::vector<Place>& order) {
    struct Named {
        std::uint64_t name;
        std::size_t place;
    };
    constexpr std::uint32_t dropped = std::numeric_limits<std::uint32_t>::max();
    std::vector<Named> named;
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        named.clear();
        for (end = begin; end < order.size() && order[end].product == order[begin].product; ++end) {
            const CompsRow& row = rows_[order[end].at].row;
            if (row.id_at != 0) named.push_back({hash64(id_of(row), row.source), end});
        }
        std::sort(named.begin(), named.end(), [](const Named& a, const Named& b) {
            return a.name != b.name ? a.name < b.name : a.place < b.place;
        });
        for (std::size_t i = 1; i < named.size(); ++i) {
            if (named[i].name == named[i - 1].name) order[named[i].place].at = dropped;
        }
    }
    duplicates_ = std::erase_if(order, [](const Place& place) { return place.at == dropped; });
}

void CompsBuilder::index(CompsTable& table, const std::vector<Place>& order) const {
    struct Entry {
        CompsKey key;
        std::uint32_t row;
    };
    std::vector<Entry> entries;
    entries.reserve(order.size() * 2);
    table.rows.reserve(order.size());
    table.texts.reserve(texts_.size());
    table.texts.assign(1, '\0');
    for (const Place& place : order) {
        const Pending& pending = rows_[place.at];
        const auto number = static_cast<std::uint32_t>(table.rows.size());
        if (number == 0 || place.product != (&place - 1)->product) ++table.products;
        CompsRow& row = table.rows.emplace_back(pending.row);
        if (const std::string_view id = id_of(pending.row); !id.empty()) {
            row.id_at = static_cast<std::uint32_t>(table.texts.size());
            table.texts += static_cast<char>(id.size());
            table.texts += id;
        }
        for (const CompsKey key : pending.keys) {
            if (key != 0) entries.push_back({key, number});
        }
    }
    std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
        if (a.key != b.key) return a.key < b.key;
        return is_newer(table.rows[a.row].sold_at, a.row, table.rows[b.row].sold_at, b.row);
    });
    table.postings.reserve(entries.size());
    for (const Entry& entry : entries) {
        if (table.keys.empty() || table.keys.back() != entry.key) {
            table.keys.push_back(entry.key);
            table.begins.push_back(static_cast<std::uint32_t>(table.postings.size()));
        }
        table.postings.push_back(entry.row);
    }
    table.begins.push_back(static_cast<std::uint32_t>(table.postings.size()));
    table.keys.shrink_to_fit();
    table.begins.shrink_to_fit();
}

std::shared_ptr<const CompsBook> CompsBuilder::finish() {
    assert(!rows_.empty());
    CompsTable table;
    settle_names(table);
    std::vector<Place> order = ordered();
    drop_repeats(order);
    index(table, order);
    rows_ = {};
    texts_ = {};
    return std::make_shared<const CompsBook>(std::move(table));
}

}  // namespace assay::engine
