// Buckets that refill as time passes.
// SPDX-License-Identifier: MIT
#include "tools/api/rate_limit.hpp"

#include <algorithm>

namespace assay::tools {

RateLimiter::RateLimiter(RateLimit limit, std::size_t names_max)
    : limit_(limit), names_max_(names_max) {}

double RateLimiter::refilled(const Bucket& bucket, SteadyTime now) const noexcept {
    const double seconds = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(limit_.burst, bucket.tokens + std::max(0.0, seconds) * limit_.per_second);
}

RateLimiter::Bucket* RateLimiter::find(const std::string& name, SteadyTime now) {
    const auto known = buckets_.find(name);
    if (known != buckets_.end()) return &known->second;
    if (buckets_.size() >= names_max_) {
        std::erase_if(buckets_, [&](const auto& entry) {
            return refilled(entry.second, now) >= limit_.burst;
        });
        if (buckets_.size() >= names_max_) return nullptr;
    }
    return &buckets_.emplace(name, Bucket{limit_.burst, now}).first->second;
}

bool RateLimiter::take(const std::string& name, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    Bucket* bucket = find(name, now);
    if (bucket == nullptr) return true;
    *bucket = {refilled(*bucket, now), now};
    if (bucket->tokens < 1) return false;
    bucket->tokens -= 1;
    return true;
}

bool RateLimiter::has(const std::string& name, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    const auto known = buckets_.find(name);
    return known == buckets_.end() || refilled(known->second, now) >= 1;
}

}  // namespace assay::tools
