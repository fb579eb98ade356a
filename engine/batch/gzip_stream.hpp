// Unpacks gzip as it arrives, up to a limit.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::engine {

// Members that follow each other count as one stream (as gzip -d reads them). Memory: zlib's window
// and one block.
class GzipStream {
  public:
    using Sink = std::function<Result<void>(std::string_view)>;

    GzipStream(std::size_t unpacked_bytes_max, Sink sink);
    ~GzipStream();
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;

    // Errors: unsupported_media (not gzip, or damaged), payload_too_large, and what the sink
    // returns.
    Result<void> feed(std::string_view bytes);
    Result<void> finish();  // fails if the stream has not ended

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace assay::engine
