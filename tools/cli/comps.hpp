// The commands over a server's sold prices: comps put|show|delete.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_comps(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
