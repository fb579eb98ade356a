// A wish from outside to stop, such as Ctrl-C, as an interface, so that tests own it.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace assay::tools {

class StopSource {
  public:
    virtual ~StopSource() = default;
    // Waits at most `time`; true, at once, when it was asked to stop, now or before.
    virtual bool wait_for(std::chrono::milliseconds time) = 0;
};

}  // namespace assay::tools
