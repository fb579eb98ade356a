// A file of sold prices on this machine: read into a book, and what there is to say about it.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "engine/comps/read_comps.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

// --comps and what goes with it, of the commands that read such a file themselves.
struct CompsFileOptions {
    std::string file;                  // empty: none
    std::string currency;              // of rows that name none
    std::vector<std::string> columns;  // field=Header
};
void add_comps_options(CLI::App& command, CompsFileOptions& options);

// Errors: io_error, invalid_argument, and those of engine::CompsReader; they name the file.
// `vocabulary`: what the words of titles mean. `watch` is shown each row.
Result<engine::LoadedComps> load_comps_file(const CompsFileOptions& options,
                                            const engine::TitleVocabulary& vocabulary,
                                            engine::CompsReader::Watch watch = {});

// "1,000 sold prices of 120 products, 2026-02-01 to 2026-05-20", and on lines of their own how many
// rows were left out and why the first of them were.
std::string describe_comps(const engine::LoadedComps& comps, std::size_t faults_max);

}  // namespace assay::tools
