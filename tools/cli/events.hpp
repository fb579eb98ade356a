// events publish|list, and trigger: events of one's own, and samples of any.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_events(CLI::App& application, CommandContext& context);
void add_trigger(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
