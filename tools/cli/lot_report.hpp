// The answer to a buyer, as text for a terminal: what the lot is worth and what to bid at most.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/analysis/lot.hpp"
#include "tools/cli/local_analysis.hpp"

namespace assay::tools {

struct LotReportInput {
    std::string name;  // of the manifest
    const LocalAnalysis& analysis;
    const engine::LotSummary* lot = nullptr;  // null: lot was not asked for
    engine::LotTerms terms;
    engine::InputFormat format = engine::InputFormat::csv;
};

struct LotReportStyle {
    int columns = 80;
    bool colour = false;
};

// Pure. Text from the input is shown without control characters, so no manifest can steer the
// terminal.
std::string lot_report(const LotReportInput& input, const LotReportStyle& style);

}  // namespace assay::tools
