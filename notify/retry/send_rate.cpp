// Multiplicative decrease, additive recovery.
// SPDX-License-Identifier: MIT
#include "notify/retry/send_rate.hpp"

#include <algorithm>
#include <cassert>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

using std::chrono::duration_cast;

constexpr SteadyTime::duration a_second = std::chrono::seconds(1);
// A thread that woke late may catch up on so much; more would be a burst.
constexpr SteadyTime::duration catch_up_max = std::chrono::milliseconds(50);
constexpr double decrease = 0.5;
constexpr double recovery_seconds = 30;
constexpr double forgotten_at = 2;

SteadyTime::duration spacing(double rate) {
    return duration_cast<SteadyTime::duration>(std::chrono::duration<double>(1.0 / rate));
}

}  // namespace

std::optional<double> SendRate::rate() const noexcept {
    if (!learnt_) return ceiling_;
    return ceiling_ ? std::min(*ceiling_, *learnt_) : *learnt_;
}

void SendRate::sent(SteadyTime now) noexcept {
    if (now - second_ >= a_second) {
        count_before_ = now - second_ < 2 * a_second ? count_ : 0;
        count_ = 0;
        second_ = now;
    }
    ++count_;
    const std::optional<double> applies = rate();
    next_ = applies ? std::max(next_, now - catch_up_max) + spacing(*applies) : now;
}

void SendRate::throttled(SteadyTime sent, SteadyTime now) noexcept {
    assert(sent <= now);
    if (learnt_ && sent < lowered_) return;
    if (!learnt_) {
        before_ = static_cast<double>(std::max<std::int64_t>({count_, count_before_, 1}));
        if (ceiling_) before_ = std::min(before_, *ceiling_);
    }
    const double was = rate().value_or(before_);
    learnt_ = std::max(limits::endpoint_rate_min, std::min(was, before_) * decrease);
    lowered_ = raised_ = now;
    next_ = std::max(next_, now + spacing(*learnt_));
}

void SendRate::succeeded(SteadyTime now) noexcept {
    if (!learnt_ || now - raised_ < a_second) return;
    raised_ = now;
    *learnt_ += before_ / recovery_seconds;
    if (*learnt_ < forgotten_at * before_) return;
    learnt_.reset();
    next_ = now;
}

}  // namespace assay::notify
