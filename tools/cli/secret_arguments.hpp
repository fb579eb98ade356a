// Secrets on the command line and in the environment: taken out of other processes' sight.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <span>
#include <string>

namespace assay::tools {

// Overwrites the values of options that are secret or may hold one (--secret, --key, --header,
// --url) in place, so that /proc/PID/cmdline and ps no longer show them. Called at once, after the
// arguments were copied: until then they can be seen, which is why files and the environment are
// the better way.
void hide_secret_arguments(std::span<char* const> arguments) noexcept;

// Secrets that came in the environment (ASSAY_..._SECRET, _KEY, _PASSWORD), by name; their values
// are overwritten in place, so that /proc/PID/environ no longer shows them. `variables` ends in
// nullptr, as environ(7) does. Called while the process has one thread.
std::map<std::string, std::string> take_secret_variables(char** variables);

}  // namespace assay::tools
