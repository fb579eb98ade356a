// Writes CSV, safe for spreadsheets.
// SPDX-License-Identifier: MIT
#include "tools/cli/results_csv.hpp"

#include "engine/base/limits.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t line_bytes_max = 16 * limits::mebibyte;  // a product's 1 MiB, echoed whole
constexpr std::size_t write_bytes = 64 * limits::kibibyte;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Blanks before a formula do not disarm it.
std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view no_break = "\xC2\xA0";
    for (;;) {
        if (text.starts_with(' ')) {
            text.remove_prefix(1);
        } else if (text.starts_with(no_break)) {
            text.remove_prefix(no_break.size());
        } else {
            return text;
        }
    }
}

bool begins_formula(std::string_view line) {
    line = without_blanks(line);
    if (line.empty()) return false;
    if (std::string_view("=+-@\t\r").find(line.front()) != std::string_view::npos) return true;
    for (const std::string_view wide :
         {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
        if (line.starts_with(wide)) return true;
    }
    return false;
}

// Line by line: spreadsheets import a cell with inner line ends as several.
std::string disarmed(std::string_view text) {
    std::string safe;
    for (bool more = true; more;) {
        const std::size_t end = text.find('\n');
        more = end != std::string_view::npos;
        const std::string_view line = text.substr(0, more ? end + 1 : end);
        if (begins_formula(line)) safe += '\'';
        safe += line;
        text.remove_prefix(line.size());
    }
    return safe;
}

}  // namespace

bool is_csv(std::string_view format, std::string_view file_name) noexcept {
    return format.empty() ? file_name.ends_with(".csv") : format == "csv";
}

void append_csv_cell(std::string& out, std::string_view text, bool foreign) {
    std::string safe;
    if (foreign) {
        safe = disarmed(text);
        text = safe;
    }
    const bool bare = text.find_first_of(",;\"\r\n\t") == std::string_view::npos &&
                      !text.starts_with(' ') && !text.ends_with(' ');
    if (bare) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void ResultsCsv::begin() {
    begun_ = true;
    text_ += byte_order_mark;
    for (const ResultColumn& column : result_columns()) {
        if (&column != &result_columns().front()) text_ += ',';
        text_ += column.name;
    }
    text_ += "\r\n";
}

Result<void> ResultsCsv::take_line(std::string_view line) {
    ++lines_;
    if (line.empty()) return {};
    if (auto read = reader_.read(line); !read) {
        read.error().line = lines_;
        return read;
    }
    bool first = true;
    for (const ResultColumn& column : result_columns()) {
        if (!first) text_ += ',';
        first = false;
        const ResultCell cell = reader_.cell(column);
        append_csv_cell(text_, cell.text, cell.foreign);
    }
    text_ += "\r\n";
    return text_.size() >= write_bytes ? flush() : Result<void>();
}

Result<void> ResultsCsv::flush() {
    if (text_.empty()) return {};
    auto written = write_(text_);
    text_.clear();
    return written;
}

Result<void> ResultsCsv::feed(std::string_view bytes) {
    if (!begun_) begin();
    return splitter_.feed(bytes, [this](std::string_view line) { return take_line(line); });
}

Result<void> ResultsCsv::finish() {
    if (!begun_) begin();
    if (auto taken = splitter_.finish([this](std::string_view line) { return take_line(line); });
        !taken)
        return taken;
    return flush();
}

Result<void> LineSplitter::feed(std::string_view bytes, const TakeLine& take) {
    for (std::size_t end = 0; (end = bytes.find('\n')) != std::string_view::npos;) {
        std::string_view line = bytes.substr(0, end);
        if (!pending_.empty()) {
            pending_ += line;
            line = pending_;
        }
        if (auto taken = take(line); !taken) return taken;
        pending_.clear();
        bytes.remove_prefix(end + 1);
    }
    pending_ += bytes;
    if (pending_.size() > line_bytes_max)
        return fail(ErrorCode::payload_too_large, "a result line is longer than 16 MiB");
    return {};
}

Result<void> LineSplitter::finish(const TakeLine& take) {
    if (pending_.empty()) return {};
    const std::string line = std::move(pending_);
    pending_.clear();
    return take(line);
}

}  // namespace assay::tools
