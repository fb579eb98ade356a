// Plain and TLS sockets as coroutines.
// SPDX-License-Identifier: MIT
#include "tools/api/byte_stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace assay::tools {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using Token = net::use_awaitable_t<net::io_context::executor_type>;
constexpr Token use_awaitable;

class PlainStream final : public ByteStream {
  public:
    explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

    Awaitable<void> handshake(error_code& error) override {
        error = {};
        co_return;
    }
    Awaitable<std::size_t> read(net::mutable_buffer buffer, error_code& error) override {
        co_return co_await socket_.async_read_some(buffer,
                                                   net::redirect_error(use_awaitable, error));
    }
    Awaitable<void> write(net::const_buffer buffer, error_code& error) override {
        co_await net::async_write(socket_, buffer, net::redirect_error(use_awaitable, error));
    }
    Awaitable<void> finish_writing() override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
        co_return;
    }
    Socket& socket() noexcept override { return socket_; }

  private:
    Socket socket_;
};

class TlsStream final : public ByteStream {
  public:
    TlsStream(Socket socket, net::ssl::context& context) : stream_(std::move(socket), context) {}

    Awaitable<void> handshake(error_code& error) override {
        co_await stream_.async_handshake(net::ssl::stream_base::server,
                                         net::redirect_error(use_awaitable, error));
    }
    Awaitable<std::size_t> read(net::mutable_buffer buffer, error_code& error) override {
        co_return co_await stream_.async_read_some(buffer,
                                                   net::redirect_error(use_awaitable, error));
    }
    Awaitable<void> write(net::const_buffer buffer, error_code& error) override {
        co_await net::async_write(stream_, buffer, net::redirect_error(use_awaitable, error));
    }
    Awaitable<void> finish_writing() override {
        // close_notify without waiting for the peer's: async_shutdown would read as well.
        SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
        error_code ignored;
        co_await stream_.async_shutdown(net::redirect_error(use_awaitable, ignored));
        stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
    }
    Socket& socket() noexcept override { return stream_.next_layer(); }

  private:
    net::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(Socket socket) {
    return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<ByteStream> make_tls_stream(Socket socket, net::ssl::context& context) {
    return std::make_unique<TlsStream>(std::move(socket), context);
}

Result<std::shared_ptr<net::ssl::context>> make_tls_context(const std::string& certificate,
                                                            const std::string& key) {
    auto context = std::make_shared<net::ssl::context>(net::ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                                      SSL_OP_IGNORE_UNEXPECTED_EOF);
    error_code error;
    context->use_certificate_chain_file(certificate, error);
    if (error)
        return fail(ErrorCode::invalid_argument,
                    "the certificate " + certificate + " cannot be used: " + error.message(),
                    "--tls-cert", "give a PEM file with the certificate first, then its chain");
    context->use_private_key_file(key, net::ssl::context::pem, error);
    if (error)
        return fail(ErrorCode::invalid_argument,
                    "the key " + key + " cannot be used: " + error.message(), "--tls-key",
                    "give the PEM file of the certificate's own key");
    return context;
}

}  // namespace assay::tools
