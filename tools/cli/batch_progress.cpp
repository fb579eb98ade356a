// Draws progress bars and progress lines.
// SPDX-License-Identifier: MIT
#include "tools/cli/batch_progress.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace assay::tools {
namespace {

std::string minutes_and_seconds(std::int64_t seconds) {
    const std::string rest = std::to_string(seconds % 60);
    return std::to_string(seconds / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

std::int64_t percent(const BatchProgress& progress) {
    return progress.total > 0 ? 100 * progress.settled() / progress.total : 0;
}

}  // namespace

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t i = digits.size(); i > first + 3;) {
        i -= 3;
        digits.insert(i, ",");
    }
    return digits;
}

std::string progress_line(const BatchProgress& progress, std::chrono::milliseconds elapsed,
                          int columns) {
    std::string facts = std::to_string(percent(progress)) + " %  " + grouped(progress.settled()) +
                        " of " + grouped(progress.total);
    if (progress.failed > 0) facts += "  " + grouped(progress.failed) + " failed";
    if (progress.settled() > 0 && elapsed.count() >= 200) {
        const std::int64_t rate = progress.settled() * 1000 / elapsed.count();
        facts += "  " + grouped(rate) + "/s";
        if (rate > 0 && progress.settled() < progress.total) {
            facts +=
                "  " + minutes_and_seconds((progress.total - progress.settled()) / rate) + " left";
        }
    }
    const int room = columns - static_cast<int>(facts.size()) - 5;
    if (room < 8) return facts;
    const auto width = static_cast<std::size_t>(std::min(room, 40));
    const auto filled = static_cast<std::size_t>(percent(progress)) * width / 100;
    return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]  " + facts;
}

ProgressDisplay::ProgressDisplay(CommandContext& context, std::string label)
    : context_(context), label_(std::move(label)), started_(context.clock.steady_now()) {}

void ProgressDisplay::show(const BatchProgress& progress) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        context_.clock.steady_now() - started_);
    if (context_.error_is_terminal) {
        context_.error << "\r\x1b[K" << progress_line(progress, elapsed, context_.columns)
                       << std::flush;
        drawn_ = true;
        return;
    }
    const std::int64_t tenth = percent(progress) / 10;
    if (tenth == last_tenth_) return;
    last_tenth_ = tenth;
    context_.error << to_rfc3339(context_.clock.now()) << ' ' << label_ << ' ' << progress.status
                   << ' ' << progress_line(progress, elapsed, 0) << '\n'
                   << std::flush;
}

void ProgressDisplay::finish() {
    if (drawn_) context_.error << '\n' << std::flush;
    drawn_ = false;
}

}  // namespace assay::tools
