// `assay whatif`: what stored results would be under other fees, VAT, minima or channels.
// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace assay::tools {

struct CommandContext;

void add_whatif(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
