// How far a batch is, as a bar that moves on a terminal and as lines that a log can hold elsewhere.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "tools/cli/command.hpp"

namespace assay::tools {

struct BatchProgress {
    std::string status;
    std::int64_t total = 0, completed = 0, failed = 0, cancelled = 0;
    std::int64_t settled() const noexcept { return completed + failed + cancelled; }
};

// Of a batch's status: it changes no more.
bool has_ended(std::string_view status) noexcept;

// Products a second, smoothed: what was seen in the last few seconds counts most, so one slow
// moment does not make the time left jump. It counts from the first observation, not from the
// batch's beginning: a watch may come late. Not thread-safe.
class RateMeter {
  public:
    void observe(SteadyTime now, std::int64_t settled);
    // nullopt until there is something to tell.
    std::optional<double> per_second() const noexcept { return rate_; }
    void forget() noexcept { last_.reset(); }  // a gap begins: it is not counted as slowness

  private:
    struct Seen {
        SteadyTime at;
        std::int64_t settled = 0;
    };
    std::optional<Seen> last_;
    std::optional<double> rate_;
};

struct ProgressStyle {
    int columns = 0;  // 0: without a bar, for a log
    bool colour = false;
};

// One line without its line end: "[########........]  52 %  5,200 of 10,000  2 failed  41,000/s
// 0:07 left". On a narrow terminal the bar goes first, then the rate, then the failures. Pure.
std::string progress_line(const BatchProgress& progress, std::optional<double> per_second,
                          const ProgressStyle& style);

// Shows progress on the error stream: redrawn in place on a terminal; elsewhere as lines, one for
// each tenth but at most one a second, and one in 30 seconds in which nothing happens. Nothing
// with --json. Not thread-safe.
class ProgressDisplay {
  public:
    ProgressDisplay(CommandContext& context, std::string label);
    ~ProgressDisplay() { finish(); }
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;
    void show(const BatchProgress& progress);
    // A sentence between the states, such as that the server is gone for the moment.
    void say(const std::string& sentence);
    void pause() { meter_.forget(); }  // nothing is known for a while
    void finish();                     // leaves the last state standing

  private:
    void draw(const BatchProgress& progress);
    void log(const BatchProgress& progress, SteadyTime now);

    CommandContext& context_;
    std::string label_;
    RateMeter meter_;
    std::optional<SteadyTime> logged_at_;
    std::int64_t logged_tenth_ = -1;
    std::string logged_status_;
    bool drawn_ = false;
};

}  // namespace assay::tools
