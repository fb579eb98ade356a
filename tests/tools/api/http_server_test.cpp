// The server over real sockets: requests in every form, limits, deadlines, streams, a clean end.
// SPDX-License-Identifier: MIT
#include "tools/api/http_server.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/tools/api/raw_client.hpp"
#include "tests/tools/api/request_cases.hpp"

namespace assay::tools {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ManualClock;
using ::testing::Not;
using testing::RawClient;
using ::testing::StartsWith;

// A gate that tests open: what waits there holds a worker.
class Gate {
  public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for(int waiting) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ >= waiting; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int waiting_ = 0;
};

// A feed that tests push events into.
class Feed {
  public:
    void push(std::string text, bool last = false) {
        std::function<void()> wake;
        {
            const std::lock_guard lock(mutex_);
            text_ += text;
            last_ = last;
            wake = wake_;
        }
        if (wake) wake();
    }

    class Source final : public BodySource {
      public:
        explicit Source(Feed& feed) : feed_(feed) {}
        void on_ready(std::function<void()> wake) override {
            const std::lock_guard lock(feed_.mutex_);
            feed_.wake_ = std::move(wake);
        }
        Piece next() override {
            const std::lock_guard lock(feed_.mutex_);
            return {std::exchange(feed_.text_, {}), feed_.last_ ? State::ended : State::waiting};
        }
        std::string_view heartbeat() const override { return ": heartbeat\n\n"; }

      private:
        Feed& feed_;
    };

  private:
    std::mutex mutex_;
    std::string text_;
    bool last_ = false;
    std::function<void()> wake_;
};

class Numbers final : public BodySource {
  public:
    explicit Numbers(bool breaks) : breaks_(breaks) {}
    Piece next() override {
        if (n_ == 3 && breaks_) return {{}, State::broken};
        if (n_ == 3) return {{}, State::ended};
        return {std::to_string(++n_) + "\n", State::more};
    }

  private:
    bool breaks_;
    int n_ = 0;
};

class TestHandler final : public HttpHandler {
  public:
    Begin begin(const HttpRequest& request) override {
        if (request.path == "/throw") throw std::runtime_error("a mistake of ours");
        if (request.path == "/gate") {
            gate.pass();
            return text("through");
        }
        if (request.path == "/refused") return text("no", 403);
        if (request.path == "/numbers" || request.path == "/broken") {
            HttpResponse response;
            response.stream = std::make_unique<Numbers>(request.path == "/broken");
            return response;
        }
        if (request.path == "/large") return text(std::string(3'000'000, 'x'));
        if (request.path == "/live") {
            HttpResponse response;
            response.fields = {{"Content-Type", "text/event-stream"}};
            response.stream = std::make_unique<Feed::Source>(feed);
            return response;
        }
        return read_whole_body(
            1'000'000,
            [&request](std::string body) {
                return text(request.method + " " + request.target + " " + body);
            },
            [] { return text("too large", 413); });
    }
    void finished(const HttpExchange&) override { ++finished_count; }

    static HttpResponse text(std::string body, int status = 200) {
        HttpResponse response;
        response.status = status;
        response.body = std::move(body);
        return response;
    }

    Gate gate;
    Feed feed;
    std::atomic<int> finished_count{0};
};

class HttpServerTest : public ::testing::Test {
  protected:
    HttpServerTest() {
        options.tick = 2ms;
        options.workers = 2;
    }
    HttpServer& server() {
        if (!server_) {
            auto started = HttpServer::start(options, handler, clock);
            EXPECT_THAT(started, IsOk());
            server_ = *std::move(started);
        }
        return *server_;
    }
    std::uint16_t port() { return server().port(); }
    // Until the server has seen `n` connections: what a test connects arrives a moment later.
    void wait_for_connections(std::size_t n) {
        while (server().connections() != n)
            std::this_thread::yield();
    }
    // Moves time on until the client's connection ends.
    std::string read_to_end_while_time_passes(RawClient& client, std::chrono::milliseconds step) {
        std::atomic<bool> ended{false};
        std::thread time([&] {
            while (!ended) {
                clock.advance(step);
                std::this_thread::yield();
            }
        });
        std::string all = client.read_to_end();
        ended = true;
        time.join();
        return all;
    }

    HttpServerOptions options;
    ManualClock clock;
    TestHandler handler;
    std::unique_ptr<HttpServer> server_;
};

constexpr std::string_view get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpServerTest, AnswersRequestsOnOneConnection) {
    RawClient client(port());
    client.send(get);
    const std::string first = client.read_response();
    EXPECT_THAT(first, StartsWith("HTTP/1.1 200 OK\r\nDate: Mon, 25 May 2026 10:30:00 GMT\r\n"));
    EXPECT_THAT(first, EndsWith("\r\n\r\nGET /a "));
    client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz");
    EXPECT_THAT(client.read_response(), EndsWith("POST /b xyz"));
    client.send(
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
    EXPECT_THAT(client.read_response(), EndsWith("POST /c hi"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    RawClient client(port());
    client.send(std::string(get) + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx" +
                "GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.read_response(), EndsWith("GET /a "));
    EXPECT_THAT(client.read_response(), EndsWith("POST /b x"));
    const std::string last = client.read_response();
    EXPECT_THAT(last, EndsWith("GET /c "));
    EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.ends());
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
    RawClient client(port());
    client.send("HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_THAT(answer, HasSubstr("Content-Length: 8\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, RefusesEveryDoubtfulFormAndClosesBehindIt) {
    for (const auto& given : testing::request_cases()) {
        if (given.status == 0) continue;
        RawClient client(port());
        client.send(given.bytes);
        const std::string answer = client.read_to_end();
        EXPECT_THAT(answer, HasSubstr("HTTP/1.1 " + std::to_string(given.status) + " "))
            << given.name;
        EXPECT_THAT(answer, Not(HasSubstr("/next"))) << given.name;
        EXPECT_TRUE(client.ends()) << given.name;
    }
}

TEST_F(HttpServerTest, SaysContinueOnlyWhenTheBodyIsWanted) {
    const std::string fields = "Host: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    RawClient wanted(port());
    wanted.send("POST /a HTTP/1.1\r\n" + fields);
    EXPECT_EQ(wanted.read_response(), "HTTP/1.1 100 Continue\r\n\r\n");
    wanted.send("ok");
    EXPECT_THAT(wanted.read_response(), EndsWith("POST /a ok"));

    RawClient refused(port());
    refused.send("POST /refused HTTP/1.1\r\n" + fields);
    EXPECT_THAT(refused.read_to_end(), StartsWith("HTTP/1.1 403 "));
    EXPECT_TRUE(refused.ends());
}

TEST_F(HttpServerTest, ReadsOverAShortBodyThatNobodyWanted) {
    RawClient client(port());
    client.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz");
    EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 403 "));
    client.send(get);
    EXPECT_THAT(client.read_response(), EndsWith("GET /a "));
}

TEST_F(HttpServerTest, EndsABodyThatIsTooLargeAtOnce) {
    RawClient client(port());
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i)
        client.send("10000\r\n" + std::string(0x10000, 'x') + "\r\n");
    EXPECT_THAT(client.read_until("too large"), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, StreamsPiecesAsChunks) {
    RawClient client(port());
    client.send("GET /numbers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n2\r\n1\n\r\n2\r\n2\n\r\n2\r\n3\n\r\n0\r\n\r\n"));
}

TEST_F(HttpServerTest, StreamsToAnOldClientUntilTheClose) {
    RawClient client(port());
    client.send("GET /numbers HTTP/1.0\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_THAT(answer, Not(HasSubstr("chunked")));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n1\n2\n3\n"));
}

TEST_F(HttpServerTest, CutsAStreamThatCannotBeCompleted) {
    RawClient client(port());
    client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.read_to_end(), Not(HasSubstr("\r\n0\r\n\r\n")));
    EXPECT_TRUE(client.ends());
}

TEST_F(HttpServerTest, SendsLargeBodiesWhole) {
    RawClient client(port());
    client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_THAT(answer, HasSubstr("Content-Length: 3000000\r\n"));
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 3'000'000U);
}

TEST_F(HttpServerTest, SendsLiveEventsWhenTheyCome) {
    RawClient client(port());
    client.send("GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    handler.feed.push("data: 1\n\n");
    EXPECT_THAT(client.read_until("data: 1"), HasSubstr("text/event-stream"));
    handler.feed.push("data: 2\n\n");
    client.read_until("data: 2");
    handler.feed.push("data: 3\n\n", true);
    EXPECT_THAT(client.read_to_end(), EndsWith("data: 3\n\n\r\n0\r\n\r\n"));
}

TEST_F(HttpServerTest, SendsAHeartbeatIntoSilence) {
    RawClient client(port());
    client.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    handler.feed.push("data: 1\n\n");
    client.read_until("data: 1");
    std::atomic<bool> seen{false};
    std::thread time([&] {
        while (!seen) {
            clock.advance(1s);
            std::this_thread::yield();
        }
    });
    EXPECT_THAT(client.read_until(": heartbeat"), HasSubstr(": heartbeat\n\n"));
    seen = true;
    time.join();
}

TEST_F(HttpServerTest, RefusesMoreLiveStreamsThanItsLimit) {
    options.live_streams_max = 1;
    RawClient first(port());
    first.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    handler.feed.push("data: 1\n\n");
    first.read_until("data: 1");
    RawClient second(port());
    second.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = second.read_response();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
}

TEST_F(HttpServerTest, AnswersBusyWhenTooManyWaitForAWorker) {
    options.workers = 1;
    options.waiting_max = 1;
    const std::string request = "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n";
    RawClient working(port());
    working.send(request);
    handler.gate.wait_for(1);
    // Of three more one waits in the queue, whichever comes first; the others are refused at once.
    std::atomic<int> busy{0};
    std::vector<std::future<std::string>> others;
    for (int i = 0; i < 3; ++i) {
        others.push_back(std::async(std::launch::async, [&] {
            RawClient other(port());
            other.send(request);
            std::string answer = other.read_response();
            if (answer.starts_with("HTTP/1.1 503 ") && ++busy == 2) handler.gate.open();
            return answer;
        }));
    }
    int through = 0;
    for (auto& other : others) {
        const std::string answer = other.get();
        if (answer.ends_with("through"))
            ++through;
        else
            EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
    }
    EXPECT_EQ(through, 1);
    EXPECT_THAT(working.read_response(), EndsWith("through"));
}

TEST_F(HttpServerTest, SurvivesAHandlerThatThrows) {
    RawClient client(port());
    client.send("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 500 "));
    RawClient next(port());
    next.send(get);
    EXPECT_THAT(next.read_response(), EndsWith("GET /a "));
}

TEST_F(HttpServerTest, GivesTheWholeHeaderTenSeconds) {
    RawClient client(port());
    client.send(std::string(get) + "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    client.read_response();  // so the server has what came behind it, too
    EXPECT_THAT(read_to_end_while_time_passes(client, 1s), StartsWith("HTTP/1.1 408 "));
    EXPECT_TRUE(client.ends());
}

TEST_F(HttpServerTest, ClosesAConnectionThatSaysNothing) {
    RawClient client(port());
    wait_for_connections(1);
    EXPECT_EQ(read_to_end_while_time_passes(client, 1s), "");
    EXPECT_TRUE(client.ends());
}

TEST_F(HttpServerTest, DoesNotWaitForeverForABody) {
    RawClient client(port());
    client.send(std::string(get) + "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    client.read_response();  // so the server has what came behind it, too
    EXPECT_THAT(read_to_end_while_time_passes(client, 1s), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, GivesUpOnAClientThatDoesNotReadItsAnswer) {
    RawClient client(port());
    for (int i = 0; i < 8; ++i)
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    wait_for_connections(1);
    while (server().connections() != 0) {
        clock.advance(1s);
        std::this_thread::yield();
    }
}

TEST_F(HttpServerTest, LetsTheLongestIdleConnectionGoForANewOne) {
    options.connections_per_address_max = 2;
    RawClient oldest(port());
    wait_for_connections(1);
    clock.advance(1s);
    RawClient second(port());
    wait_for_connections(2);
    RawClient other_address(port(), "127.0.0.2");
    wait_for_connections(3);
    RawClient newest(port());
    EXPECT_TRUE(oldest.ends());
    for (RawClient* client : {&second, &other_address, &newest}) {
        client->send(get);
        EXPECT_THAT(client->read_response(), EndsWith("GET /a "));
    }
}

TEST_F(HttpServerTest, FinishesRequestsAndEndsTheRestWhenItStops) {
    RawClient idle(port());
    RawClient live(port());
    RawClient working(port());
    live.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    handler.feed.push("data: 1\n\n");
    live.read_until("data: 1");
    working.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
    handler.gate.wait_for(1);
    auto stopped = std::async(std::launch::async, [this] { server().stop(60s); });
    EXPECT_TRUE(idle.ends());
    EXPECT_THAT(live.read_to_end(), EndsWith("0\r\n\r\n"));
    EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
    handler.gate.open();
    const std::string answer = working.read_to_end();
    EXPECT_THAT(answer, EndsWith("through"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    stopped.wait();
    EXPECT_THROW(RawClient(server().port()), std::runtime_error);
    EXPECT_EQ(handler.finished_count, 2);
}

TEST_F(HttpServerTest, CutsWhatDoesNotEndInTimeWhenItStops) {
    RawClient client(port());
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    wait_for_connections(1);
    server().stop(20ms);
    EXPECT_TRUE(client.ends());
}

TEST_F(HttpServerTest, SaysWhyItCannotStart) {
    HttpServerOptions taken;
    taken.port = port();
    EXPECT_THAT(HttpServer::start(taken, handler, clock), FailsWith(ErrorCode::conflict));
    HttpServerOptions odd;
    odd.address = "localhost";
    EXPECT_THAT(HttpServer::start(odd, handler, clock), FailsWith(ErrorCode::invalid_argument));
    HttpServerOptions half;
    half.tls_certificate = "cert.pem";
    EXPECT_THAT(HttpServer::start(half, handler, clock), FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::tools
