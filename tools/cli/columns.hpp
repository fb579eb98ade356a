// `assay columns`: how a manifest's columns were understood, and why.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_columns(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
