// A file of results, one JSON object a line: what `assay analyze --out` and `assay results` write.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.hpp"

namespace assay::tools {

// Reads line by line, plain or gzipped, and holds one line at a time. Not thread-safe.
class ResultFile {
  public:
    ResultFile();
    ~ResultFile();
    ResultFile(const ResultFile&) = delete;
    ResultFile& operator=(const ResultFile&) = delete;

    // `path` "-": `standard_input`, which outlives the file. Errors: io_error.
    Result<void> open(const std::string& path, std::istream& standard_input);
    const std::string& name() const noexcept;  // as it is shown

    // The next result; nullopt at the end. Blank lines are passed over. Errors (they name the
    // line): invalid_json, invalid_input (no result of the analysis), payload_too_large (a line),
    // unsupported_media (broken gzip), io_error.
    Result<std::optional<boost::json::value>> next();

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::tools
