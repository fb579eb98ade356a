// A state machine over the elements of a sheet: sheetData > row > c > v | is > t.
// SPDX-License-Identifier: MIT
#include "engine/batch/xlsx_rows.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t reference_bytes_max = 16;  // "XFD1048576"

std::string letters_of(std::size_t column) {
    std::string out;
    for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        out.insert(out.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return out;
}

bool to_index(std::string_view text, std::size_t& out) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// "A2:A9" covers more than one row below the first; what a preamble merges across does no harm.
bool spans_rows(std::string_view area) {
    const std::size_t colon = area.find(':');
    std::size_t column = 0;
    std::uint64_t first = 0, last = 0;
    return colon != area.npos && parse_cell_reference(area.substr(0, colon), column, first) &&
           parse_cell_reference(area.substr(colon + 1), column, last) && last > first;
}

bool needs_quotes(std::string_view cell) {
    return cell.find_first_of(",\"\r\n") != cell.npos;
}

}  // namespace

XlsxRows::XlsxRows(const XlsxBook& book, const Options& options, Sink sink)
    : book_(book),
      style_{book.dates_from_1904, options.decimal_comma},
      bytes_max_(options.bytes_max),
      sink_(std::move(sink)) {}

std::string XlsxRows::place() const {
    return letters_of(column_) + std::to_string(row_);
}

bool XlsxRows::refuse(std::string sentence) {
    failure_ =
        fail(ErrorCode::unsupported_media, "is a workbook that is damaged: " + std::move(sentence),
             {}, "open it and save it anew as .xlsx, or save the table as CSV");
    return false;
}

void XlsxRows::fault_row(ErrorCode code, std::string sentence, std::string remedy) {
    if (!record_.fault) record_.fault = fail(code, std::move(sentence), {}, std::move(remedy));
}

bool XlsxRows::open(std::string_view name, const XmlAttributes& attributes) {
    if (in_cell_) {
        if (name == "v") in_value_ = true;
        if (name == "f") has_formula_ = true;
        if (name == "rPh") sounds_ = true;  // how an inline text sounds
        if (name == "t") in_value_ = !sounds_;
        return true;
    }
    if (name == "sheetData") in_cells_ = true;
    if (in_cells_ && name == "row") return open_row(attributes);
    if (in_row_ && name == "c") return open_cell(attributes);
    if (name == "mergeCell" && spans_rows(attributes["ref"]))
        tallies_.merged.add(attributes["ref"].substr(0, 2 * reference_bytes_max));
    return true;
}

bool XlsxRows::open_row(const XmlAttributes& attributes) {
    const std::string_view given = attributes["r"];
    std::uint64_t number = row_ + 1;
    if (!given.empty() && !to_index(given, number)) return refuse("a row has no number");
    if (number <= row_) return refuse("row " + std::to_string(number) + " is not in its place");
    if (number > limits::sheet_rows_max)
        return refuse("it has a row " + std::to_string(number) + ", which no sheet can have");
    row_ = number;
    if (attributes.flag("hidden")) tallies_.hidden_rows.add(std::to_string(row_));
    in_row_ = true;
    next_column_ = 0;
    bytes_.clear();
    spans_.clear();
    record_.fault.reset();
    return true;
}

bool XlsxRows::open_cell(const XmlAttributes& attributes) {
    column_ = next_column_;
    if (const std::string_view reference = attributes["r"]; !reference.empty()) {
        std::uint64_t row = 0;
        if (reference.size() > reference_bytes_max ||
            !parse_cell_reference(reference, column_, row) || row != row_ || column_ < next_column_)
            return refuse("row " + std::to_string(row_) + " holds a cell that is not in its place");
    }
    next_column_ = column_ + 1;
    const std::string_view type = attributes["t"];
    type_ = type == "s"                            ? Type::shared
            : type == "str" || type == "inlineStr" ? Type::text
            : type == "b"                          ? Type::boolean
            : type == "e"                          ? Type::error
            : type == "d"                          ? Type::date
                                                   : Type::number;
    format_ = 0;
    if (const std::string_view style = attributes["s"]; !style.empty()) to_index(style, format_);
    value_.clear();
    in_cell_ = true;
    in_value_ = sounds_ = has_formula_ = false;
    return true;
}

bool XlsxRows::text(std::string_view piece) {
    if (!in_value_) return true;
    const std::size_t room = limits::string_bytes_max + 1 - value_.size();
    value_.append(piece.substr(0, room));
    return true;
}

bool XlsxRows::close(std::string_view name) {
    if (in_cell_) {
        if (name == "v" || name == "t") in_value_ = false;
        if (name == "rPh") sounds_ = false;
        return name == "c" ? close_cell() : true;
    }
    if (name == "row" && in_row_) return close_row();
    if (name == "sheetData") in_cells_ = false;
    return true;
}

// Appends what the cell shows to the row's bytes. False: the workbook is damaged.
bool XlsxRows::write_value() {
    static const CellFormat general;
    switch (type_) {
        case Type::shared: {
            std::size_t index = 0;
            if (!to_index(value_, index) || index >= book_.texts.count())
                return refuse("cell " + place() + " names a text that is not there");
            bytes_ += book_.texts[index];
            return true;
        }
        case Type::number:
            append_number(bytes_, value_,
                          format_ < book_.formats.size() ? book_.formats[format_] : general,
                          style_);
            return true;
        case Type::boolean:
            bytes_ += value_ == "1" || value_ == "true" ? "TRUE" : "FALSE";
            return true;
        case Type::error:
            tallies_.errors.add(place());
            return true;
        case Type::text:
            append_unescaped(bytes_, value_);
            return true;
        case Type::date:
            bytes_ += value_.ends_with("T00:00:00") ? value_.substr(0, value_.find('T')) : value_;
            return true;
    }
    return true;
}

bool XlsxRows::close_cell() {
    in_cell_ = in_value_ = false;
    if (value_.empty()) {
        if (has_formula_ && type_ == Type::number) tallies_.uncomputed.add(place());
        return true;
    }
    if (column_ >= limits::columns_max) {
        fault_row(ErrorCode::invalid_input,
                  "holds something in cell " + place() + ", beyond the " +
                      std::to_string(limits::columns_max) + " columns that are read",
                  "remove columns that are not needed");
        return true;
    }
    const std::size_t begin = bytes_.size();
    if (!write_value()) return false;
    const std::size_t size = bytes_.size() - begin;
    if (size > limits::string_bytes_max || bytes_.size() > limits::product_bytes_max) {
        bytes_.resize(begin);
        if (size > limits::string_bytes_max)
            fault_row(ErrorCode::payload_too_large,
                      "holds a text of more than 64 KiB in cell " + place(), "shorten it");
        else
            fault_row(ErrorCode::payload_too_large, "is a row of more than 1 MiB",
                      "shorten its texts");
        return true;
    }
    if (size == 0) return true;
    spans_.resize(column_ + 1, {begin, begin});
    spans_[column_] = {begin, bytes_.size()};
    return true;
}

void XlsxRows::write_line() {
    line_.clear();
    for (std::size_t i = 0; i < record_.cells.size(); ++i) {
        if (i > 0) line_ += ',';
        const std::string_view cell = record_.cells[i];
        if (!needs_quotes(cell)) {
            line_ += cell;
            continue;
        }
        line_ += '"';
        for (const char c : cell)
            line_.append(c == '"' ? 2U : 1U, c);
        line_ += '"';
    }
}

bool XlsxRows::close_row() {
    in_row_ = false;
    if (spans_.empty() && !record_.fault) return true;
    rendered_ += bytes_.size() + spans_.size();
    if (rendered_ > bytes_max_) {
        failure_ = fail(ErrorCode::payload_too_large,
                        "is a sheet of more than " + std::to_string(bytes_max_ >> 20) + " MiB", {},
                        "split it into several files");
        return false;
    }
    record_.line = row_;
    record_.cells.clear();
    for (const Span& span : spans_)
        record_.cells.push_back(std::string_view(bytes_).substr(span.begin, span.end - span.begin));
    write_line();
    record_.bytes = line_;
    auto more = sink_(record_);
    if (!more) failure_ = more.error();
    return more && *more;
}

}  // namespace assay::engine
