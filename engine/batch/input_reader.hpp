// What intake asks of each format: bytes in, rows out. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/base/result.hpp"

namespace assay::engine {

// feed() with any split of the bytes, then finish() once. An error is final. The input's byte order
// mark is gone already.
class InputReader {
  public:
    virtual ~InputReader() = default;
    virtual Result<void> feed(std::string_view bytes) = 0;
    virtual Result<void> finish() = 0;
};

}  // namespace assay::engine
