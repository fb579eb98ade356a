// Enters sockets into an epoll set once, and hands on what it says.
// SPDX-License-Identifier: MIT
#include "notify/http/socket_set.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <boost/asio/error.hpp>
#include <cassert>
#include <cerrno>

namespace assay::notify {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Then what else the loop has to do has its turn.
constexpr int ready_at_once = 128;

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

std::uint64_t name_of(std::uint32_t number, std::uint32_t age) noexcept {
    return std::uint64_t{age} << 32 | number;
}

}  // namespace

Result<std::unique_ptr<SocketSet>> SocketSet::make(asio::io_context& io) {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) {
        return fail(ErrorCode::io_error, "no epoll set: " + last_error().message());
    }
    return std::unique_ptr<SocketSet>(new SocketSet(io, descriptor));
}

SocketSet::SocketSet(asio::io_context& io, int descriptor) : set_(io.get_executor(), descriptor) {
    wait();
}

SocketSet::~SocketSet() {
    assert(free_.size() == entries_.size());
}

error_code SocketSet::enter(int descriptor, SocketListener& listener, std::uint32_t& number) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(entries_.size()));
        entries_.emplace_back();
    }
    number = free_.back();
    Entry& entry = entries_[number];
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = name_of(number, entry.age);
    if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
        return last_error();
    }
    free_.pop_back();
    entry.listener = &listener;
    return {};
}

// The kernel takes a descriptor out of the set when it is closed.
void SocketSet::leave(std::uint32_t number) noexcept {
    Entry& entry = entries_[number];
    assert(entry.listener != nullptr);
    entry.listener = nullptr;
    ++entry.age;
    free_.push_back(number);
}

void SocketSet::wait() {
    set_.async_wait(asio::posix::descriptor_base::wait_read,
                    [alive = std::weak_ptr(self_)](const error_code& error) {
                        const auto self = alive.lock();
                        if (self && !error) (*self)->on_ready();
                    });
}

void SocketSet::on_ready() {
    std::array<epoll_event, ready_at_once> events;
    const int count = ::epoll_wait(set_.native_handle(), events.data(), ready_at_once, 0);
    const std::weak_ptr alive(self_);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const Entry& entry = entries_[static_cast<std::uint32_t>(event.data.u64)];
        // Closed by what another socket of this turn has brought?
        if (entry.listener == nullptr || entry.age != event.data.u64 >> 32) continue;
        entry.listener->on_ready(event.events);
        if (alive.expired()) return;
    }
    wait();
}

error_code Socket::dial(const tcp::endpoint& peer) {
    close();
    const int descriptor =
        ::socket(peer.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor < 0) return last_error();
    const int yes = 1;
    error_code error;
    if (::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        (::connect(descriptor, peer.data(), static_cast<socklen_t>(peer.size())) != 0 &&
         errno != EINPROGRESS)) {
        error = last_error();
    }
    // Entered after connect(): a socket that was never dialled would count as one that hung up.
    if (!error) error = set_.enter(descriptor, listener_, number_);
    if (error) {
        ::close(descriptor);
        return error;
    }
    descriptor_ = descriptor;
    return {};
}

error_code Socket::dialled() const {
    int result = 0;
    socklen_t size = sizeof result;
    if (::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &result, &size) != 0) return last_error();
    return {result, boost::system::system_category()};
}

bool Socket::reaches(const tcp::endpoint& peer) const {
    tcp::endpoint there;
    auto size = static_cast<socklen_t>(there.capacity());
    if (::getpeername(descriptor_, there.data(), &size) != 0) return false;
    there.resize(size);
    return there == peer;
}

error_code Socket::write(std::string_view first, std::string_view second, std::size_t& sent) {
    // sendmsg() does not write to what it is given.
    std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = second.empty() ? 1 : 2;
    while (true) {
        const ssize_t result = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
        if (result >= 0) {
            sent = static_cast<std::size_t>(result);
            return {};
        }
        if (errno != EINTR) return last_error();
    }
}

error_code Socket::read(std::span<char> into, std::size_t& got) {
    while (true) {
        const ssize_t result = ::recv(descriptor_, into.data(), into.size(), 0);
        if (result > 0) {
            got = static_cast<std::size_t>(result);
            return {};
        }
        if (result == 0) return asio::error::make_error_code(asio::error::eof);
        if (errno != EINTR) return last_error();
    }
}

void Socket::close() noexcept {
    if (descriptor_ < 0) return;
    set_.leave(number_);
    ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace assay::notify
