// Follows a batch of a server until it has ended, and says how it ended.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "tools/cli/client.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

// Shows live progress on the error stream (Server-Sent Events; a broken stream is taken up again).
// Answers with the batch object once the batch has ended.
Result<boost::json::value> watch_batch(ApiClient& client, const std::string& batch,
                                       CommandContext& context);

// The batch as a person wants to read it: outcome, verdicts, what the lot is worth.
void print_batch(CommandContext& context, const boost::json::value& batch);

}  // namespace assay::tools
