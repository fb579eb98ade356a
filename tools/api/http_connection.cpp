// The life of a connection: head, body, answer, and again; with a deadline on every wait.
// SPDX-License-Identifier: MIT
#include "tools/api/http_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <exception>
#include <utility>

#include "tools/api/http_date.hpp"

namespace assay::tools {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using Token = net::use_awaitable_t<net::io_context::executor_type>;
constexpr Token use_awaitable;

constexpr std::size_t read_bytes = 64 * limits::kibibyte;
constexpr std::size_t small_read_bytes = 4 * limits::kibibyte;  // while no body is expected
constexpr std::size_t write_bytes = 64 * limits::kibibyte;
constexpr milliseconds linger_time{2'000};
constexpr std::size_t linger_bytes_max = 1 * limits::mebibyte;
constexpr std::size_t discard_bytes_max = 64 * limits::kibibyte;
constexpr milliseconds stop_head_time{1'000};  // what a half-sent header gets when we stop

}  // namespace

// Reaches the connection from any thread while it lives; afterwards it does nothing.
struct HttpConnection::Waker {
    std::mutex mutex;
    net::io_context* io = nullptr;
    HttpConnection* connection = nullptr;
    bool ready = false;  // set by wake(), taken by the coroutine

    static void wake(const std::shared_ptr<Waker>& self) {
        const std::lock_guard lock(self->mutex);
        if (self->connection == nullptr || self->ready) return;
        self->ready = true;
        net::post(*self->io, [self] {
            const std::lock_guard inner(self->mutex);
            if (self->connection != nullptr) self->connection->wake_timer_.cancel();
        });
    }
    bool take() {
        const std::lock_guard lock(mutex);
        return std::exchange(ready, false);
    }
};

HttpConnection::HttpConnection(ConnectionScope& scope, std::unique_ptr<ByteStream> stream,
                               std::string remote)
    : scope_(scope),
      stream_(std::move(stream)),
      remote_(std::move(remote)),
      waiting_since_(scope.clock.steady_now()),
      wake_timer_(scope.io) {}

HttpConnection::~HttpConnection() {
    if (!waker_) return;
    const std::lock_guard lock(waker_->mutex);
    waker_->connection = nullptr;
}

void HttpConnection::deadline_in(milliseconds time) {
    deadline_ = scope_.clock.steady_now() + time;
    timed_out_ = false;
}

void HttpConnection::check_deadline(SteadyTime now) {
    if (phase_ == Phase::live && now - last_write_ >= scope_.options.heartbeat) {
        heartbeat_due_ = true;
        wake_timer_.cancel();
    }
    if (now < deadline_) return;
    timed_out_ = true;
    error_code ignored;
    stream_->socket().cancel(ignored);
}

void HttpConnection::begin_stop() {
    keep_alive_ = false;
    if (phase_ == Phase::waiting) cut();
    if (phase_ == Phase::reading_head)
        deadline_ = std::min(deadline_, scope_.clock.steady_now() + stop_head_time);
    if (phase_ == Phase::live) wake_timer_.cancel();
}

void HttpConnection::cut() noexcept {
    error_code ignored;
    stream_->socket().close(ignored);
    wake_timer_.cancel();
}

Awaitable<void> HttpConnection::run() {
    error_code error;
    deadline_in(scope_.options.header_timeout);
    co_await stream_->handshake(error);
    if (error) co_return;
    bool first = true;
    while (!scope_.stopping) {
        phase_ = Phase::waiting;
        waiting_since_ = scope_.clock.steady_now();
        deadline_in(first ? scope_.options.header_timeout : scope_.options.keep_alive_timeout);
        first = false;
        if (!co_await read_head()) co_return;
        phase_ = Phase::busy;
        const SteadyTime started = scope_.clock.steady_now();
        const std::uint64_t sent_before = bytes_out_;
        HttpResponse response = co_await exchange();
        co_await discard_small_body();
        co_await check_live_streams(response);
        if (response.close || scope_.stopping || !reader_.request().keep_alive ||
            !reader_.is_done())
            keep_alive_ = false;
        const bool written = co_await write_response(response);
        scope_.handler.finished({reader_.request(), response.status, body_bytes_,
                                 bytes_out_ - sent_before,
                                 std::chrono::duration_cast<std::chrono::microseconds>(
                                     scope_.clock.steady_now() - started)
                                     .count()});
        if (!written) co_return;
        if (!keep_alive_ || scope_.stopping) {
            co_await linger();
            co_return;
        }
        reader_.next_request();
    }
}

// More bytes for the reader. False: the connection ended, or the deadline passed.
Awaitable<bool> HttpConnection::read_some() {
    buffer_.resize(phase_ == Phase::busy ? read_bytes : small_read_bytes);
    error_code error;
    const std::size_t size =
        co_await stream_->read(net::buffer(buffer_.data(), buffer_.size()), error);
    if (error) co_return false;
    reader_.feed(std::string_view(buffer_).substr(0, size));
    co_return true;
}

Awaitable<bool> HttpConnection::read_head() {
    if (reader_.has_begun()) {  // pipelined
        phase_ = Phase::reading_head;
        deadline_in(scope_.options.header_timeout);
    }
    while (true) {
        const RequestReader::Step step = reader_.step();
        if (step == RequestReader::Step::head) break;
        if (step == RequestReader::Step::refused) {
            co_await refuse(reader_.refusal());
            co_return false;
        }
        if (!co_await read_some()) {
            if (!timed_out_ || !reader_.has_begun()) co_return false;
            HttpRefusal late{408, "request_timeout", "the request header took too long"};
            co_await refuse(std::move(late));
            co_return false;
        }
        if (phase_ == Phase::waiting) {
            phase_ = Phase::reading_head;
            deadline_in(scope_.options.header_timeout);
        }
    }
    deadline_ = SteadyTime::max();
    reader_.request().remote_address = remote_;
    body_bytes_ = 0;
    body_wait_ = {};
    co_return true;
}

HttpResponse HttpConnection::own_refusal(int status, std::string code, std::string message) const {
    HttpResponse response = scope_.handler.refuse({status, std::move(code), std::move(message)});
    if (status == 503) response.fields.push_back({"Retry-After", "1"});
    return response;
}

// What stands when a handler could not even answer.
HttpResponse HttpConnection::own_failure() const {
    HttpResponse response = own_refusal(500, "internal", "the request could not be handled");
    response.close = true;
    return response;
}

// A short body that nobody wanted is read over, so that the connection can go on.
Awaitable<void> HttpConnection::discard_small_body() {
    const HttpRequest& request = reader_.request();
    if (reader_.is_done() || request.expects_continue ||
        request.content_length.value_or(discard_bytes_max + 1) > discard_bytes_max)
        co_return;
    while (!reader_.is_done()) {
        const RequestReader::Step step = reader_.step();
        if (step == RequestReader::Step::refused) co_return;
        if (step == RequestReader::Step::need_more && !co_await read_body_bytes()) co_return;
    }
}

// Live streams are few: each holds a connection for as long as its client likes.
Awaitable<void> HttpConnection::check_live_streams(HttpResponse& response) {
    if (!response.stream || response.stream->heartbeat().empty()) co_return;
    if (scope_.live_streams < scope_.options.live_streams_max) co_return;
    co_await on_worker([&] { response.stream.reset(); });
    response = own_refusal(503, "busy", "there are too many live streams");
}

Awaitable<HttpResponse> HttpConnection::exchange() {
    if (scope_.workers.waiting() >= scope_.options.waiting_max)
        co_return own_refusal(503, "busy", "all workers are busy");
    HttpHandler::Begin begin{own_failure()};
    const bool complete = reader_.is_done();
    co_await on_worker([&] {
        begin = scope_.handler.begin(reader_.request());
        auto* sink = std::get_if<std::unique_ptr<BodySink>>(&begin);
        if (sink == nullptr || !complete) return;
        HttpResponse response = (*sink)->finish();
        begin = std::move(response);  // the sink goes here, on the worker
    });
    if (auto* response = std::get_if<HttpResponse>(&begin)) co_return std::move(*response);
    auto& sink = std::get<std::unique_ptr<BodySink>>(begin);
    HttpResponse response = co_await receive_body(sink);
    if (sink) co_await on_worker([&] { sink.reset(); });  // may wait for the store
    co_return response;
}

Awaitable<HttpResponse> HttpConnection::receive_body(std::unique_ptr<BodySink>& sink) {
    bool told_to_continue = !reader_.request().expects_continue;
    while (true) {
        switch (reader_.step()) {
            case RequestReader::Step::head:
            case RequestReader::Step::need_more: {
                if (!std::exchange(told_to_continue, true) &&
                    !co_await write("HTTP/1.1 100 Continue\r\n\r\n"))
                    co_return own_refusal(408, "request_timeout", "the connection has ended");
                if (!co_await read_body_bytes())
                    co_return own_refusal(408, "request_timeout",
                                          "the request body came too slowly or not at all");
                break;
            }
            case RequestReader::Step::body: {
                told_to_continue = true;
                body_bytes_ += reader_.piece().size();
                std::optional<HttpResponse> answer{own_failure()};
                co_await on_worker([&] {
                    auto given = sink->feed(reader_.piece());
                    if (!given && reader_.is_done()) given = sink->finish();
                    if (given) sink.reset();
                    answer = std::move(given);
                });
                if (answer) co_return std::move(*answer);
                break;
            }
            case RequestReader::Step::done: {
                HttpResponse response = own_failure();
                co_await on_worker([&] {
                    response = sink->finish();
                    sink.reset();
                });
                co_return response;
            }
            case RequestReader::Step::refused: {
                const HttpRefusal why = reader_.refusal();
                co_return own_refusal(why.status, why.code, why.message);
            }
        }
    }
}

// One read with both limits: no byte for a while, and too few bytes over the whole wait.
Awaitable<bool> HttpConnection::read_body_bytes() {
    const milliseconds idle = scope_.options.body_idle_timeout;
    const auto earned =
        milliseconds(static_cast<std::int64_t>(body_bytes_ * 1'000 / scope_.options.body_rate_min));
    const auto left = idle + earned - std::chrono::duration_cast<milliseconds>(body_wait_);
    const SteadyTime start = scope_.clock.steady_now();
    deadline_in(std::min(idle, std::max(left, milliseconds(0))));
    const bool came = co_await read_some();
    deadline_ = SteadyTime::max();
    body_wait_ += scope_.clock.steady_now() - start;
    co_return came;
}

Awaitable<bool> HttpConnection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view slice = bytes.substr(0, write_bytes);
        error_code error;
        deadline_in(scope_.options.write_timeout);
        co_await stream_->write(net::buffer(slice.data(), slice.size()), error);
        deadline_ = SteadyTime::max();
        if (error) co_return false;
        bytes_out_ += slice.size();
        bytes.remove_prefix(slice.size());
    }
    last_write_ = scope_.clock.steady_now();
    co_return true;
}

Awaitable<bool> HttpConnection::write_response(HttpResponse& response) {
    const HttpRequest& request = reader_.request();
    const bool is_head = request.method == "HEAD";
    const bool chunked = response.stream != nullptr && request.minor_version == 1;
    if (response.stream && !chunked) keep_alive_ = false;
    std::string framing;
    if (chunked)
        framing = "Transfer-Encoding: chunked\r\n";
    else if (!response.stream && response.status != 204 && response.status != 304)
        framing = "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    if (keep_alive_ && request.minor_version == 0) framing += "Connection: keep-alive\r\n";
    const std::string date = to_http_date(scope_.clock.now());
    std::string bytes = serialise_head(response, date, framing, keep_alive_);
    bool written = false;
    if (response.stream) {
        written = co_await write(bytes);
        if (written && !is_head) written = co_await write_stream(*response.stream, chunked);
        co_await on_worker([&] { response.stream.reset(); });  // may hold what must not block here
        co_return written;
    }
    if (is_head) co_return co_await write(bytes);
    if (response.body.size() <= write_bytes) {  // one send call for nearly every answer
        bytes += response.body;
        co_return co_await write(bytes);
    }
    co_return co_await write(bytes) && co_await write(response.body);
}

Awaitable<bool> HttpConnection::write_stream(BodySource& source, bool chunked) {
    const bool is_live = !source.heartbeat().empty();
    if (is_live) ++scope_.live_streams;
    struct Leave {
        ConnectionScope& scope;
        bool live;
        ~Leave() {
            if (live) --scope.live_streams;
        }
    } leave{scope_, is_live};
    waker_ = std::make_shared<Waker>();
    waker_->io = &scope_.io;
    waker_->connection = this;
    source.on_ready([waker = waker_] { Waker::wake(waker); });
    std::string framed;
    while (true) {
        BodySource::Piece piece{{}, BodySource::State::broken};
        co_await on_worker([&] { piece = source.next(); });
        if (heartbeat_due_ && piece.bytes.empty()) piece.bytes = source.heartbeat();
        heartbeat_due_ = false;
        framed.clear();
        if (!piece.bytes.empty() && chunked) {
            std::array<char, 20> size{};
            const auto end =
                std::to_chars(size.data(), size.data() + size.size(), piece.bytes.size(), 16).ptr;
            framed.assign(size.data(), static_cast<std::size_t>(end - size.data()));
            framed.append("\r\n").append(piece.bytes).append("\r\n");
        } else {
            framed = std::move(piece.bytes);
        }
        if (piece.state == BodySource::State::broken) co_return false;
        const bool last = piece.state == BodySource::State::ended ||
                          (is_live && scope_.stopping && piece.state == BodySource::State::waiting);
        if (last && chunked) framed += "0\r\n\r\n";
        if (!co_await write(framed)) co_return false;
        if (last) co_return true;
        if (piece.state == BodySource::State::waiting && !co_await wait_for_more()) co_return false;
    }
}

// Until the source is ready, a heartbeat is due or the server stops.
Awaitable<bool> HttpConnection::wait_for_more() {
    phase_ = Phase::live;
    while (!waker_->take() && !heartbeat_due_ && !scope_.stopping) {
        if (!stream_->socket().is_open()) co_return false;
        error_code ignored;
        wake_timer_.expires_at(std::chrono::steady_clock::time_point::max());
        co_await wake_timer_.async_wait(net::redirect_error(use_awaitable, ignored));
    }
    phase_ = Phase::busy;
    co_return stream_->socket().is_open();
}

// The answer to what broke a rule; the connection never goes on behind it.
Awaitable<void> HttpConnection::refuse(HttpRefusal refusal) {
    keep_alive_ = false;
    HttpResponse response =
        own_refusal(refusal.status, std::move(refusal.code), std::move(refusal.message));
    const std::string framing = "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    std::string bytes = serialise_head(response, to_http_date(scope_.clock.now()), framing, false);
    bytes += response.body;
    if (co_await write(bytes)) co_await linger();
}

// Closes so that the peer gets the whole answer: bytes that arrive on a closed socket would make
// the kernel throw it away.
Awaitable<void> HttpConnection::linger() {
    deadline_in(linger_time);
    co_await stream_->finish_writing();
    error_code ignored;
    const bool more_may_come =
        !reader_.is_done() || reader_.has_more() || stream_->socket().available(ignored) > 0;
    if (!more_may_come) co_return cut();
    std::array<char, 4096> waste;
    for (std::size_t total = 0; total < linger_bytes_max;) {
        error_code error;
        const std::size_t size = co_await stream_->read(net::buffer(waste), error);
        if (error || timed_out_) break;
        total += size;
    }
    cut();
}

// Runs `job` on a worker; the coroutine goes on, on the I/O thread, when it has returned.
Awaitable<void> HttpConnection::on_worker(std::function<void()> job) {
    co_await net::async_initiate<const Token, void()>(
        [this, &job](auto handler) {
            auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            scope_.workers.post([this, &job, resume, work = net::make_work_guard(scope_.io)] {
                try {
                    job();
                } catch (...) {
                    // Handlers do not throw; what does is out of memory, and the default answer of
                    // the exchange (500, or a cut stream) tells the client.
                }
                net::post(scope_.io, [resume] { std::move (*resume)(); });
            });
        },
        use_awaitable);
}

}  // namespace assay::tools
