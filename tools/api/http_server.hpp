// An HTTP/1.1 server over plain or TLS sockets, bounded in everything: it reads requests, lets
// workers answer them, and writes what they say.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "tools/api/http_message.hpp"

namespace assay::tools {

struct HttpServerOptions {
    std::string address = "127.0.0.1";  // an IPv4 or IPv6 literal
    std::uint16_t port = 0;             // 0: a free one
    std::string tls_certificate;        // PEM file with the chain; with tls_key: serves HTTPS
    std::string tls_key;                // PEM file
    int workers = 4;                    // 1..64 threads that run the handler
    std::size_t waiting_max = 256;      // requests waiting for a worker; then 503
    std::size_t connections_max = limits::api_connections_max;
    // Per client address. At a cap the connection that has waited longest without a request is
    // closed in favour of the new one, so that those who hold connections only cost themselves.
    std::size_t connections_per_address_max = 1'024;
    std::size_t live_streams_max = 256;  // responses that wait for events; then 503
    std::chrono::milliseconds header_timeout = limits::request_header_timeout;  // whole header
    std::chrono::milliseconds body_idle_timeout = limits::request_body_idle_timeout;
    std::size_t body_rate_min = limits::kibibyte;     // bytes a second, after body_idle_timeout
    std::chrono::milliseconds write_timeout{30'000};  // of each 64 KiB
    std::chrono::milliseconds keep_alive_timeout = limits::keep_alive_timeout;
    std::chrono::milliseconds heartbeat{15'000};  // of live streams
    std::chrono::milliseconds tick{1'000};        // how often deadlines are looked at, while there
                                                  // are connections
};
Result<void> validate(const HttpServerOptions& options);

// One I/O thread and a few workers. Thread safety: stop(), port(), url() and connections() from any
// thread. The handler and the clock outlive the server.
class HttpServer {
  public:
    // Binds and listens; port() and url() are known, and who connects waits until serve(). Errors:
    // invalid_argument (address, certificate, key), conflict (the port is taken), io_error.
    static Result<std::unique_ptr<HttpServer>> listen(HttpServerOptions options, Clock& clock);
    // Starts the threads. Once.
    void serve(HttpHandler& handler);
    // Both.
    static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options,
                                                     HttpHandler& handler, Clock& clock);
    ~HttpServer();  // stop(0)
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const noexcept;
    const std::string& url() const noexcept;  // "http://127.0.0.1:8080", without a slash at its end
    std::size_t connections() const noexcept;

    // Accepts nothing more, ends live streams and idle connections, gives requests under way up to
    // `drain`, then cuts what is left. Returns when nothing runs any more. Idempotent.
    void stop(std::chrono::milliseconds drain);

  private:
    struct Body;
    explicit HttpServer(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace assay::tools
