// Finds cells in result lines with simdjson.
// SPDX-License-Identifier: MIT
#include "tools/cli/result_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "engine/base/money.hpp"

namespace assay::tools {
namespace {

using simdjson::dom::element;
using enum ResultPart;
using enum CellKind;

constexpr std::array columns{
    ResultColumn{"product_id", product, "", "product_id", text},
    ResultColumn{"status", product, "", "status", text},
    ResultColumn{"verdict", result, "verdict", "decision", text},
    ResultColumn{"score", result, "verdict", "score", number},
    ResultColumn{"title", data, "", "title", text},
    ResultColumn{"brand", data, "", "brand", text},
    ResultColumn{"category", data, "", "category", text},
    ResultColumn{"condition", result, "attributes", "condition", text},
    ResultColumn{"condition_given", data, "", "condition", text},
    ResultColumn{"quantity", data, "", "quantity", given},
    ResultColumn{"gtin14", result, "identity", "gtin14", text},
    ResultColumn{"isbn13", result, "identity", "isbn13", text},
    ResultColumn{"asin", result, "identity", "asin", text},
    ResultColumn{"currency", result, "price", "currency", text},
    ResultColumn{"msrp", data, "", "msrp", given},
    ResultColumn{"unit_cost", data, "", "unit_cost", given},
    ResultColumn{"price_p10", result, "price", "p10", amount},
    ResultColumn{"price_p50", result, "price", "p50", amount},
    ResultColumn{"price_p90", result, "price", "p90", amount},
    ResultColumn{"price_basis", result, "price", "basis", text},
    ResultColumn{"comparables_used", result, "price", "n_used", number},
    ResultColumn{"confidence", result, "price", "confidence", number},
    ResultColumn{"confidence_level", result, "price", "level", text},
    ResultColumn{"days_expected", result, "demand", "days_expected", number},
    ResultColumn{"p_sold_30", result, "demand", "p_sold_30", number},
    ResultColumn{"p_sold_90", result, "demand", "p_sold_90", number},
    ResultColumn{"best_channel", result, "", "best_channel", text},
    ResultColumn{"list_price", best_channel, "", "list_price", amount},
    ResultColumn{"fees", best_channel, "", "fees_total", amount},
    ResultColumn{"shipping", best_channel, "", "shipping", amount},
    ResultColumn{"vat", best_channel, "", "vat", amount},
    ResultColumn{"net", best_channel, "", "net_proceeds", amount},
    ResultColumn{"profit_p10", best_channel, "", "profit_p10", amount},
    ResultColumn{"profit_p50", best_channel, "", "profit_p50", amount},
    ResultColumn{"profit_p90", best_channel, "", "profit_p90", amount},
    ResultColumn{"profit_expected", best_channel, "", "profit_expected", amount},
    ResultColumn{"roi_p50", best_channel, "", "roi_p50", number},
    ResultColumn{"roi_expected", best_channel, "", "roi_expected", number},
    ResultColumn{"margin", best_channel, "", "margin", number},
    ResultColumn{"p_loss", best_channel, "", "p_loss", number},
    ResultColumn{"break_even", best_channel, "", "break_even", amount},
    ResultColumn{"max_buy_cost", best_channel, "", "max_buy_cost", amount},
    ResultColumn{"fee_version", result, "", "fee_version", text},
    ResultColumn{"as_of", result, "", "as_of", text},
    ResultColumn{"reasons", result, "verdict", "reasons", list},
    ResultColumn{"missing", result, "verdict", "missing", list},
    ResultColumn{"error_code", error, "", "code", text},
    ResultColumn{"error_field", error, "", "field", text},
    ResultColumn{"error_message", error, "", "message", text},
};

// Nothing where the value is absent or null.
bool find(const element& object, std::string_view name, element& found) {
    return object.is_object() && object[name].get(found) == simdjson::SUCCESS && !found.is_null();
}

std::string text_of(const element& value) {
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string joined(const element& list) {
    std::string text;
    simdjson::dom::array items;
    if (list.get(items) != simdjson::SUCCESS) return text;
    for (const element item : items)
        text += (text.empty() ? "" : "; ") + text_of(item);
    return text;
}

}  // namespace

std::span<const ResultColumn> result_columns() {
    return columns;
}

struct ResultReader::Body {
    simdjson::dom::parser parser;
    std::array<element, 5> parts{};  // by ResultPart
    std::array<bool, 5> there{};
    Currency currency;

    void set(ResultPart part, const element& value) {
        parts[static_cast<std::size_t>(part)] = value;
        there[static_cast<std::size_t>(part)] = true;
    }
    void set_member(ResultPart part, std::string_view name) {
        element found;
        if (find(parts[0], name, found)) set(part, found);
    }
    bool find_cell(const ResultColumn& column, element& found) const {
        const auto index = static_cast<std::size_t>(column.part);
        if (!there[index]) return false;
        element holder = parts[index];
        if (!column.group.empty() && !find(parts[index], column.group, holder)) return false;
        return find(holder, column.member, found);
    }
    void choose_channel();
    void choose_currency();
};

void ResultReader::Body::choose_channel() {
    element name, all;
    if (!there[static_cast<std::size_t>(result)]) return;
    const element& of = parts[static_cast<std::size_t>(result)];
    simdjson::dom::array channels;
    if (!find(of, "best_channel", name) || !find(of, "channels", all)) return;
    if (all.get(channels) != simdjson::SUCCESS) return;
    for (const element channel : channels) {
        element its_name;
        if (find(channel, "channel", its_name) && text_of(its_name) == text_of(name))
            set(best_channel, channel);
    }
}

void ResultReader::Body::choose_currency() {
    currency = {};
    element code;
    static constexpr ResultColumn priced{"", result, "price", "currency", text};
    static constexpr ResultColumn as_given{"", data, "", "currency", text};
    if (!find_cell(priced, code) && !find_cell(as_given, code)) return;
    if (const auto known = Currency::parse(text_of(code))) currency = *known;
}

ResultReader::ResultReader() : body_(std::make_unique<Body>()) {}
ResultReader::~ResultReader() = default;

Result<void> ResultReader::read(std::string_view line) {
    body_->there = {};
    element root;
    if (body_->parser.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS ||
        !root.is_object()) {
        return fail(ErrorCode::invalid_json, "is no result line");
    }
    body_->set(product, root);
    body_->set_member(data, "product_data");
    body_->set_member(result, "result");
    body_->set_member(error, "error");
    body_->choose_channel();
    body_->choose_currency();
    return {};
}

ResultCell ResultReader::cell(const ResultColumn& column) const {
    element value;
    if (!body_->find_cell(column, value)) return {};
    std::int64_t integer = 0;
    switch (column.kind) {
        case amount:
            if (value.get(integer) != simdjson::SUCCESS) return {};
            return {
                format_decimal(integer, body_->currency.empty() ? 2 : body_->currency.exponent()),
                false};
        case number:
            if (!value.is_number()) return {};
            return {simdjson::minify(value), false};
        case list:
            return {joined(value), true};
        case given: {
            if (value.is_number()) return {simdjson::minify(value), false};
            element inner;
            if (find(value, "amount", inner)) value = inner;
            if (value.is_number()) return {simdjson::minify(value), false};
            return {text_of(value), true};
        }
        case text:
            break;
    }
    return {text_of(value), true};
}

std::string ResultReader::value(std::string_view column_name) const {
    const auto found =
        std::find_if(columns.begin(), columns.end(),
                     [&](const ResultColumn& column) { return column.name == column_name; });
    return found == columns.end() ? std::string() : cell(*found).text;
}

std::string ResultReader::currency() const {
    return std::string(body_->currency.code());
}

}  // namespace assay::tools
