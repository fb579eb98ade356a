// Waits for SIGINT, SIGTERM, or the program's own wish to end.
// SPDX-License-Identifier: MIT
#pragma once

namespace assay::tools {

// Construct it before the first thread starts, so that all inherit the blocked signals and only
// wait() takes them. request() may be called from any thread, wait() from one.
class StopSignal {
  public:
    StopSignal();
    ~StopSignal();  // signals act as before
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    // The signal's number, or 0 after request().
    int wait();
    void request() noexcept;

  private:
    int signals_ = -1;  // signalfd
    int wish_ = -1;     // eventfd
};

}  // namespace assay::tools
