// The commands over accounts: the own one, its quota, and the tenants of a server.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_account(CLI::App& application, CommandContext& context);
void add_quota(CLI::App& application, CommandContext& context);
void add_tenants(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
