// `assay check`: sends a receiver good and bad deliveries, and says what to mend.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "tools/cli/command.hpp"
#include "tools/cli/signatures.hpp"

namespace assay::tools {

struct CheckOptions {
    std::string url;
    std::string profile = "standard-webhooks";
    std::string profiles_directory;  // the user's own; empty: none
    SecretSource secret;
    bool allow_insecure = false;  // http and loopback, as `serve` has it
    std::vector<std::string> allowed_cidrs;
    std::string ca_bundle;  // PEM file of further authorities
    bool json = false;
};

void add_check(CLI::App& application, CommandContext& context);
int run_check(const CheckOptions& options, CommandContext& context);

}  // namespace assay::tools
