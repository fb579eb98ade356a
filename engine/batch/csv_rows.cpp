// The layout first, then record by record.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_rows.hpp"

#include "engine/base/utf8.hpp"
#include "engine/batch/text_encoding.hpp"

namespace assay::engine {

Result<void> CsvRows::feed(std::string_view bytes) {
    if (reader_) return reader_->feed(bytes);
    head_ += bytes;
    return head_.size() < csv_head_bytes ? Result<void>{} : begin();
}

Result<void> CsvRows::begin() {
    auto layout = read_csv_layout(std::string_view(head_).substr(0, csv_head_bytes), named_);
    if (!layout) return layout.error();
    says_delimiter_ = layout->says_delimiter;
    report_.delimiter = std::string(1, layout->delimiter);
    reader_.emplace(layout->delimiter, [this](const TableRecord& read) { return record(read); });
    if (auto begun = rows_.begin(std::move(layout->table)); !begun) return begun;
    const std::string head = std::move(head_);
    return reader_->feed(head);
}

Result<void> CsvRows::record(const TableRecord& record) {
    if (is_utf8(record.bytes)) return rows_.put(record);
    ++latin1_rows_;
    transcoded_.clear();
    transcoded_.reserve(record.bytes.size() * 3);  // so that views into it stay
    transcoded_record_ = record;
    for (std::string_view& cell : transcoded_record_.cells) {
        const std::size_t begin = transcoded_.size();
        append_latin1(transcoded_, cell);
        cell = std::string_view(transcoded_).substr(begin);
    }
    return rows_.put(transcoded_record_);
}

Result<void> CsvRows::finish() {
    if (!reader_) {
        if (auto begun = begin(); !begun) return begun;
    }
    if (auto finished = reader_->finish(); !finished) return finished;
    if (latin1_rows_ > 0) {
        report_.encoding = "latin-1";
        report_.remarks.push_back(std::to_string(latin1_rows_) +
                                  (latin1_rows_ == 1 ? " row" : " rows") +
                                  " not valid UTF-8, read as latin-1 (Windows-1252)");
    }
    return rows_.finish(says_delimiter_ ? 1 : 0);
}

}  // namespace assay::engine
