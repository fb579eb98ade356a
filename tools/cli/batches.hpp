// The commands over batches of a server: submit, watch, results, cancel.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/command.hpp"

namespace assay::tools {

void add_submit(CLI::App& application, CommandContext& context);
void add_watch(CLI::App& application, CommandContext& context);
void add_results(CLI::App& application, CommandContext& context);
void add_cancel(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
