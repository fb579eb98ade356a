// Reads every *.json of one directory, bounded, before anything of it is used.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "engine/base/embedded.hpp"
#include "engine/base/result.hpp"

namespace assay::tools {

// What is read, and what errors say about it.
struct JsonDirectoryRules {
    std::string what;    // "fee files"
    std::string option;  // "--fees"
    std::string remedy;  // where their form is described
    std::size_t files_max = 0, file_bytes_max = 0;
};

struct NamedFile {
    std::string path, bytes;
};

// In the order of their names. Errors: invalid_argument where it is no directory or holds no such
// file, payload_too_large.
Result<std::vector<NamedFile>> read_json_directory(const std::string& directory,
                                                   const JsonDirectoryRules& rules);

// Views of them; `files` outlives the answer.
std::vector<embedded::EmbeddedFile> views_of(const std::vector<NamedFile>& files);

}  // namespace assay::tools
