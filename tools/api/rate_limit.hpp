// Token buckets by name, in a bounded table.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/base/clock.hpp"

namespace assay::tools {

struct RateLimit {
    double per_second = 0;
    double burst = 0;
};

// A full table forgets the buckets that are full again, then refuses nobody it does not know: the
// limit protects against one loud client, not against a million quiet ones. Thread safety: any
// thread.
class RateLimiter {
  public:
    explicit RateLimiter(RateLimit limit, std::size_t names_max = 16'384);

    // Takes one token. False: there is none.
    bool take(const std::string& name, SteadyTime now);
    // Whether there is one, without taking it.
    bool has(const std::string& name, SteadyTime now);

  private:
    struct Bucket {
        double tokens = 0;
        SteadyTime at{};
    };
    double refilled(const Bucket& bucket, SteadyTime now) const noexcept;
    Bucket* find(const std::string& name, SteadyTime now);

    RateLimit limit_;
    std::size_t names_max_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace assay::tools
