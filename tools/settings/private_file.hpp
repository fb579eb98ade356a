// Files that hold a secret: readable by their owner only, written whole.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::tools {

// Whether somebody but its owner may read or write it. Errors: io_error.
Result<bool> is_open_to_others(const std::filesystem::path& path);

// The first KiB of a file that only its owner may read: `what` names it in faults ("key file"),
// `field` the flag or setting it came from. The caller wipes it. Errors: invalid_argument,
// io_error.
Result<std::string> read_private_file(const std::filesystem::path& path, std::string_view what,
                                      std::string_view field);

// Writes a file of mode 0600 whole and synced, replacing what was there. Errors: io_error.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view text);

// Makes an empty file of mode 0600 to be written on; one that is there stays as it is. Errors:
// io_error.
Result<void> make_private_file(const std::filesystem::path& path);

}  // namespace assay::tools
