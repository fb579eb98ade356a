// A file that appears whole or not at all.
// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <iosfwd>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::tools {

// What a failed read or write of a stream means, by the system's word for it (errno): storage_full,
// cancelled when the reader of a pipe has left (the usual end of `| head`), else io_error.
Error stream_failure(const std::string& what);

// Result lines to standard output, flushed. Errors: those of stream_failure.
Result<void> write_lines(std::ostream& out, std::string_view lines);

// What is written goes to a file beside the wanted one (NAME.part) and takes its name at the end,
// so that a run that fails leaves no half a file and spoils no good one. What is no plain file (a
// pipe) is written directly.
class OutputFile {
  public:
    OutputFile() = default;
    ~OutputFile();  // without finish(): what was written is removed
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    Result<void> open(const std::string& path);
    Result<void> write(std::string_view bytes);
    Result<void> finish();

  private:
    std::string path_, writing_;
    std::ofstream file_;
};

}  // namespace assay::tools
