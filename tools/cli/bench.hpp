// `assay bench`: how many signed deliveries a second this machine sends to a receiver on it.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "tools/cli/command.hpp"
#include "tools/load/load.hpp"

namespace assay::tools {

struct BenchOptions {
    LoadOptions load;            // an empty URL: the built-in receiver
    std::size_t silent = 0;      // endpoints that never answer, beside those of the load
    std::optional<int> seconds;  // instead of a number of deliveries
    int patience_seconds = 30;   // without any answer; then it has failed
    bool json = false;
};

void add_bench(CLI::App& application, CommandContext& context);

// Runs the load, and prints what it came to.
int run_bench(const BenchOptions& options, CommandContext& context);

// A load's report for people: a line a figure. Pure.
std::string bench_report(const LoadOptions& load, const LoadReport& report);
// The same for scripts: one JSON object on a line. Pure.
std::string bench_json(const LoadOptions& load, const LoadReport& report);

}  // namespace assay::tools
