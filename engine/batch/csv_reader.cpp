// A state machine over bytes that can stop anywhere.
// SPDX-License-Identifier: MIT
#include "engine/batch/csv_reader.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

// What is looked at before a record's length is checked again; bounds the buffer.
constexpr std::size_t slice_bytes = 64 * limits::kibibyte;

}  // namespace

CsvReader::CsvReader(char delimiter, Sink sink) : delimiter_(delimiter), sink_(std::move(sink)) {}

Result<void> CsvReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view slice = bytes.substr(0, slice_bytes);
        bytes.remove_prefix(slice.size());
        buffer_ += slice;
        if (auto scanned = scan(); !scanned) return scanned;
        // Records that are done make room for the next slice.
        buffer_.erase(0, record_);
        at_ -= record_;
        cell_begin_ -= std::min(cell_begin_, record_);
        quote_ -= std::min(quote_, record_);
        for (Cell& cell : cells_) {
            cell.begin -= record_;
            cell.end -= record_;
        }
        record_ = 0;
    }
    return {};
}

void CsvReader::start_record(std::size_t at) {
    record_ = at;
    at_ = at;
    cell_begin_ = at;
    cells_.clear();
    cell_count_ = 0;
    cell_has_quotes_ = false;
    state_ = State::cell_start;
    out_.fault.reset();
}

Result<void> CsvReader::scan() {
    while (at_ < buffer_.size()) {
        const char c = buffer_[at_];
        if (skip_line_feed_) {
            skip_line_feed_ = false;
            if (c == '\n') {
                start_record(at_ + 1);
                continue;
            }
        }
        if (at_ - record_ > limits::product_bytes_max && state_ != State::skipping) {
            if (auto cut = cut_record(); !cut) return cut;
            continue;
        }
        if (state_ == State::skipping) {
            const std::size_t end = buffer_.find('\n', at_);
            const std::size_t stop = end == std::string::npos ? buffer_.size() : end + 1;
            line_ += end == std::string::npos ? 0 : 1;
            record_ = at_ = stop;
            if (end != std::string::npos) start_record(stop);
            continue;
        }
        if (state_ == State::quoted || state_ == State::after_quote) {
            if (scan_quoted(c)) continue;
        } else if (state_ == State::cell_start && c == '"') {
            state_ = State::quoted;
            cell_begin_ = ++at_;
            continue;
        }
        if (c == delimiter_) {
            end_cell(state_ == State::after_quote ? quote_ : at_);
            cell_begin_ = ++at_;
            state_ = State::cell_start;
            continue;
        }
        if (c == '\n' || c == '\r') {
            end_cell(state_ == State::after_quote ? quote_ : at_);
            if (auto ended = end_record(at_); !ended) return ended;
            skip_line_feed_ = c == '\r' && state_ != State::skipping;
            continue;
        }
        state_ = State::plain;
        ++at_;
        while (at_ < buffer_.size() && buffer_[at_] != delimiter_ && buffer_[at_] != '\n' &&
               buffer_[at_] != '\r')
            ++at_;
    }
    // Beyond the limit nothing is kept, however the bytes come.
    if (state_ != State::skipping && at_ - record_ > limits::product_bytes_max) return cut_record();
    return {};
}

// Inside quotes, or behind the quote that may have closed them. False: the cell ends at this byte.
bool CsvReader::scan_quoted(char c) {
    if (state_ == State::quoted) {
        const std::size_t quote = buffer_.find('"', at_);
        if (quote == std::string::npos) {
            at_ = buffer_.size();
            return true;
        }
        quote_ = quote;
        at_ = quote + 1;
        state_ = State::after_quote;
        blank_after_quote_ = false;
        return true;
    }
    if (c == delimiter_ || c == '\n' || c == '\r') return false;
    if (c == '"' && !blank_after_quote_) {
        cell_has_quotes_ = true;
        state_ = State::quoted;
        ++at_;
        return true;
    }
    if (c == ' ' || c == '\t') {
        blank_after_quote_ = true;
        ++at_;
        return true;
    }
    // A plain quote within the cell; it stays single when decoded.
    state_ = State::quoted;
    return true;
}

void CsvReader::end_cell(std::size_t end) {
    ++cell_count_;
    if (cells_.size() < limits::columns_max) cells_.push_back({cell_begin_, end, cell_has_quotes_});
    cell_has_quotes_ = false;
}

Result<void> CsvReader::end_record(std::size_t end) {
    if (end - record_ > limits::product_bytes_max) return cut_record();
    if (cell_count_ > limits::columns_max) {
        out_.fault = fail(ErrorCode::invalid_input, "has " + std::to_string(cell_count_) +
                                                        " cells, more than " +
                                                        std::to_string(limits::columns_max));
    }
    auto emitted = emit(end);
    const auto inner = std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(record_),
                                  buffer_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    line_ += 1 + static_cast<std::uint64_t>(inner);
    start_record(end + 1);
    return emitted;
}

// A record over the limit: its beginning becomes a failed record, and what follows is skipped up to
// the next line end behind it, quotes or not: most likely one was never closed.
Result<void> CsvReader::cut_record() {
    const std::size_t end = record_ + limits::product_bytes_max;
    cells_.clear();
    out_.fault = fail(ErrorCode::payload_too_large, "is a row of more than 1 MiB", {},
                      "look for a quote that is never closed");
    auto emitted = emit(end);
    const auto inner = std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(record_),
                                  buffer_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    line_ += static_cast<std::uint64_t>(inner);
    start_record(end);
    state_ = State::skipping;
    return emitted;
}

Result<void> CsvReader::emit(std::size_t end) {
    out_.line = line_;
    out_.bytes = std::string_view(buffer_).substr(record_, end - record_);
    decode();
    return sink_(out_);
}

// Most cells are views as they stand; those with inner quotes are copied without the doubling.
void CsvReader::decode() {
    out_.cells.clear();
    decoded_.clear();
    const std::string_view buffer = buffer_;
    std::size_t needed = 0;
    for (const Cell& cell : cells_)
        needed += cell.has_quotes ? cell.end - cell.begin : 0;
    decoded_.reserve(needed);  // so that views into it stay
    for (const Cell& cell : cells_) {
        const std::string_view raw = buffer.substr(cell.begin, cell.end - cell.begin);
        if (!cell.has_quotes) {
            out_.cells.push_back(raw);
            continue;
        }
        const std::size_t begin = decoded_.size();
        for (std::size_t i = 0; i < raw.size(); ++i) {
            decoded_ += raw[i];
            if (raw[i] == '"' && i + 1 < raw.size() && raw[i + 1] == '"') ++i;
        }
        out_.cells.push_back(std::string_view(decoded_).substr(begin));
    }
}

Result<void> CsvReader::finish() {
    if (state_ == State::skipping) return {};
    const std::size_t end = buffer_.size();
    if (end == record_) return {};
    if (state_ == State::quoted) {
        out_.fault = fail(ErrorCode::invalid_input, "opens a quote that is never closed", {},
                          "close it, or double quotes inside the cell");
    }
    end_cell(state_ == State::after_quote ? quote_ : end);
    return end_record(end);
}

}  // namespace assay::engine
