// The layout first, then row by row: money, date and the rest of a sale, each with its own fault.
// SPDX-License-Identifier: MIT
#include "engine/batch/sold_csv.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/utf8.hpp"
#include "engine/batch/csv_amount.hpp"
#include "engine/batch/csv_layout.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {

Result<void> SoldCsv::feed(std::string_view bytes) {
    if (reader_) return reader_->feed(bytes);
    head_ += bytes;
    return head_.size() < csv_head_bytes ? Result<void>{} : begin();
}

Result<void> SoldCsv::begin() {
    auto layout = read_sold_layout(std::string_view(head_).substr(0, csv_head_bytes),
                                   rows_.options().columns);
    if (!layout) return layout.error();
    layout_ = *std::move(layout);
    reader_.emplace(layout_->delimiter, [this](const TableRecord& read) { return row(read); });
    rows_.report().columns = layout_->columns();
    rows_.report().delimiter = std::string(1, layout_->delimiter);
    const std::string head = std::move(head_);
    return reader_->feed(head);
}

Result<void> SoldCsv::finish() {
    if (!reader_) {
        if (auto begun = begin(); !begun) return begun;
    }
    if (auto finished = reader_->finish(); !finished) return finished;
    SoldReport& report = rows_.report();
    if (latin1_rows_ > 0) {
        report.encoding = "latin-1";
        report.remarks.push_back(std::to_string(latin1_rows_) +
                                 " rows not valid UTF-8, read as latin-1 (Windows-1252)");
    }
    if (conditions_unknown_ > 0) {
        report.remarks.push_back(std::to_string(conditions_unknown_) +
                                 " conditions were not understood");
    }
    if (rounded_ > 0) {
        report.remarks.push_back(
            std::to_string(rounded_) +
            " amounts with more decimals than the currency were rounded half up");
    }
    if (layout_->column(SoldField::sold_at) == SoldLayout::none) {
        report.remarks.push_back("no column holds the date of the sale: all count as undated");
    }
    return {};
}

void SoldCsv::prepare(const TableRecord& read) {
    cells_ = read.cells;
    if (!is_utf8(read.bytes)) {
        ++latin1_rows_;
        transcoded_.clear();
        transcoded_.reserve(read.bytes.size() * 3);  // so that views into it stay
        for (std::string_view& cell : cells_) {
            const std::size_t begin = transcoded_.size();
            append_latin1(transcoded_, cell);
            cell = std::string_view(transcoded_).substr(begin);
        }
    }
    for (std::string_view& cell : cells_)
        cell = trim_blanks(cell);
}

std::string_view SoldCsv::cell(SoldField field) const {
    const std::size_t column = layout_->column(field);
    if (column >= cells_.size() || is_absent(cells_[column])) return {};
    return cells_[column];
}

Error SoldCsv::fault(SoldField field, std::string message, std::string remedy) const {
    return fail(ErrorCode::invalid_input, std::move(message), std::string(layout_->name(field)),
                std::move(remedy));
}

Result<void> SoldCsv::row(const TableRecord& read_row) {
    if (read_row.line <= layout_->header_line) return {};
    prepare(read_row);
    const auto is_blank = [](std::string_view cell) { return cell.empty(); };
    if (!read_row.fault && std::all_of(cells_.begin(), cells_.end(), is_blank)) return {};
    SoldRecord record;
    record.line = read_row.line;
    if (read_row.fault) return rows_.put(record, read_row.fault);
    if (read_row.bytes.size() > limits::comps_row_bytes_max) {
        return rows_.put(record, fail(ErrorCode::payload_too_large, "is a row of more than 64 KiB",
                                      {}, "keep to the columns that are read"));
    }
    const std::size_t width = layout_->headers.size();
    if (cells_.size() > width &&
        !std::all_of(cells_.begin() + static_cast<std::ptrdiff_t>(width), cells_.end(), is_blank)) {
        return rows_.put(record, fail(ErrorCode::invalid_input,
                                      "has " + std::to_string(cells_.size()) +
                                          " cells where the header has " + std::to_string(width),
                                      {}, "put cells that hold the delimiter in quotes"));
    }
    return rows_.put(record, read(record));
}

std::optional<Error> SoldCsv::read(SoldRecord& record) {
    record.identifiers.gtin = cell(SoldField::gtin);
    record.identifiers.upc = cell(SoldField::upc);
    record.identifiers.ean = cell(SoldField::ean);
    record.identifiers.isbn = cell(SoldField::isbn);
    record.identifiers.asin = cell(SoldField::asin);
    record.brand = cell(SoldField::brand);
    record.model = cell(SoldField::model);
    record.mpn = cell(SoldField::mpn);
    record.category = cell(SoldField::category);
    record.sale.title = cell(SoldField::title);
    record.sale.source = cell(SoldField::source);
    record.sale.id = cell(SoldField::id);
    if (auto wrong = read_money(record.sale)) return wrong;
    record.unit_cost = read_cost(record.sale.currency);
    return read_facts(record.sale);
}

std::optional<Error> SoldCsv::read_money(Comparable& sale) {
    Currency row_currency;
    if (const auto code = cell(SoldField::currency); !code.empty()) {
        if (code != last_currency_.code()) {
            const auto parsed = Currency::parse(code);
            if (!parsed) {
                return fault(SoldField::currency, "is not an ISO 4217 currency",
                             "write a code such as EUR or USD");
            }
            last_currency_ = *parsed;
        }
        row_currency = last_currency_;
    }
    sale.currency = row_currency;
    for (const SoldField field : {SoldField::price, SoldField::shipping}) {
        const std::string_view text = cell(field);
        if (text.empty()) {
            if (field == SoldField::shipping) continue;
            return fault(field, "is empty", "leave out what was not sold");
        }
        const auto amount = read_csv_amount(text, layout_->decimal_comma);
        if (!amount || !amount->unit.empty())
            return fault(field, "is not an amount of money", "write an amount such as 9.99");
        if (amount->decimal.starts_with('-'))
            return fault(field, "is negative", "leave out refunds");
        if (sale.currency.empty()) sale.currency = amount->currency;
        if (sale.currency.empty() && amount->dollar) {
            sale.currency = is_a_dollar(rows_.options().currency) ? rows_.options().currency
                                                                  : *Currency::parse("USD");
        }
        if (sale.currency.empty()) sale.currency = rows_.options().currency;
        if (sale.currency.empty()) {
            return fault(SoldField::currency, "is missing",
                         "add a column with a code such as EUR, or name one for all rows");
        }
        const bool other = (!amount->currency.empty() && amount->currency != sale.currency) ||
                           (amount->dollar && !is_a_dollar(sale.currency));
        if (other) {
            return fault(field, "is not in " + std::string(sale.currency.code()),
                         "write price, shipping and currency of a row in one currency");
        }
        const int decimals = sale.currency.exponent();
        bool lost = false;
        const auto minor = parse_decimal(round_decimal(amount->decimal, decimals, lost), decimals);
        if (!minor) return fault(field, minor.error().message, minor.error().remedy);
        if (lost) ++rounded_;
        (field == SoldField::price ? sale.price : sale.shipping) = *minor;
    }
    if (sale.price == 0) return fault(SoldField::price, "is 0", "leave out what was not sold");
    return std::nullopt;
}

// What a piece had cost tells nothing of its price: one that cannot be read costs no row.
std::optional<MinorUnits> SoldCsv::read_cost(Currency currency) const {
    const auto amount = read_csv_amount(cell(SoldField::unit_cost), layout_->decimal_comma);
    if (!amount || !amount->unit.empty() || amount->decimal.starts_with('-')) return std::nullopt;
    if (!amount->currency.empty() && amount->currency != currency) return std::nullopt;
    bool lost = false;
    const auto minor = parse_decimal(round_decimal(amount->decimal, currency.exponent(), lost),
                                     currency.exponent());
    return minor ? std::optional(*minor) : std::nullopt;
}

std::optional<Error> SoldCsv::read_facts(Comparable& sale) {
    if (const auto text = cell(SoldField::sold_at); !text.empty()) {
        auto time = read_sold_date(text, layout_->dates);
        if (!time) return fault(SoldField::sold_at, time.error().message, time.error().remedy);
        sale.sold_at = *time;
    }
    if (const auto text = cell(SoldField::condition); !text.empty()) {
        const auto condition = parse_condition(text);
        sale.condition = condition.value_or(Condition::unknown);
        if (!condition) ++conditions_unknown_;
    }
    const auto number = [](std::string_view text, auto& out) {
        const char* const end = text.data() + text.size();
        const auto [stop, wrong] = std::from_chars(text.data(), end, out);
        return wrong == std::errc{} && stop == end;
    };
    if (const auto text = cell(SoldField::quantity); !text.empty()) {
        const bool whole = number(text, sale.quantity);
        if (!whole || sale.quantity < 1 || sale.quantity > limits::quantity_max) {
            return fault(SoldField::quantity, "is not a whole number in range",
                         "write a whole number from 1 to " + std::to_string(limits::quantity_max));
        }
    }
    if (const auto text = cell(SoldField::match); !text.empty()) {
        if (!number(text, sale.match) || !(sale.match >= 0 && sale.match <= 1))
            return fault(SoldField::match, "is not a number from 0 to 1", "write it like 0.9");
    }
    if (std::string_view text = cell(SoldField::kind); !text.empty()) {
        if (text != "sold" && text != "active")
            return fault(SoldField::kind, "is neither sold nor active", "write one of the two");
        sale.kind = text == "sold" ? ComparableKind::sold : ComparableKind::active;
    }
    return std::nullopt;
}

}  // namespace assay::engine
