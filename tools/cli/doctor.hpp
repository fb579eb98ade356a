// `assay doctor`: looks at everything a run depends on, and says what to mend and how.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"
#include "tools/cli/doctor_checks.hpp"

namespace assay::tools {

void add_doctor(CLI::App& application, CommandContext& context);

struct DoctorStyle {
    int columns = 80;
    bool colour = false;
};

// The checks as a list for people, with a count below. Pure.
std::string doctor_report(const std::vector<Check>& checks, const DoctorStyle& style);

}  // namespace assay::tools
