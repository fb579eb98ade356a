// Any bytes as result lines: no split changes the CSV, and no cell of it begins a formula.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tools/cli/results_csv.hpp"

namespace {

using namespace assay;

// The text, or what it fails with.
std::string csv_of(std::string_view bytes, std::size_t piece) {
    std::string out;
    tools::ResultsCsv csv([&](std::string_view text) {
        out += text;
        return Result<void>();
    });
    Result<void> done;
    for (std::size_t at = 0; at < bytes.size() && done; at += piece)
        done = csv.feed(bytes.substr(at, piece));
    if (done) done = csv.finish();
    return done ? out : describe(done.error());
}

void check_cell(std::string_view text) {
    std::string cell;
    tools::append_csv_cell(cell, text, true);
    // Unquoted again it must be the text with nothing but apostrophes added, none of its lines a
    // formula.
    std::string plain;
    const bool quoted = cell.starts_with('"') && cell.ends_with('"') && cell.size() > 1;
    for (std::size_t i = quoted ? 1 : 0; i < cell.size() - (quoted ? 1 : 0); ++i) {
        plain += cell[i];
        if (quoted && cell[i] == '"') ++i;
    }
    std::string_view rest = plain;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        while (line.starts_with(' ') || line.starts_with("\xC2\xA0"))
            line.remove_prefix(line.starts_with(' ') ? 1 : 2);
        if (!line.empty() && std::string_view("=+-@\t\r").find(line.front()) != line.npos)
            std::abort();
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string whole = csv_of(bytes, size + 1);
    if (csv_of(bytes, 7) != whole || csv_of(bytes, 1) != whole) std::abort();
    check_cell(bytes);
    return 0;
}
