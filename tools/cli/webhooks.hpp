// The commands over a server's endpoints, their deliveries, and its keys.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_webhooks(CLI::App& application, CommandContext& context);
void add_keys(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
