// Reads requests and says 200; or reads nothing.
// SPDX-License-Identifier: MIT
#include "tools/load/fast_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include "tools/load/load.hpp"

namespace assay::tools {
namespace {

constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view length_name = "\r\nContent-Length: ";

// Bytes of the first request in `buffer`; 0: not all there.
std::size_t request_size(std::string_view buffer) {
    const std::size_t end = buffer.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const std::size_t at = buffer.rfind(length_name, end);
    if (at == std::string_view::npos) std::abort();
    std::size_t length = 0;
    std::from_chars(buffer.data() + at + length_name.size(), buffer.data() + end, length);
    return buffer.size() >= end + 4 + length ? end + 4 + length : 0;
}

void watch(int epoll, int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) std::abort();
}

// A listening socket on a port of its own; its number goes to `port`.
int listen_at(ListensAt where, std::uint16_t& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (where == ListensAt::all_loopback) {
        // Every address, but of this interface only: nothing from outside arrives.
        address.sin_addr.s_addr = htonl(INADDR_ANY);
        constexpr std::string_view interface = "lo";
        if (::setsockopt(listener, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                         interface.size()) != 0) {
            std::abort();
        }
    }
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, SOMAXCONN) != 0 ||
        ::getsockname(listener, generic, &size) != 0) {
        std::abort();
    }
    port = ntohs(address.sin_port);
    return listener;
}

std::string url_of(std::uint16_t port) {
    return "http://127.0.0.1:" + std::to_string(port) + "/hook";
}

}  // namespace

FastReceiver::FastReceiver(std::size_t sample_every, ListensAt where)
    : sample_every_(sample_every), listener_(listen_at(where, port_)) {
    epoll_ = ::epoll_create1(0);
    stop_ = ::eventfd(0, 0);
    watch(epoll_, listener_);
    watch(epoll_, stop_);
    thread_ = std::thread([this] { run(); });
}

FastReceiver::~FastReceiver() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
    thread_.join();
    ::close(listener_);
    ::close(epoll_);
    ::close(stop_);
}

std::string FastReceiver::url() const {
    return url_of(port_);
}

void FastReceiver::wait_for(std::uint64_t count) const noexcept {
    while (received() < count)
        ::usleep(200);
}

std::vector<std::string> FastReceiver::samples() const {
    const std::lock_guard lock(mutex_);
    return samples_;
}

std::vector<double> FastReceiver::latencies() const {
    const std::lock_guard lock(mutex_);
    return latencies_;
}

void FastReceiver::run() {
    std::vector<std::string> buffers;  // by descriptor; those of closed ones are empty
    std::vector<int> open;
    std::array<epoll_event, 64> events{};
    for (;;) {
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events.at(static_cast<std::size_t>(i)).data.fd;
            if (descriptor == stop_) {
                for (const int one : open)
                    ::close(one);
                return;
            }
            if (descriptor == listener_) {
                accept_all(open);
                continue;
            }
            const auto number = static_cast<std::size_t>(descriptor);
            if (buffers.size() <= number) buffers.resize(number + 1);
            if (serve(descriptor, buffers[number])) continue;
            ::close(descriptor);
            std::erase(open, descriptor);
            buffers[number].clear();
        }
    }
}

void FastReceiver::accept_all(std::vector<int>& open) {
    for (;;) {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        const int yes = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(epoll_, client);
        open.push_back(client);
    }
}

bool FastReceiver::serve(int descriptor, std::string& buffer) {
    std::array<char, 16'384> bytes;
    const auto got = ::recv(descriptor, bytes.data(), bytes.size(), 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    buffer.append(bytes.data(), static_cast<std::size_t>(got));
    while (const std::size_t size = request_size(buffer)) {
        keep(std::string_view(buffer).substr(0, size));
        buffer.erase(0, size);
        if (::send(descriptor, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return false;
        received_.fetch_add(1, std::memory_order_relaxed);
    }
    return true;
}

void FastReceiver::keep(std::string_view request) {
    const std::int64_t due = due_of(request);
    const bool sampled = received_.load(std::memory_order_relaxed) % sample_every_ == 0;
    if (due <= 0 && !sampled) return;
    const std::chrono::nanoseconds now = std::chrono::steady_clock::now().time_since_epoch();
    const std::lock_guard lock(mutex_);
    if (due > 0) latencies_.push_back(static_cast<double>(now.count() - due) * 1e-3);
    if (sampled) samples_.emplace_back(request);
}

SilentReceiver::SilentReceiver() : listener_(listen_at(ListensAt::all_loopback, port_)) {}

SilentReceiver::~SilentReceiver() {
    ::close(listener_);
}

std::string SilentReceiver::url() const {
    return url_of(port_);
}

}  // namespace assay::tools
