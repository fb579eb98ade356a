// Writes the report section by section: facts, columns, what is not used, notes.
// SPDX-License-Identifier: MIT
#include "tools/cli/columns_report.hpp"

#include <algorithm>
#include <cmath>

#include "tools/cli/number_text.hpp"
#include "tools/cli/server_options.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using namespace engine;

constexpr std::size_t header_width_max = 30;
constexpr std::size_t faults_shown = 5;
constexpr std::size_t sure = 70;  // percent; below, a person should look

std::string delimiter_in_words(std::string_view delimiter) {
    if (delimiter == ",") return "commas";
    if (delimiter == ";") return "semicolons";
    if (delimiter == "\t") return "tabs";
    return "bars";
}

class Report {
  public:
    Report(const IntakeReport& report, const ColumnsReportStyle& style)
        : report_(report),
          colour_(style.colour),
          width_(static_cast<std::size_t>(std::clamp(style.columns, 60, 160))) {}

    std::string text(const std::string& name) {
        line(bold(cut_to(printable(name), width_)));
        facts();
        used();
        unused();
        notes();
        return std::move(out_);
    }

  private:
    std::string bold(const std::string& text) const {
        return colour_ ? "\x1b[1m" + text + "\x1b[0m" : text;
    }
    void line(const std::string& text) { out_ += text + "\n"; }
    void paragraph(std::string first, const std::string& text) {
        const std::size_t indent = first.size();
        bool fresh = true;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find(' ', at), text.size());
            const std::string word = text.substr(at, end - at);
            at = end + 1;
            if (!fresh && first.size() + 1 + word.size() > width_) {
                line(first);
                first = std::string(indent, ' ');
                fresh = true;
            }
            first += (fresh ? "" : " ") + word;
            fresh = false;
        }
        line(first);
    }

    void facts() {
        std::string text = counted(report_.items, "product", "products") + "; " + report_.encoding;
        if (!report_.delimiter.empty())
            text += ", separated by " + delimiter_in_words(report_.delimiter);
        text += report_.header_line == 0
                    ? ", without a header line"
                    : ", header on line " + grouped(static_cast<std::int64_t>(report_.header_line));
        text += std::string(", numbers like ") + (report_.decimal_comma ? "1.299,00" : "1,299.00");
        for (const std::string& currency : report_.currencies)
            text += ", " + currency;
        paragraph("", text);
    }

    static std::size_t percent(const ColumnMapping& column) {
        return static_cast<std::size_t>(std::lround(100 * column.confidence));
    }

    static std::string header_of(const ColumnMapping& column) {
        return column.header.empty() ? "(" + column.kept_as + ")" : column.header;
    }

    static std::string samples_of(const ColumnMapping& column) {
        std::string samples;
        for (const std::string& sample : column.samples)
            samples += (samples.empty() ? "" : " | ") + printable(sample);
        return samples;
    }

    void used() {
        std::vector<std::vector<std::string>> rows = {{"COLUMN", "IS", "BY", "SURE", "VALUES"}};
        std::vector<std::string> doubts;
        for (const ColumnMapping& column : report_.columns) {
            if (column.field.empty()) continue;
            rows.push_back(
                {cut_to(printable(header_of(column)), header_width_max), column.field,
                 std::string(to_string(column.by)),
                 std::to_string(percent(column)) + " %" + (percent(column) < sure ? " ?" : ""),
                 samples_of(column)});
            if (column.by == MappedBy::values || percent(column) < sure)
                doubts.push_back(header_of(column) + ": " + column.field + ", because " +
                                 column.why);
        }
        if (rows.size() == 1) return;
        out_ += '\n';
        table(rows);
        if (doubts.empty()) return;
        section("Worth a look");
        for (const std::string& doubt : doubts)
            paragraph("  - ", printable(doubt));
    }

    void unused() {
        std::vector<std::vector<std::string>> rows = {{"COLUMN", "WHY", "VALUES"}};
        for (const ColumnMapping& column : report_.columns) {
            if (!column.field.empty()) continue;
            rows.push_back({cut_to(printable(header_of(column)), header_width_max), column.why,
                            samples_of(column)});
        }
        if (rows.size() == 1) return;
        section("Not used, but kept in product_data");
        table(rows);
    }

    // The last column takes what the others leave; the one before it gives way first.
    void table(std::vector<std::vector<std::string>>& rows) {
        const std::size_t last = rows[0].size() - 1;
        if (last == 2) {
            for (auto& row : rows)
                row[1] = cut_to(row[1], width_ / 2);
        }
        std::size_t taken = 0;
        for (std::size_t i = 0; i < last; ++i) {
            std::size_t widest = 0;
            for (const auto& row : rows)
                widest = std::max(widest, display_width(row[i]));
            taken += widest + 2;
        }
        const std::size_t left = width_ > taken + 8 ? width_ - taken : 8;
        for (auto& row : rows)
            row[last] = cut_to(row[last], left);
        const std::string text = aligned(rows);
        const std::size_t end = text.find('\n');
        out_ += bold(text.substr(0, end)) + text.substr(end);
    }

    void section(const std::string& name) {
        out_ += '\n';
        line(bold(name));
    }

    void notes() {
        if (!report_.remarks.empty()) section("Noticed");
        for (const std::string& remark : report_.remarks)
            paragraph("  - ", printable(remark));
        if (report_.faults == 0) return;
        section(counted(report_.faults, "product", "products") + " cannot be used");
        for (std::size_t i = 0; i < std::min(report_.first_faults.size(), faults_shown); ++i)
            paragraph("  - ", printable(describe(report_.first_faults[i])));
    }

    const IntakeReport& report_;
    const bool colour_;
    const std::size_t width_;
    std::string out_;
};

}  // namespace

std::string columns_report(const std::string& name, const IntakeReport& report,
                           const ColumnsReportStyle& style) {
    return Report(report, style).text(name);
}

}  // namespace assay::tools
