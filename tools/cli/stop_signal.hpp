// Waits for SIGINT, SIGTERM, or the program's own wish to end.
// SPDX-License-Identifier: MIT
#pragma once

#include "tools/cli/stop_source.hpp"

namespace assay::tools {

// Construct it before the first thread starts, so that all inherit the blocked signals and only
// wait() takes them. request() may be called from any thread, wait() and wait_for() from one.
class StopSignal final : public StopSource {
  public:
    StopSignal();
    ~StopSignal() override;  // signals act as before
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    // The signal's number, or 0 after request().
    int wait();
    bool wait_for(std::chrono::milliseconds time) override;
    void request() noexcept;

  private:
    bool stopped_ = false;  // wait_for() has seen a signal or the wish
    int signals_ = -1;      // signalfd
    int wish_ = -1;         // eventfd
};

}  // namespace assay::tools
