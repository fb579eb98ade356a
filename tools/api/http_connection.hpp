// One connection of the server: its state for deadlines, and the coroutine that serves it. Private
// to the server.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "tools/api/byte_stream.hpp"
#include "tools/api/http_server.hpp"
#include "tools/api/request_reader.hpp"
#include "tools/api/worker_pool.hpp"

namespace assay::tools {

class HttpConnection;

// What all connections of one server share. Belongs to the I/O thread, but for the pool, the
// handler and the clock.
struct ConnectionScope {
    const HttpServerOptions& options;
    HttpHandler& handler;
    Clock& clock;
    WorkerPool& workers;
    boost::asio::io_context& io;
    std::size_t live_streams = 0;
    bool stopping = false;
};

// The coroutine's frame owns it. Belongs to the I/O thread; `wake` of a live stream may come from
// anywhere.
class HttpConnection {
  public:
    enum class Phase : std::uint8_t { waiting, reading_head, busy, live };

    HttpConnection(ConnectionScope& scope, std::unique_ptr<ByteStream> stream, std::string remote);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    // Serves requests until the connection ends.
    Awaitable<void> run();

    // Looks at the deadline; what waits beyond it is cancelled.
    void check_deadline(SteadyTime now);
    // Ends what needs no finishing (idle connections, live streams); the rest ends after its
    // response.
    void begin_stop();
    void cut() noexcept;  // closes the socket under whatever runs

    Phase phase() const noexcept { return phase_; }
    SteadyTime waiting_since() const noexcept { return waiting_since_; }
    const std::string& remote() const noexcept { return remote_; }

  private:
    struct Waker;
    using Timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>,
                                          boost::asio::io_context::executor_type>;

    Awaitable<bool> read_some();
    Awaitable<bool> read_head();
    Awaitable<bool> read_body_bytes();
    Awaitable<HttpResponse> exchange();
    Awaitable<HttpResponse> receive_body(std::unique_ptr<BodySink>& sink);
    Awaitable<bool> write(std::string_view bytes);
    Awaitable<bool> write_response(HttpResponse& response);
    Awaitable<bool> write_stream(BodySource& source, bool chunked);
    Awaitable<bool> wait_for_more();
    Awaitable<void> refuse(HttpRefusal refusal);
    Awaitable<void> linger();
    Awaitable<void> on_worker(std::function<void()> job);
    HttpResponse own_refusal(int status, std::string code, std::string message) const;
    HttpResponse own_failure() const;
    Awaitable<void> discard_small_body();
    Awaitable<void> check_live_streams(HttpResponse& response);
    void deadline_in(std::chrono::milliseconds time);

    ConnectionScope& scope_;
    std::unique_ptr<ByteStream> stream_;
    std::string remote_;
    RequestReader reader_;
    std::string buffer_;
    Phase phase_ = Phase::waiting;
    SteadyTime waiting_since_{};
    SteadyTime deadline_ = SteadyTime::max();
    bool timed_out_ = false;
    bool keep_alive_ = true;
    Timer wake_timer_;
    std::shared_ptr<Waker> waker_;
    SteadyTime last_write_{};
    bool heartbeat_due_ = false;
    std::chrono::steady_clock::duration body_wait_{};  // time spent waiting for body bytes
    std::uint64_t body_bytes_ = 0;
    std::uint64_t bytes_out_ = 0;
};

}  // namespace assay::tools
