// What `assay analyze` and `assay submit` read from, and the bar that is shown meanwhile.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>

#include "engine/batch/intake.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

// The format of a manifest by its first bytes: a ZIP archive is a workbook, an array is one JSON
// document, an object that ends on its line is NDJSON, anything else is CSV.
engine::InputFormat sniff_format(std::string_view first_bytes) noexcept;

struct AnalyzeInput {
    // `path` "-": `standard_input`. `format` empty: by name, else by the first bytes; a workbook by
    // those alone. Errors: io_error (a directory, not to be read), unsupported_media (compressed
    // bytes of unknown format).
    Result<void> open(const std::string& path, const std::string& format_name,
                      std::istream& standard_input);

    std::ifstream file;
    std::unique_ptr<std::streambuf> buffer;  // all bytes, those looked at first included
    std::uint64_t size = 0;                  // 0: unknown
    std::string name;                        // as it is shown
    engine::InputFormat format = engine::InputFormat::csv;
    bool gzip = false;
};

// A bar on standard error if that is a terminal, gone when the answer comes.
class AnalyzeBar {
  public:
    AnalyzeBar(CommandContext& context, std::uint64_t size)
        : context_(context), size_(size), drawn_(context.clock.steady_now()) {}
    void show(std::uint64_t bytes, std::int64_t products);
    void clear();

  private:
    CommandContext& context_;
    const std::uint64_t size_;
    SteadyTime drawn_;
    bool visible_ = false;
};

}  // namespace assay::tools
