// A receiver on a free loopback port that behaves as its script says, well or badly.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace assay::testing {

struct ReceivedRequest {
    int connection = 0;  // 0, 1, 2 ... in the order they were accepted
    std::string line;    // "POST /hook HTTP/1.1"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    // Of the first header of that name (any case); empty: none.
    std::string header(std::string_view name) const;
};

// One accepted connection, as its script sees it. Calls block; all of them fail once the receiver
// stops.
class Peer {
  public:
    // The next whole request; nullopt: the client closed first, or the receiver stops.
    std::optional<ReceivedRequest> read_request();
    // False: the client is gone.
    bool send(std::string_view bytes);
    // "HTTP/1.1 STATUS reason" with Content-Length.
    bool respond(int status, std::string_view body = {}, std::string_view extra_headers = {});
    void reset();  // RST instead of FIN
    void close();
    void wait_until_stopped();
    int number() const noexcept { return number_; }

  private:
    friend class LoopbackReceiver;
    class LoopbackReceiver* owner_ = nullptr;
    std::atomic<int> descriptor_{-1};
    int number_ = 0;
    ssl_st* tls_ = nullptr;
    std::string buffer_;
    std::thread thread_;
};

class LoopbackReceiver {
  public:
    using Script = std::function<void(Peer&)>;

    // `tls`: null for plain HTTP; else borrowed, and connections are handshaken first.
    explicit LoopbackReceiver(Script script, ssl_ctx_st* tls = nullptr);
    ~LoopbackReceiver();  // stop()
    LoopbackReceiver(const LoopbackReceiver&) = delete;
    LoopbackReceiver& operator=(const LoopbackReceiver&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    // "http://127.0.0.1:PORT/hook"
    std::string url(std::string_view path = "/hook") const;
    std::string url_of(std::string_view host, std::string_view path = "/hook") const;

    std::vector<ReceivedRequest> requests() const;
    int connections() const noexcept { return accepted_.load(); }
    // False: `limit` went by first.
    bool wait_for_requests(std::size_t count,
                           std::chrono::milliseconds limit = std::chrono::seconds(60)) const;
    bool wait_for_connections(int count,
                              std::chrono::milliseconds limit = std::chrono::seconds(60)) const;
    void stop();

    // Answers every request with the next of `statuses`, the last one for ever.
    static Script answers(std::vector<int> statuses);

  private:
    friend class Peer;
    void accept_all();
    void serve(Peer& peer);

    Script script_;
    ssl_ctx_st* tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> accepted_{0};
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<ReceivedRequest> requests_;
    std::list<Peer> peers_;
    std::thread thread_;
};

}  // namespace assay::testing
