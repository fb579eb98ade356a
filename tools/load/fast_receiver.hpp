// A receiver that is never the bottleneck it could be: one epoll thread, keep-alive, 200 for all.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace assay::tools {

class FastReceiver {
  public:
    explicit FastReceiver(std::size_t sample_every);
    ~FastReceiver();
    FastReceiver(const FastReceiver&) = delete;
    FastReceiver& operator=(const FastReceiver&) = delete;

    std::string url() const;
    std::uint64_t received() const noexcept { return received_.load(std::memory_order_relaxed); }
    void wait_for(std::uint64_t count) const noexcept;
    // Whole requests, head and body, one in `sample_every`.
    std::vector<std::string> samples() const;

  private:
    void run();
    bool serve(int descriptor, std::string& buffer);

    std::size_t sample_every_;
    int listener_ = -1, epoll_ = -1, stop_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::uint64_t> received_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> samples_;
    std::thread thread_;
};

}  // namespace assay::tools
