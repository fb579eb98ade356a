// Each line is read as a comparable, and a second time for what it is of.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_lines.hpp"

#include <algorithm>
#include <array>

#include "engine/base/ascii.hpp"
#include "engine/batch/market_reader.hpp"

namespace assay::engine {
namespace {

using Element = simdjson::dom::element;

enum : std::size_t {
    gtin,
    upc,
    ean,
    isbn,
    asin,
    identifiers,
    brand,
    model,
    mpn,
    quantity,
    category,
    unit_cost
};
constexpr auto product_keys =
    make_key_table("gtin", "upc", "ean", "isbn", "asin", "identifiers", "brand", "model", "mpn",
                   "quantity", "category", "unit_cost");
constexpr auto identifier_keys = make_key_table("gtin", "upc", "ean", "isbn", "asin");
constexpr std::size_t identifier_count = identifier_keys.count();
constexpr std::size_t name_characters_max = 1'000;

std::array<std::string_view*, identifier_count> slots_of(Identifiers& out) {
    return {&out.gtin, &out.upc, &out.ean, &out.isbn, &out.asin};
}

}  // namespace

Result<void> SoldLines::feed(std::string_view bytes) {
    return lines_.feed(bytes, [this](const CutLine& cut) { return line(cut); });
}

Result<void> SoldLines::finish() {
    if (auto taken = lines_.finish([this](const CutLine& cut) { return line(cut); }); !taken)
        return taken;
    if (conditions_unknown_ > 0) {
        rows_.report().remarks.push_back(std::to_string(conditions_unknown_) +
                                         " conditions were not understood");
    }
    return {};
}

Result<void> SoldLines::line(const CutLine& cut) {
    const std::string_view text = trim(cut.text);
    if (text.empty() && !cut.too_long) return {};
    if (rows_.report().rows == 0 && (text.starts_with('[') || text == "{")) {
        return fail(ErrorCode::unsupported_media,
                    "is one JSON document, not NDJSON: one sale a line", {},
                    "write each sale on a line of its own, or send CSV");
    }
    SoldRecord record;
    record.line = cut.number;
    if (cut.too_long) {
        return rows_.put(record, fail(ErrorCode::payload_too_large, "is a line of more than 64 KiB",
                                      {}, "keep to the fields that are read"));
    }
    return rows_.put(record, read(text, record));
}

std::optional<Error> SoldLines::read(std::string_view text, SoldRecord& record) {
    Element root;
    if (auto fault = parser_.parse(text, root)) return fault;
    notes_.clear();
    reader_.start(text.size(), parser_.has_escapes(), rows_.options().money_unit, notes_);
    const JsonPath top;
    if (!read_comparable(reader_, root, top, rows_.options().currency, record.sale) ||
        !read_product(root, record))
        return std::move(*reader_.walker().fault());
    conditions_unknown_ += static_cast<std::uint64_t>(std::count_if(
        notes_.begin(), notes_.end(),
        [](const InputNote& note) { return note.code == "condition_not_understood"; }));
    if (record.sale.currency.empty()) record.sale.currency = rows_.options().currency;
    if (!record.sale.currency.empty()) return std::nullopt;
    return fail(ErrorCode::invalid_input, "is missing", "/currency",
                "write a code such as EUR, or name one for all rows");
}

bool SoldLines::read_identifiers(const Element& value, const JsonPath& path, Identifiers& out) {
    Members<identifier_count> members;
    if (!reader_.members(value, path, identifier_keys, members)) return false;
    const auto slots = slots_of(out);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (members.has(i) &&
            !reader_.text_or_number(members[i], JsonPath(path, identifier_keys.name(i)), *slots[i],
                                    out.any_number))
            return false;
    }
    return true;
}

bool SoldLines::read_product(const Element& root, SoldRecord& record) {
    const JsonPath top;
    Members<product_keys.count()> members;
    if (!reader_.members(root, top, product_keys, members)) return false;
    const auto at = [&](std::size_t key) { return JsonPath(top, product_keys.name(key)); };
    if (members.has(identifiers) &&
        !read_identifiers(members[identifiers], at(identifiers), record.identifiers))
        return false;
    const auto slots = slots_of(record.identifiers);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (members.has(i) &&
            !reader_.text_or_number(members[i], at(i), *slots[i], record.identifiers.any_number))
            return false;
    }
    if (members.has(quantity) && !reader_.integer(members[quantity], at(quantity), 1,
                                                  limits::quantity_max, record.sale.quantity))
        return false;
    bool was_number = false;
    const auto name = [&](std::size_t key, std::string_view& out) {
        if (!members.has(key)) return true;
        if (!members[key].is_string())
            return reader_.text_or_number(members[key], at(key), out, was_number);
        return reader_.text(members[key], at(key), out, name_characters_max);
    };
    if (members.has(unit_cost) &&
        !reader_.money(members[unit_cost], at(unit_cost), record.sale.currency, record.unit_cost))
        return false;
    return name(category, record.category) && name(brand, record.brand) &&
           name(model, record.model) && name(mpn, record.mpn);
}

}  // namespace assay::engine
