// Prints a row for each result.
// SPDX-License-Identifier: MIT
#include "tools/cli/result_table.hpp"

#include <algorithm>

#include "tools/cli/terminal.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t verdict_columns = 9, money_columns = 12, gap = 2;
constexpr std::size_t title_columns_min = 20, title_columns_max = 60, reasons_columns_min = 24;

Ink ink_of(std::string_view verdict) {
    if (verdict == "buy") return Ink::good;
    if (verdict == "failed") return Ink::bad;
    return verdict == "pass" ? Ink::faint : Ink::none;
}

// What speaks against it: where there is no room for all, that everything else is fine says least.
std::string doubts_of(std::string_view reasons) {
    std::string doubts;
    while (!reasons.empty()) {
        const std::size_t end = std::min(reasons.find("; "), reasons.size());
        const std::string_view reason = reasons.substr(0, end);
        if (!reason.ends_with("_ok")) doubts += (doubts.empty() ? "" : ", ") + printable(reason);
        reasons.remove_prefix(std::min(end + 2, reasons.size()));
    }
    return doubts;
}

}  // namespace

ResultTable::ResultTable(ResultsCsv::Write write, ResultTableStyle style)
    : write_(std::move(write)), style_(style), title_(0), reasons_(0) {
    const std::size_t fixed = verdict_columns + gap + 2 * (money_columns + gap);
    const auto columns = static_cast<std::size_t>(std::max(style.columns, 1)) - 1;
    const std::size_t room = columns > fixed ? columns - fixed : 0;
    title_ = std::max(room, title_columns_min);
    if (room >= title_columns_min + gap + reasons_columns_min) {
        title_ = std::clamp(room / 2, title_columns_min, title_columns_max);
        reasons_ = room - title_ - gap;
    }
}

std::string ResultTable::money(std::string_view column) const {
    const std::string amount = reader_.value(column);
    if (amount.empty()) return "-";
    return amount + " " + reader_.currency();
}

Result<void> ResultTable::take_line(std::string_view line) {
    ++lines_;
    if (line.empty()) return {};
    if (auto read = reader_.read(line); !read) {
        read.error().line = lines_;
        return read;
    }
    const std::string status = reader_.value("status");
    std::string verdict = reader_.value("verdict");
    if (verdict == "insufficient_data") verdict = "no data";
    if (verdict.empty() || status != "completed") verdict = status;
    std::string title = reader_.value("title");
    if (title.empty()) title = reader_.value("product_id");
    std::string row = inked(ink_of(verdict),
                            pad_right(cut_to(printable(verdict), verdict_columns), verdict_columns),
                            style_.colour);
    row += "  " + pad_right(cut_to(printable(title), title_), title_);
    const std::string failure = printable(reader_.value("error_message"));
    if (!failure.empty()) {
        const std::string field = printable(reader_.value("error_field"));
        const std::size_t rest = 2 * (money_columns + gap) + (reasons_ > 0 ? gap + reasons_ : 0);
        row += "  " + cut_to((field.empty() ? "" : field + ": ") + failure, rest - gap);
        return write_(row + "\n");
    }
    row += "  " + pad_left(money("price_p50"), money_columns);
    row += "  " + pad_left(money("profit_p50"), money_columns);
    if (reasons_ > 0) row += "  " + cut_to(doubts_of(reader_.value("reasons")), reasons_);
    while (row.ends_with(' '))
        row.pop_back();
    return write_(row + "\n");
}

Result<void> ResultTable::feed(std::string_view bytes) {
    if (lines_ == 0 && !bytes.empty()) {
        std::string head =
            pad_right("VERDICT", verdict_columns) + "  " + pad_right("TITLE", title_);
        head +=
            "  " + pad_left("SELLS FOR", money_columns) + "  " + pad_left("PROFIT", money_columns);
        if (reasons_ > 0) head += "  DOUBTS";
        if (auto written = write_(inked(Ink::bold, head, style_.colour) + "\n"); !written)
            return written;
    }
    return splitter_.feed(bytes, [this](std::string_view line) { return take_line(line); });
}

Result<void> ResultTable::finish() {
    return splitter_.finish([this](std::string_view line) { return take_line(line); });
}

}  // namespace assay::tools
