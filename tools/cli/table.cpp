// Aligns columns by what a terminal shows, and cuts those that may give way.
// SPDX-License-Identifier: MIT
#include "tools/cli/table.hpp"

#include <algorithm>
#include <numeric>

#include "engine/base/ascii.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t gap = 2, cut_width_min = 16;

std::size_t width_of(const std::vector<std::size_t>& widths) {
    return std::accumulate(widths.begin(), widths.end(),
                           gap * (std::max<std::size_t>(widths.size(), 1) - 1));
}

std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& rows,
                                   const TableFit& fit) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    }
    if (fit.columns == 0 || widths.empty()) return widths;
    const std::size_t whole = width_of(widths);
    std::size_t over = whole > fit.columns ? whole - fit.columns : 0;
    for (auto at = std::rbegin(fit.may_cut); at != std::rend(fit.may_cut) && over > 0; ++at) {
        if (*at >= widths.size() || widths[*at] <= cut_width_min) continue;
        const std::size_t given = std::min(over, widths[*at] - cut_width_min);
        widths[*at] -= given;
        over -= given;
    }
    return widths;
}

// "  profile resell-scan  active yes" in lines that fit, below the row's first cell.
std::string stacked(const std::vector<std::vector<std::string>>& rows, std::size_t columns) {
    std::string text;
    for (std::size_t r = 1; r < rows.size(); ++r) {
        text += rows[r].empty() ? "\n" : rows[r].front() + '\n';
        std::string line;
        for (std::size_t i = 1; i < rows[r].size(); ++i) {
            if (rows[r][i].empty()) continue;
            std::string head = i < rows.front().size() ? rows.front()[i] : std::string();
            std::transform(head.begin(), head.end(), head.begin(), to_lower);
            const std::string fact = "  " + head + " " + rows[r][i];
            if (!line.empty() && display_width(line) + display_width(fact) > columns) {
                text += line + '\n';
                line.clear();
            }
            line += fact;
        }
        if (!line.empty()) text += line + '\n';
    }
    return text;
}

bool holds(std::initializer_list<std::size_t> columns, std::size_t column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

std::size_t table_columns(const CommandContext& context) {
    return context.out_is_terminal ? static_cast<std::size_t>(context.columns) : 0;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows, const TableFit& fit) {
    const std::vector<std::size_t> widths = widths_of(rows, fit);
    if (fit.columns > 0 && width_of(widths) > fit.columns) return stacked(rows, fit.columns);
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = holds(fit.may_cut, i) ? cut_to(row[i], widths[i]) : row[i];
            line += holds(fit.to_right, i) ? pad_left(cell, widths[i]) : pad_right(cell, widths[i]);
            if (i + 1 < row.size()) line.append(gap, ' ');
        }
        while (line.ends_with(' '))
            line.pop_back();
        text += line + '\n';
    }
    return text;
}

}  // namespace assay::tools
