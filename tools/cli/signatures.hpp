// The commands over signatures, which need no server: verify and sign.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/base/result.hpp"
#include "notify/sign/scheme.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

void add_verify(CLI::App& application, CommandContext& context);
void add_sign(CLI::App& application, CommandContext& context);

// --profile and --profiles.
void add_profile_options(CLI::App& command, std::string& profile, std::string& directory);

// Where a command takes a signing secret from: --secret, --secret-file, or ASSAY_WEBHOOK_SECRET.
struct SecretSource {
    std::string text, file;
};
void add_secret_options(CLI::App& command, SecretSource& source);
Result<notify::Secret> load_secret(const SecretSource& source, const CommandContext& context);

// "Name: value". Errors: invalid_argument.
Result<notify::Header> parse_header_line(const std::string& line);

}  // namespace assay::tools
