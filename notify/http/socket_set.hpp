// Non-blocking TCP sockets, and one epoll set that tells which of them are ready (private to http).
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace assay::notify {

// Told what its socket has become ready for: EPOLLIN and the like, each change once and not for as
// long as it lasts.
class SocketListener {
  public:
    virtual ~SocketListener() = default;
    virtual void on_ready(std::uint32_t events) = 0;
};

// The sockets of one pool. The loop watches the set as a single descriptor and is told of all that
// became ready in one turn; a socket is entered once, for its whole life. Asio's own sockets would
// cost a second receive call for each response: they look once more, in vain, whenever the next
// read begins. Belongs to the thread of `io`.
class SocketSet {
  public:
    // Errors: io_error, when there is no descriptor left.
    static Result<std::unique_ptr<SocketSet>> make(boost::asio::io_context& io);
    ~SocketSet();
    SocketSet(const SocketSet&) = delete;
    SocketSet& operator=(const SocketSet&) = delete;

  private:
    friend class Socket;
    // A number names a socket in the kernel's answers; the age tells it from one that had the same
    // number and was closed while the answer stood in the queue.
    struct Entry {
        SocketListener* listener = nullptr;
        std::uint32_t age = 0;
    };
    SocketSet(boost::asio::io_context& io, int descriptor);
    boost::system::error_code enter(int descriptor, SocketListener& listener,
                                    std::uint32_t& number);
    void leave(std::uint32_t number) noexcept;
    void wait();
    void on_ready();

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> free_;
    // The loop's handler may still be queued when the set is gone.
    std::shared_ptr<SocketSet*> self_ = std::make_shared<SocketSet*>(this);
};

// One socket: closed, or of one dialled peer. Its set outlives it.
class Socket {
  public:
    Socket(SocketSet& set, SocketListener& listener) : set_(set), listener_(listener) {}
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // Closes what was open and begins to connect. The listener hears when that has ended, unless an
    // error is given here.
    boost::system::error_code dial(const boost::asio::ip::tcp::endpoint& peer);
    // How it ended, once the listener was told that it can write or has failed.
    boost::system::error_code dialled() const;
    // Whether the other end is `peer`.
    bool reaches(const boost::asio::ip::tcp::endpoint& peer) const;
    // One send call for both. would_block: nothing was taken, and the listener hears of room.
    boost::system::error_code write(std::string_view first, std::string_view second,
                                    std::size_t& sent);
    // One receive call. would_block, or asio's eof.
    boost::system::error_code read(std::span<char> into, std::size_t& got);
    void close() noexcept;
    int descriptor() const noexcept { return descriptor_; }

  private:
    SocketSet& set_;
    SocketListener& listener_;
    int descriptor_ = -1;
    std::uint32_t number_ = 0;
};

}  // namespace assay::notify
