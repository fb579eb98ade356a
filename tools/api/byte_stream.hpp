// A connected socket with or without TLS: one interface, so its coroutine is compiled once.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <memory>

#include "engine/base/result.hpp"

namespace boost::asio::ssl {
class context;
}

namespace assay::tools {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
template <class T>
using Awaitable = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

// Belongs to the I/O thread. Errors come in `error`; nothing throws.
class ByteStream {
  public:
    virtual ~ByteStream() = default;
    virtual Awaitable<void> handshake(boost::system::error_code& error) = 0;
    virtual Awaitable<std::size_t> read(boost::asio::mutable_buffer buffer,
                                        boost::system::error_code& error) = 0;
    virtual Awaitable<void> write(boost::asio::const_buffer buffer,
                                  boost::system::error_code& error) = 0;
    // Says that nothing more will be written.
    virtual Awaitable<void> finish_writing() = 0;
    virtual Socket& socket() noexcept = 0;
};

std::unique_ptr<ByteStream> make_plain_stream(Socket socket);
std::unique_ptr<ByteStream> make_tls_stream(Socket socket, boost::asio::ssl::context& context);

// A context for serving: TLS 1.2 and later, the given chain and key. Errors: invalid_argument.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& certificate,
                                                                    const std::string& key);

}  // namespace assay::tools
