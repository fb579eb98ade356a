// Accepts connections, keeps their number and their deadlines, and ends them in good order.
// SPDX-License-Identifier: MIT
#include "tools/api/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <condition_variable>
#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "tools/api/http_connection.hpp"

namespace assay::tools {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using Acceptor = net::basic_socket_acceptor<net::ip::tcp, net::io_context::executor_type>;
using Timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                        net::wait_traits<std::chrono::steady_clock>,
                                        net::io_context::executor_type>;
constexpr net::use_awaitable_t<net::io_context::executor_type> use_awaitable;
constexpr int listen_backlog = 1'024;
constexpr std::chrono::milliseconds descriptor_pause{100};

}  // namespace

Result<void> validate(const HttpServerOptions& options) {
    const auto bad = [](const char* message, const char* field) {
        return fail(ErrorCode::invalid_argument, message, field);
    };
    if (options.workers < 1 || options.workers > 64)
        return bad("must be between 1 and 64", "workers");
    if (options.connections_max < 1 || options.connections_per_address_max < 1)
        return bad("must be at least 1", "connections_max");
    if (options.tls_certificate.empty() != options.tls_key.empty())
        return bad("a certificate and its key belong together", "tls_certificate");
    if (options.body_rate_min < 1) return bad("must be at least 1", "body_rate_min");
    if (options.tick.count() < 1) return bad("must be at least 1 ms", "tick");
    return {};
}

struct HttpServer::Body {
    HttpServerOptions options;
    Clock& clock;
    net::io_context io{1};
    std::optional<WorkerPool> workers;
    std::shared_ptr<net::ssl::context> tls;
    Acceptor acceptor{io};
    Timer sweep_timer{io};
    Timer accept_timer{io};
    std::optional<ConnectionScope> scope;
    std::list<HttpConnection*> open;  // owned by their coroutines
    bool sweeping = false;
    std::string url;
    std::uint16_t port = 0;
    std::thread thread;

    std::atomic<std::size_t> connections{0};  // open.size(), for other threads
    std::mutex mutex;                         // guards the two below
    std::condition_variable none_left;
    bool stopped = false;

    Body(HttpServerOptions given, Clock& the_clock) : options(std::move(given)), clock(the_clock) {}

    Result<void> listen();
    Awaitable<void> accept();
    using Place = std::list<HttpConnection*>::iterator;
    void open_connection(Socket socket, std::string remote);
    Awaitable<void> serve(std::unique_ptr<HttpConnection> connection, Place place);
    bool make_room(const std::string& remote);
    void sweep();
    void begin_stop();
    void cut_all();
    bool wait_until_none(std::chrono::milliseconds time);
};

Result<void> HttpServer::Body::listen() {
    error_code error;
    const auto address = net::ip::make_address(options.address, error);
    if (error)
        return fail(ErrorCode::invalid_argument, options.address + " is no IP address", "--listen",
                    "write ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:8080");
    if (!options.tls_certificate.empty()) {
        auto context = make_tls_context(options.tls_certificate, options.tls_key);
        if (!context) return std::move(context).error();
        tls = *std::move(context);
    }
    const net::ip::tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(listen_backlog, error);
    if (error == net::error::address_in_use)
        return fail(ErrorCode::conflict,
                    "port " + std::to_string(options.port) + " of " + options.address +
                        " is taken by another program",
                    "--listen", "choose another port, or 0 for a free one");
    if (error)
        return fail(ErrorCode::io_error,
                    "cannot listen on " + options.address + ": " + error.message(), "--listen");
    port = acceptor.local_endpoint().port();
    url = (tls ? "https://" : "http://") +
          (address.is_v6() ? "[" + options.address + "]" : options.address) + ":" +
          std::to_string(port);
    return {};
}

Awaitable<void> HttpServer::Body::accept() {
    while (acceptor.is_open()) {
        error_code error;
        Socket socket(io);
        co_await acceptor.async_accept(socket, net::redirect_error(use_awaitable, error));
        if (!acceptor.is_open()) co_return;
        if (error) {  // out of descriptors, mostly: give those that are open time to end
            accept_timer.expires_after(descriptor_pause);
            co_await accept_timer.async_wait(net::redirect_error(use_awaitable, error));
            continue;
        }
        const auto peer = socket.remote_endpoint(error);
        if (error) continue;
        std::string remote = peer.address().to_string();
        if (!make_room(remote)) continue;  // the socket closes
        socket.set_option(net::ip::tcp::no_delay(true), error);
        open_connection(std::move(socket), std::move(remote));
    }
}

void HttpServer::Body::open_connection(Socket socket, std::string remote) {
    auto stream =
        tls ? make_tls_stream(std::move(socket), *tls) : make_plain_stream(std::move(socket));
    auto connection =
        std::make_unique<HttpConnection>(*scope, std::move(stream), std::move(remote));
    const auto place = open.insert(open.end(), connection.get());
    connections.store(open.size(), std::memory_order_relaxed);
    net::co_spawn(io, serve(std::move(connection), place), net::detached);
    if (!std::exchange(sweeping, true)) sweep();
}

// At a cap, the connection that has waited longest without a request goes. False: none can.
bool HttpServer::Body::make_room(const std::string& remote) {
    const auto of_remote = static_cast<std::size_t>(
        std::count_if(open.begin(), open.end(),
                      [&](const HttpConnection* other) { return other->remote() == remote; }));
    const bool address_full = of_remote >= options.connections_per_address_max;
    if (!address_full && open.size() < options.connections_max) return true;
    HttpConnection* oldest = nullptr;
    for (HttpConnection* other : open) {
        const bool can_go = other->phase() == HttpConnection::Phase::waiting ||
                            other->phase() == HttpConnection::Phase::reading_head;
        if (!can_go || (address_full && other->remote() != remote)) continue;
        if (oldest == nullptr || other->waiting_since() < oldest->waiting_since()) oldest = other;
    }
    if (oldest == nullptr) return false;
    oldest->cut();
    return true;
}

Awaitable<void> HttpServer::Body::serve(std::unique_ptr<HttpConnection> connection, Place place) {
    struct Leave {
        Body& body;
        Place place;
        ~Leave() {
            body.open.erase(place);
            const std::lock_guard lock(body.mutex);  // so that a waiter cannot miss it
            body.connections.store(body.open.size(), std::memory_order_relaxed);
            if (body.open.empty()) body.none_left.notify_all();
        }
    } leave{*this, place};
    co_await connection->run();
    connection.reset();
}

// One look at all deadlines per tick, and none while there is nobody.
void HttpServer::Body::sweep() {
    sweep_timer.expires_after(options.tick);
    sweep_timer.async_wait([this](const error_code& error) {
        if (error) return;
        const SteadyTime now = clock.steady_now();
        for (HttpConnection* connection : open)
            connection->check_deadline(now);
        if (open.empty())
            sweeping = false;
        else
            sweep();
    });
}

void HttpServer::Body::begin_stop() {
    scope->stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    accept_timer.cancel();
    for (HttpConnection* connection : open)
        connection->begin_stop();
}

void HttpServer::Body::cut_all() {
    for (HttpConnection* connection : open)
        connection->cut();
}

bool HttpServer::Body::wait_until_none(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    return none_left.wait_for(lock, time,
                              [this] { return connections.load(std::memory_order_relaxed) == 0; });
}

HttpServer::HttpServer(std::unique_ptr<Body> body) : body_(std::move(body)) {}

HttpServer::~HttpServer() {
    stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(HttpServerOptions options, Clock& clock) {
    if (auto checked = validate(options); !checked) return std::move(checked).error();
    auto body = std::make_unique<Body>(std::move(options), clock);
    if (auto listening = body->listen(); !listening) return std::move(listening).error();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(body)));
}

void HttpServer::serve(HttpHandler& handler) {
    Body& body = *body_;
    assert(!body.scope);
    body.workers.emplace(body.options.workers);
    body.scope.emplace(
        ConnectionScope{body.options, handler, body.clock, *body.workers, body.io, 0, false});
    net::co_spawn(body.io, body.accept(), net::detached);
    body.thread = std::thread([io = &body.io] { io->run(); });
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options,
                                                      HttpHandler& handler, Clock& clock) {
    auto server = listen(std::move(options), clock);
    if (server) (*server)->serve(handler);
    return server;
}

std::uint16_t HttpServer::port() const noexcept {
    return body_->port;
}
const std::string& HttpServer::url() const noexcept {
    return body_->url;
}
std::size_t HttpServer::connections() const noexcept {
    return body_->connections.load(std::memory_order_relaxed);
}

void HttpServer::stop(std::chrono::milliseconds drain) {
    Body& body = *body_;
    {
        const std::lock_guard lock(body.mutex);
        if (std::exchange(body.stopped, true)) return;
    }
    if (!body.thread.joinable()) return;  // it never served
    std::promise<void> told;
    net::post(body.io, [&] {
        body.begin_stop();
        told.set_value();
    });
    told.get_future().wait();
    if (!body.wait_until_none(drain)) {
        net::post(body.io, [&body] { body.cut_all(); });
        // Only a handler that is still at work is waited for now; it has its own limits.
        while (!body.wait_until_none(std::chrono::seconds(1))) {
        }
    }
    net::post(body.io, [&body] { body.sweep_timer.cancel(); });
    body.thread.join();
    body.workers.reset();
}

}  // namespace assay::tools
