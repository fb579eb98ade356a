// How a manifest was understood, as text for a terminal.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/batch/intake.hpp"

namespace assay::tools {

struct ColumnsReportStyle {
    int columns = 80;  // of the terminal
    bool colour = false;
};

// The file's facts, then a line per column that is used, then those that are not, then what was
// noticed on the way. Pure.
std::string columns_report(const std::string& name, const engine::IntakeReport& report,
                           const ColumnsReportStyle& style);

}  // namespace assay::tools
