// Follows a batch of a server until it has ended, and says how it ended.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "tools/cli/client.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/stop_source.hpp"

namespace assay::tools {

enum class WatchEnd : unsigned char { ended, interrupted, timed_out };

struct Watched {
    WatchEnd end = WatchEnd::ended;
    boost::json::value batch;  // as it was known last
};

struct WatchRequest {
    std::string batch;
    std::string label;  // names it in log lines; empty: the id
    std::optional<SteadyTime> deadline;
    bool answered = false;  // the server has answered before: that it is gone is a restart
};

// Shows live progress on the error stream (Server-Sent Events). When the server goes away in the
// middle it says so and tries again, for five minutes; a server that has never answered is an
// error at once.
Result<Watched> watch_batch(ApiClient& client, const WatchRequest& request, StopSource& stop,
                            CommandContext& context);

// Says why a watch ended before its batch, and how to come back; gives the exit code. For a batch
// that has ended: 0 when it completed, else 1.
int exit_code_of(const Watched& watched, const std::string& batch, CommandContext& context);

// The batch as a person wants to read it: outcome, verdicts, what the lot is worth.
void print_batch(CommandContext& context, const boost::json::value& batch);

}  // namespace assay::tools
