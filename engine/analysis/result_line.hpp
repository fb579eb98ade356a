// Result lines: an analysis as the envelope that clients read, one line of JSON a product.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/analysis/analysis.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// Which parts of an analysis a line shows.
struct PrintedParts {
    bool identity = false, attributes = false, duplicates = false, price = false, demand = false,
         fees = false, profit = false, risk = false, listing = false, verdict = false;
};

// Facts of the run that every line repeats.
struct LineContext {
    std::string_view fee_version;  // of the best channel; empty: none was priced
    std::string_view as_of;        // RFC 3339
    std::uint64_t input_hash = 0;
};

// Appends the line of a completed product, ended by '\n'.
void append_result_line(std::string& out, const Product& product, const Analysis& analysis,
                        const PrintedParts& parts, const LineContext& context);

}  // namespace assay::engine
