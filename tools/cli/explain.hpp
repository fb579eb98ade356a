// `assay explain`: why one product got its verdict.
// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace assay::tools {

struct CommandContext;

void add_explain(CLI::App& application, CommandContext& context);

}  // namespace assay::tools
