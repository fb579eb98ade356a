// Reads requests and says 200.
// SPDX-License-Identifier: MIT
#include "tools/load/fast_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

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

}  // namespace

FastReceiver::FastReceiver(std::size_t sample_every) : sample_every_(sample_every) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 1'024) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
        std::abort();
    }
    port_ = ntohs(address.sin_port);
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
    return "http://127.0.0.1:" + std::to_string(port_) + "/hook";
}

void FastReceiver::wait_for(std::uint64_t count) const noexcept {
    while (received() < count)
        ::usleep(200);
}

std::vector<std::string> FastReceiver::samples() const {
    const std::lock_guard lock(mutex_);
    return samples_;
}

void FastReceiver::run() {
    std::unordered_map<int, std::string> buffers;
    std::array<epoll_event, 64> events{};
    for (;;) {
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events.at(static_cast<std::size_t>(i)).data.fd;
            if (descriptor == stop_) {
                for (const auto& [open, buffer] : buffers)
                    ::close(open);
                return;
            }
            if (descriptor == listener_) {
                const int client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
                if (client < 0) continue;
                const int yes = 1;
                ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                watch(epoll_, client);
                buffers[client];
            } else if (!serve(descriptor, buffers[descriptor])) {
                ::close(descriptor);
                buffers.erase(descriptor);
            }
        }
    }
}

bool FastReceiver::serve(int descriptor, std::string& buffer) {
    std::array<char, 16'384> bytes;
    const auto got = ::recv(descriptor, bytes.data(), bytes.size(), 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    buffer.append(bytes.data(), static_cast<std::size_t>(got));
    while (const std::size_t size = request_size(buffer)) {
        if (received_.load(std::memory_order_relaxed) % sample_every_ == 0) {
            const std::lock_guard lock(mutex_);
            samples_.push_back(buffer.substr(0, size));
        }
        buffer.erase(0, size);
        if (::send(descriptor, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return false;
        received_.fetch_add(1, std::memory_order_relaxed);
    }
    return true;
}

}  // namespace assay::tools
