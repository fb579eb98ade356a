// Receivers of loads: a fast one (one epoll thread, keep-alive, 200 for all), and one that hangs.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace assay::tools {

// Where it listens: at 127.0.0.1, or at every address of the loopback interface (127.x.y.z), which
// is what endpoints with addresses of their own call.
enum class ListensAt : std::uint8_t { one_address, all_loopback };

class FastReceiver {
  public:
    explicit FastReceiver(std::size_t sample_every, ListensAt where = ListensAt::one_address);
    ~FastReceiver();
    FastReceiver(const FastReceiver&) = delete;
    FastReceiver& operator=(const FastReceiver&) = delete;

    std::string url() const;
    std::uint64_t received() const noexcept { return received_.load(std::memory_order_relaxed); }
    void wait_for(std::uint64_t count) const noexcept;
    // Whole requests, head and body, one in `sample_every`.
    std::vector<std::string> samples() const;
    // Microseconds from when a request was due, as its body says (load_body()), to its last byte.
    std::vector<double> latencies() const;

  private:
    void run();
    void accept_all(std::vector<int>& open);
    bool serve(int descriptor, std::string& buffer);
    void keep(std::string_view request);

    std::size_t sample_every_;
    std::uint16_t port_ = 0;  // filled in while the listener is made
    int listener_ = -1, epoll_ = -1, stop_ = -1;
    std::atomic<std::uint64_t> received_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> samples_;
    std::vector<double> latencies_;
    std::thread thread_;
};

// A receiver that hangs: at every loopback address connections are taken by the kernel, as many as
// wait to be accepted, and nothing is ever read or said. The rest are not even answered.
class SilentReceiver {
  public:
    SilentReceiver();
    ~SilentReceiver();
    SilentReceiver(const SilentReceiver&) = delete;
    SilentReceiver& operator=(const SilentReceiver&) = delete;

    std::string url() const;

  private:
    std::uint16_t port_ = 0;
    int listener_ = -1;
};

}  // namespace assay::tools
