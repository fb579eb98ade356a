// The list of commands, in the order of the help text.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "tools/cli/command.hpp"

namespace assay::tools {

std::span<const AddCommand> all_commands() noexcept;

}  // namespace assay::tools
