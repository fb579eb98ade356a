// `assay analyze`: a manifest in, the answer out; no server, no store.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/money.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/comps_file.hpp"
#include "tools/cli/fee_directory.hpp"

namespace assay::tools {

// What the command line says. Amounts stay text until the lot's currency is known.
struct AnalyzeOptions {
    std::string file;    // "-": standard input
    std::string format;  // csv | xlsx | ndjson | json; empty: by name, else by the first bytes
    std::string sheet;   // of a workbook; empty: found
    std::vector<std::string> columns;  // field=Header
    std::string out;                   // results; empty: none on a terminal, else stdout
    std::string out_format;            // ndjson | csv; empty: by the name of `out`, else ndjson
    std::vector<std::string> only;
    int threads = 0;  // 0: one per core
    std::string freight, premium, bid;
    std::string as_of;
    std::string interval;  // exact | bootstrap; empty: as the document says, else exact
    OwnTables tables;      // the user's own fee files and exchange rates
    CompsFileOptions comps;
    bool timings = false;
    bool json = false;  // the answer as one JSON object instead of results or text
};

void add_analyze(CLI::App& application, CommandContext& context);

// Runs the analysis and prints the answer. Gives the exit code.
int run_analyze(const AnalyzeOptions& options, CommandContext& context);

}  // namespace assay::tools
