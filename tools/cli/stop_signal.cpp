// A signalfd and an eventfd behind one poll.
// SPDX-License-Identifier: MIT
#include "tools/cli/stop_signal.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <stdexcept>

namespace assay::tools {
namespace {

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

StopSignal::StopSignal() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
    wish_ = ::eventfd(0, EFD_CLOEXEC);
    if (signals_ < 0 || wish_ < 0) throw std::runtime_error("no file descriptors left for signals");
}

StopSignal::~StopSignal() {
    ::close(signals_);
    ::close(wish_);
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

int StopSignal::wait() {
    std::array<pollfd, 2> ready{{{signals_, POLLIN, 0}, {wish_, POLLIN, 0}}};
    while (::poll(ready.data(), ready.size(), -1) < 0) {
        // Interrupted by a signal that is not ours: wait on.
    }
    if ((ready[0].revents & POLLIN) == 0) return 0;
    signalfd_siginfo info{};
    const auto got = ::read(signals_, &info, sizeof info);
    return got == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

bool StopSignal::wait_for(std::chrono::milliseconds time) {
    if (stopped_) return true;
    std::array<pollfd, 2> ready{{{signals_, POLLIN, 0}, {wish_, POLLIN, 0}}};
    stopped_ = ::poll(ready.data(), ready.size(), static_cast<int>(time.count())) > 0;
    // Taken here, or it would act when the signals are let through again.
    signalfd_siginfo info{};
    if ((ready[0].revents & POLLIN) != 0) {
        [[maybe_unused]] const auto got = ::read(signals_, &info, sizeof info);
    }
    return stopped_;
}

void StopSignal::request() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wish_, &one, sizeof one);
}

}  // namespace assay::tools
