// `assay listen`: a receiver that verifies, prints, keeps and passes on what arrives.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "tools/cli/command.hpp"
#include "tools/cli/signatures.hpp"

namespace assay::tools {

struct ListenOptions {
    std::uint16_t port = 0;
    std::string profile = "standard-webhooks";
    std::string profiles_directory;  // the user's own; empty: none
    SecretSource secret;             // none: nothing is verified
    std::int64_t count = 0;          // stop after so many; 0: never
    int status = 0;                  // answer with this; 0: 200, or 401 for what does not verify
    std::int64_t delay_ms = 0;       // before the answer
    std::string store;               // append what arrived to this file, one JSON object a line
    std::string forward_to;          // pass on to this URL and answer as it does
    std::string chaos;               // tools/cli/chaos.hpp; empty: none
    bool quiet = false, json = false;
};

void add_listen(CLI::App& application, CommandContext& context);
int run_listen(const ListenOptions& options, CommandContext& context);

}  // namespace assay::tools
