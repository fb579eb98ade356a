// What bytes pass before the reader of their format: the limit on the wire, gzip, and a wait until
// there are enough of them to tell what they are. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/batch/gzip_stream.hpp"

namespace assay::engine {

struct InputGateOptions {
    bool gzip = false;
    std::size_t bytes_max = 0;           // on the wire
    std::size_t unpacked_bytes_max = 0;  // after gzip
    std::string_view too_large_remedy;   // lives as long as the program
};

// Unpacked bytes come out as `begin`, once, with the first of them (foreign_file_bytes or more, or
// all there are), then as `rest`.
class InputGate {
  public:
    using Step = std::function<Result<void>(std::string_view)>;

    InputGate(const InputGateOptions& options, Step begin, Step rest);
    InputGate(const InputGate&) = delete;
    InputGate& operator=(const InputGate&) = delete;

    // Errors: payload_too_large, unsupported_media (gzip that is none), and those of the steps.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();

  private:
    Result<void> plain(std::string_view bytes);
    Result<void> open();

    const InputGateOptions options_;
    const Step begin_, rest_;
    std::optional<GzipStream> gzip_;
    std::string head_;
    bool begun_ = false;
    std::size_t wire_bytes_ = 0;
};

}  // namespace assay::engine
