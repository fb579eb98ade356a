// The amounts of a row: read, brought to one currency, totals shared out.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/batch/csv_product.hpp"

namespace assay::engine {
namespace {

using enum CsvField;

std::optional<MinorUnits> minor_units(const CsvAmount& amount, int decimals) {
    bool lost = false;
    const auto minor = parse_decimal(round_decimal(amount.decimal, decimals, lost), decimals);
    return minor ? std::optional(*minor) : std::nullopt;
}

struct PlainAmount {
    CsvField field;
    std::string_view key;
};
constexpr PlainAmount plain_amounts[] = {{msrp, "msrp"},
                                         {msrp_total, "msrp_total"},
                                         {unit_cost, "unit_cost"},
                                         {cost_total, "cost_total"},
                                         {target_price, "target_price"}};
constexpr PlainAmount cost_amounts[] = {
    {ship_out, "ship_out"}, {prep, "prep"}, {inbound, "inbound"}};

}  // namespace

const std::optional<CsvAmount>& CsvProduct::amount(CsvField field) const {
    static const std::optional<CsvAmount> absent;
    for (const Given& given : given_) {
        if (given.field == field) return given.amount;
    }
    return absent;
}

std::optional<Error> CsvProduct::read_currency_of(const Cells& cells) {
    currency_ = {};
    const std::string_view code = cell(cells, CsvField::currency);
    column_currency_ = !code.empty();
    if (code.empty()) return std::nullopt;
    if (code == last_currency_.code()) {
        currency_ = last_currency_;
    } else if (const auto parsed = read_currency(code)) {
        currency_ = last_currency_ = *parsed;
    } else {
        column_currency_ = false;
        return fault(CsvField::currency, code, "is not an ISO 4217 currency",
                     "write a code such as EUR or USD");
    }
    return std::nullopt;
}

std::optional<Error> CsvProduct::read_amounts(const Cells& cells) {
    std::optional<Error> first = read_currency_of(cells);
    for (Given& given : given_) {
        given.amount.reset();
        const std::string_view text = cell(cells, given.field);
        if (text.empty()) continue;
        auto read = read_csv_amount(text, layout_.decimal_comma);
        const bool bad = !read || !read->unit.empty();
        if (bad || read->decimal.starts_with('-')) {
            if (!first)
                first = fault(given.field, text, bad ? "is not an amount of money" : "is negative",
                              "write an amount such as 9.99");
            continue;
        }
        // The header's currency stands for cells that name none, or only "$".
        const Currency of_header = layout_.columns.currency[static_cast<std::size_t>(given.field)];
        if (read->currency.empty() && (!read->dollar || is_a_dollar(of_header))) {
            read->currency = of_header;
            if (!of_header.empty()) read->dollar = false;
        }
        if (currency_.empty()) currency_ = read->currency;
        if (currency_.empty() && read->dollar) currency_ = *Currency::parse("USD");
        given.amount = std::move(read);
    }
    return first;
}

void CsvProduct::write_amount(JsonWriter& writer, std::string_view key, const CsvAmount& amount,
                              CsvTallies& tallies) {
    const Currency named = amount.currency;
    const bool other_dollar = column_currency_ && amount.dollar && !is_a_dollar(currency_);
    writer.key(key);
    if (other_dollar || (!named.empty() && named != currency_)) {
        writer.begin_object().member("amount", amount.decimal);
        writer.member("currency", other_dollar ? "USD" : named.code()).end_object();
        return;
    }
    bool lost = false;
    writer.string(round_decimal(amount.decimal, currency_.exponent(), lost));
    tallies.rounded += lost ? 1 : 0;
}

void CsvProduct::write_amounts(JsonWriter& writer, std::int64_t quantity, std::uint64_t line,
                               CsvTallies& tallies) {
    if (!currency_.empty()) {
        writer.member("currency", currency_.code());
        std::vector<Currency>& met = tallies.currencies;
        if (met.size() < limits::currencies_listed_max &&
            std::find(met.begin(), met.end(), currency_) == met.end())
            met.push_back(currency_);
    }
    if (given_.empty()) return;
    for (const PlainAmount& plain : plain_amounts) {
        if (const auto& given = amount(plain.field))
            write_amount(writer, plain.key, *given, tallies);
    }
    settle_total(writer, msrp, msrp_total, quantity, line, tallies);
    settle_total(writer, unit_cost, cost_total, quantity, line, tallies);
    bool open = false;
    for (const PlainAmount& cost : cost_amounts) {
        const auto& given = amount(cost.field);
        if (!given) continue;
        if (!open) writer.key("costs").begin_object();
        open = true;
        write_amount(writer, cost.key, *given, tallies);
    }
    if (open) writer.end_object();
    write_sold_price(writer, tallies);
}

// The unit amounts win; where only a total stands, it is shared out.
void CsvProduct::settle_total(JsonWriter& writer, CsvField unit, CsvField total,
                              std::int64_t quantity, std::uint64_t line, CsvTallies& tallies) {
    const int decimals = currency_.exponent();
    const auto& total_amount = amount(total);
    if (!total_amount) return;
    const auto sum = minor_units(*total_amount, decimals);
    if (!sum) return;
    if (total == msrp_total) tallies.retail += *sum;
    const auto& unit_amount = amount(unit);
    if (!unit_amount) {
        writer.member(to_string(unit), format_decimal(divide_half_up(*sum, quantity), decimals));
        return;
    }
    const auto each = minor_units(*unit_amount, decimals);
    if (!each) return;
    const Int128 difference = static_cast<Int128>(*each) * quantity - *sum;
    if (difference <= quantity && difference >= -quantity) return;  // a cent of rounding each
    if (tallies.totals_differ++ == 0) tallies.first_total_line = line;
}

// What units like it were sold for is one comparable, whose date nobody knows.
void CsvProduct::write_sold_price(JsonWriter& writer, CsvTallies& tallies) {
    const auto& price = amount(sold_price);
    if (!price || price->decimal.find_first_not_of("0.") == std::string::npos) return;
    writer.key("comparables").begin_array().begin_object();
    write_amount(writer, "price", *price, tallies);
    writer.member("kind", "sold");
    writer.member("source", layout_.headers[layout_.columns.column(sold_price)]);
    writer.end_object().end_array();
}

}  // namespace assay::engine
