// `assay config`: check a configuration, show what it comes to, print one to start with.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_config(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
