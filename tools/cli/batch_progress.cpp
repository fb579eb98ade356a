// Draws progress bars and progress lines.
// SPDX-License-Identifier: MIT
#include "tools/cli/batch_progress.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <vector>

#include "tools/cli/number_text.hpp"
#include "tools/cli/terminal.hpp"

namespace assay::tools {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds observe_every{250}, log_every{1'000}, log_quiet_every{30'000};
constexpr double smoothing_seconds = 4;  // what was seen that long ago counts for a third
constexpr std::size_t bar_columns_min = 8, bar_columns_max = 40;

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// "0:07", "12:30", "1:05:00".
std::string clock_text(std::int64_t seconds) {
    if (seconds < 3'600) return std::to_string(seconds / 60) + ":" + two_digits(seconds % 60);
    return std::to_string(seconds / 3'600) + ":" + two_digits(seconds / 60 % 60) + ":" +
           two_digits(seconds % 60);
}

std::int64_t percent(const BatchProgress& progress) {
    return progress.total > 0 ? 100 * progress.settled() / progress.total : 0;
}

// What can be said, in its order; the number tells what goes first when there is no room.
struct Fact {
    std::string text;
    int given_up = 0;  // 0: never
};

std::vector<Fact> facts_of(const BatchProgress& progress, std::optional<double> per_second) {
    std::vector<Fact> facts{{std::to_string(percent(progress)) + " %", 0},
                            {grouped(progress.settled()) + " of " + grouped(progress.total), 0}};
    if (progress.status == "queued" || progress.status == "cancelling")
        facts.push_back({progress.status, 0});
    if (progress.failed > 0) facts.push_back({grouped(progress.failed) + " failed", 2});
    if (progress.cancelled > 0) facts.push_back({grouped(progress.cancelled) + " cancelled", 2});
    if (!per_second || has_ended(progress.status)) return facts;
    const double rate = *per_second;
    facts.push_back({grouped(std::lround(rate)) + "/s", 1});
    const auto left = static_cast<double>(progress.total - progress.settled());
    constexpr double longest = 100 * 3'600;  // beyond that it is a guess nobody can use
    if (left > 0 && rate > 0 && left / rate < longest)
        facts.push_back({clock_text(std::llround(std::ceil(left / rate))) + " left", 3});
    return facts;
}

std::string joined(const std::vector<Fact>& facts) {
    std::string text;
    for (const Fact& fact : facts)
        text += (text.empty() ? "" : "  ") + fact.text;
    return text;
}

}  // namespace

bool has_ended(std::string_view status) noexcept {
    return status == "completed" || status == "failed" || status == "cancelled";
}

void RateMeter::observe(SteadyTime now, std::int64_t settled) {
    if (!last_ || settled < last_->settled) {
        last_ = Seen{now, settled};
        return;
    }
    if (now - last_->at < observe_every) return;
    const double seconds = std::chrono::duration<double>(now - last_->at).count();
    const double seen = static_cast<double>(settled - last_->settled) / seconds;
    last_ = Seen{now, settled};
    if (!rate_ && seen == 0) return;  // it has not begun yet
    const double weight = 1 - std::exp(-seconds / smoothing_seconds);
    rate_ = rate_ ? *rate_ + weight * (seen - *rate_) : seen;
}

std::string progress_line(const BatchProgress& progress, std::optional<double> per_second,
                          const ProgressStyle& style) {
    std::vector<Fact> facts = facts_of(progress, per_second);
    if (style.columns == 0) return joined(facts);
    // The last column stays free: some terminals wrap when it is written.
    const auto columns = static_cast<std::size_t>(style.columns) - 1;
    for (const int step : {1, 2, 3}) {
        if (joined(facts).size() <= columns) break;
        std::erase_if(facts, [&](const Fact& fact) { return fact.given_up == step; });
    }
    const std::string text = joined(facts);
    if (text.size() + 4 + bar_columns_min > columns) return text;
    const std::size_t width = std::min(columns - text.size() - 4, bar_columns_max);
    const std::size_t filled = static_cast<std::size_t>(percent(progress)) * width / 100;
    return "[" + inked(Ink::good, std::string(filled, '#'), style.colour) +
           inked(Ink::faint, std::string(width - filled, '.'), style.colour) + "]  " + text;
}

ProgressDisplay::ProgressDisplay(CommandContext& context, std::string label)
    : context_(context), label_(std::move(label)) {}

void ProgressDisplay::show(const BatchProgress& progress) {
    const SteadyTime now = context_.clock.steady_now();
    meter_.observe(now, progress.settled());
    if (context_.json && !context_.redraws) return;
    if (context_.redraws) {
        draw(progress);
    } else {
        log(progress, now);
    }
}

void ProgressDisplay::draw(const BatchProgress& progress) {
    context_.error << "\r\x1b[K"
                   << progress_line(progress, meter_.per_second(),
                                    {context_.columns, context_.colour_error})
                   << std::flush;
    drawn_ = true;
}

void ProgressDisplay::log(const BatchProgress& progress, SteadyTime now) {
    const std::int64_t tenth = percent(progress) / 10;
    const bool news = tenth != logged_tenth_ || progress.status != logged_status_;
    const bool last = has_ended(progress.status) && progress.status != logged_status_;
    if (logged_at_ && !last && now - *logged_at_ < (news ? log_every : log_quiet_every)) return;
    logged_at_ = now;
    logged_tenth_ = tenth;
    logged_status_ = progress.status;
    context_.error << to_rfc3339(context_.clock.now()) << ' ' << label_ << ' ' << progress.status
                   << ' ' << progress_line(progress, meter_.per_second(), {}) << '\n'
                   << std::flush;
}

void ProgressDisplay::say(const std::string& sentence) {
    finish();
    if (context_.json) return;
    if (!context_.redraws)
        context_.error << to_rfc3339(context_.clock.now()) << ' ' << label_ << ' ';
    context_.error << sentence << '\n' << std::flush;
}

void ProgressDisplay::finish() {
    if (drawn_) context_.error << '\n' << std::flush;
    drawn_ = false;
}

}  // namespace assay::tools
