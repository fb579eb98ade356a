// A few threads that run what may block, so that the I/O thread never does.
// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace assay::tools {

// Thread safety: post() and waiting() from any thread. Jobs must not throw. The queue is bounded by
// its users: each connection has at most one job in it, and new requests are refused above a limit.
class WorkerPool {
  public:
    explicit WorkerPool(int threads);
    ~WorkerPool();  // runs what is queued, then ends the threads
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void post(std::function<void()> job);
    std::size_t waiting() const;

  private:
    void run();

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace assay::tools
