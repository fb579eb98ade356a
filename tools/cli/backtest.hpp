// `assay backtest`: how well the analysis would have known a user's own sales beforehand.
// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace assay::tools {

struct CommandContext;

void add_backtest(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
