// How far a batch is, as a bar that moves on a terminal and as lines that a log can hold elsewhere.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "engine/base/clock.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

struct BatchProgress {
    std::string status;
    std::int64_t total = 0, completed = 0, failed = 0, cancelled = 0;
    std::int64_t settled() const noexcept { return completed + failed + cancelled; }
};

// One line without its line end: "[########........]  52 %  5,200 of 10,000  2 failed  41,000/s
// 0:07 left". Rate and time left appear once there is something to compute them from. Pure.
std::string progress_line(const BatchProgress& progress, std::chrono::milliseconds elapsed,
                          int columns);

// "1234567" -> "1,234,567".
std::string grouped(std::int64_t number);

// Shows progress on the error stream: redrawn in place on a terminal, else a line whenever another
// tenth is done.
class ProgressDisplay {
  public:
    ProgressDisplay(CommandContext& context, std::string label);
    void show(const BatchProgress& progress);
    void finish();  // leaves the last state standing

  private:
    CommandContext& context_;
    std::string label_;
    SteadyTime started_;
    std::int64_t last_tenth_ = -1;
    bool drawn_ = false;
};

}  // namespace assay::tools
