// The client against receivers that behave and receivers that do not: outcomes, and bounded time.
// SPDX-License-Identifier: MIT
#include "notify/http/client_pool.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <future>
#include <map>

#include "tests/support/certificates.hpp"
#include "tests/support/loopback_receiver.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::notify {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::LoopbackReceiver;
using testing::Peer;
using ::testing::SizeIs;

Address loopback() {
    return *parse_address("127.0.0.1");
}

// Names as the test gives them.
class FakeResolver final : public NameResolver {
  public:
    void resolve(const std::string& host, Answer answer) override {
        ++asked;
        const auto known = names.find(host);
        if (known == names.end()) return answer(fail(ErrorCode::dns_failed, "no such name"));
        answer(known->second);
    }
    std::map<std::string, std::vector<Address>> names;
    int asked = 0;
};

class ClientPool : public ::testing::Test {
  protected:
    ClientPool() {
        options_.urls = {true, true};
        options_.addresses.allow_loopback = true;
        options_.system_authorities = false;
        options_.tick = milliseconds(5);
    }
    ~ClientPool() override {
        pool_.reset();
        io_.restart();
        io_.run();
    }

    Transport& pool() {
        if (!pool_) {
            Result<std::unique_ptr<Transport>> made =
                make_client_pool(io_, clock_, resolver_, options_);
            EXPECT_THAT(made, IsOk());
            pool_ = *std::move(made);
        }
        return *pool_;
    }

    static Destination destination(const std::string& url) {
        Destination to;
        to.url = url;
        to.partition = "default";
        to.timeout = milliseconds(60'000);  // only a broken client needs it
        to.headers.add("Content-Type", "application/json");
        return to;
    }
    static SignedRequest request(Destination to, std::string body = R"({"a":1})") {
        SignedRequest request;
        request.to = std::make_shared<const Destination>(std::move(to));
        request.headers.add("X-Signature", "abc");
        request.body = std::make_shared<const std::string>(std::move(body));
        return request;
    }
    static SignedRequest request(const std::string& url, std::string body = R"({"a":1})") {
        return request(destination(url), std::move(body));
    }

    Outcome send(const SignedRequest& what) {
        std::optional<Outcome> outcome;
        pool().send(what, [&](Outcome answer) { outcome = std::move(answer); });
        io_.restart();
        while (!outcome)
            io_.run_one();
        return *outcome;
    }
    Outcome send(const std::string& url) { return send(request(url)); }

    // A receiver that reads a request and then does `what`, on each connection.
    static LoopbackReceiver::Script after_request(std::function<void(Peer&)> what) {
        return [what = std::move(what)](Peer& peer) {
            if (peer.read_request()) what(peer);
        };
    }
    static LoopbackReceiver::Script says(std::string bytes) {
        return after_request([bytes = std::move(bytes)](Peer& peer) { peer.send(bytes); });
    }

    SystemClock clock_;
    FakeResolver resolver_;
    ClientOptions options_;
    boost::asio::io_context io_{1};
    std::unique_ptr<Transport> pool_;
};

TEST_F(ClientPool, ReusesAConnectionAfterACompleteResponse) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    for (int i = 0; i < 5; ++i) {
        const Outcome outcome = send(receiver.url());
        EXPECT_EQ(outcome.kind, OutcomeKind::response);
        EXPECT_EQ(outcome.status, 200);
        EXPECT_EQ(outcome.connection_reused, i > 0);
        EXPECT_EQ(outcome.remote_address, "127.0.0.1:" + std::to_string(receiver.port()));
    }
    EXPECT_EQ(receiver.connections(), 1);
    EXPECT_EQ(receiver.requests().front().body, R"({"a":1})");
    EXPECT_EQ(receiver.requests().front().header("Content-Length"), "7");
}

// A socket tells once that bytes have come: those that just fill a buffer are the hard ones.
TEST_F(ClientPool, ResponsesOfAnySizeAreWholeAndLeaveTheConnectionUsable) {
    std::vector<std::size_t> sizes;
    for (const std::size_t edge : {2'048U, 4'096U, 6'144U, 8'192U, 12'288U, 16'384U}) {
        for (std::size_t size = edge - 2; size <= edge + 2; ++size)
            sizes.push_back(size);
    }
    LoopbackReceiver receiver([&](Peer& peer) {
        for (const std::size_t size : sizes) {
            if (!peer.read_request()) return;
            const std::string head =
                "HTTP/1.1 200 OK\r\nX-Pad: p\r\nContent-Length: " + std::to_string(size - 64);
            std::string bytes = head + "\r\n\r\n" + std::string(size - 64, 'b');
            bytes.insert(head.find("p\r"), size - bytes.size(), 'p');
            peer.send(bytes);
        }
    });
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const Outcome outcome = send(receiver.url());
        ASSERT_EQ(outcome.kind, OutcomeKind::response) << sizes[i] << ": " << outcome.detail;
        EXPECT_EQ(outcome.response_text,
                  std::string(std::min(sizes[i] - 64, options_.text_bytes_kept), 'b'));
        EXPECT_EQ(outcome.connection_reused, i > 0) << sizes[i];
    }
    EXPECT_EQ(receiver.connections(), 1);
}

TEST_F(ClientPool, AResponseAndTheEndInOnePieceLeaveNothingToUseAgain) {
    LoopbackReceiver receiver(says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    for (int i = 0; i < 20; ++i) {
        const Outcome outcome = send(receiver.url());
        EXPECT_EQ(outcome.kind, OutcomeKind::response) << outcome.detail;
        EXPECT_EQ(outcome.status, 200);
    }
    EXPECT_EQ(receiver.connections(), 20);
}

TEST_F(ClientPool, AShortageOfDescriptorsIsNoFaultOfTheReceiver) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    pool();
    const int next = ::dup(0);
    ASSERT_GE(next, 0);
    ::close(next);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit none_left = before;
    none_left.rlim_cur = static_cast<rlim_t>(next);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
    bool sending = true;
    std::optional<Outcome> outcome;
    pool().send(request(receiver.url()), [&](Outcome answer) {
        EXPECT_FALSE(sending) << "an answer from inside send()";
        outcome = std::move(answer);
    });
    sending = false;
    while (!outcome)
        io_.run_one();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(outcome->kind, OutcomeKind::aborted);
    EXPECT_EQ(send(receiver.url()).kind, OutcomeKind::response);
}

TEST_F(ClientPool, KeepsPartitionsApart) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    send(receiver.url());
    Destination other = destination(receiver.url());
    other.partition = "other tenant";
    EXPECT_FALSE(send(request(std::move(other))).connection_reused);
}

TEST_F(ClientPool, AForgottenOriginGetsFreshConnections) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    send(receiver.url());
    pool().forget("http://127.0.0.1:" + std::to_string(receiver.port()));
    EXPECT_FALSE(send(receiver.url()).connection_reused);
}

TEST_F(ClientPool, AConnectionLivesOnlySoLong) {
    options_.connection_age_max = milliseconds(0);
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    send(receiver.url());
    EXPECT_FALSE(send(receiver.url()).connection_reused);
}

TEST_F(ClientPool, ADeadPooledConnectionIsReplacedWithinTheSameAttempt) {
    LoopbackReceiver receiver([](Peer& peer) {
        if (!peer.read_request() || !peer.respond(200)) return;
        // The second request on the first connection meets a reset instead of an answer.
        if (peer.number() == 0) {
            peer.read_request();
            peer.reset();
            return;
        }
        while (peer.read_request())
            peer.respond(204);
    });
    send(receiver.url());
    const Outcome outcome = send(receiver.url());
    EXPECT_EQ(outcome.kind, OutcomeKind::response) << outcome.detail;
    EXPECT_EQ(outcome.status, 200);
    EXPECT_EQ(receiver.connections(), 2);
    EXPECT_THAT(receiver.requests(), SizeIs(3));
}

TEST_F(ClientPool, AFreshConnectionThatBreaksIsNotRepeated) {
    LoopbackReceiver receiver(after_request([](Peer& peer) { peer.reset(); }));
    EXPECT_EQ(send(receiver.url()).kind, OutcomeKind::reset);
    EXPECT_THAT(receiver.requests(), SizeIs(1));
}

TEST_F(ClientPool, AnIdleConnectionThatSpeaksUnaskedIsDropped) {
    std::promise<void> spoken;
    LoopbackReceiver receiver([&spoken](Peer& peer) {
        if (!peer.read_request()) return;
        peer.respond(200);
        if (peer.number() == 0) {
            peer.send("HTTP/1.1 200 Forged\r\nContent-Length: 0\r\n\r\n");
            spoken.set_value();
        }
        while (peer.read_request())
            peer.respond(201);
    });
    send(receiver.url());
    // Whether the forged answer comes in time to be noticed while idle, or together with the first:
    // it never answers the second request.
    spoken.get_future().wait();
    io_.restart();
    io_.poll();
    const Outcome second = send(receiver.url());
    EXPECT_FALSE(second.connection_reused);
    EXPECT_EQ(receiver.connections(), 2);
}

TEST_F(ClientPool, RedirectsAreNotFollowedButNoted) {
    LoopbackReceiver receiver(says(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"));
    const Outcome outcome = send(receiver.url());
    EXPECT_EQ(outcome.status, 302);
    EXPECT_THAT(outcome.detail, HasSubstr("http://169.254.169.254/"));
    EXPECT_THAT(receiver.requests(), SizeIs(1));
}

TEST_F(ClientPool, KeepsTheTextOfAResponseValidAndShort) {
    const std::string body = "bad \xff\x01 text" + std::string(5'000, 'x');
    LoopbackReceiver receiver(after_request([&](Peer& peer) { peer.respond(500, body); }));
    const Outcome outcome = send(receiver.url());
    EXPECT_EQ(outcome.status, 500);
    EXPECT_THAT(outcome.response_text, HasSubstr("bad \xef\xbf\xbd\xef\xbf\xbd text"));
    EXPECT_LE(outcome.response_text.size(), limits::response_text_bytes_kept);
}

TEST_F(ClientPool, ReadsRetryAfter) {
    LoopbackReceiver receiver(
        after_request([](Peer& peer) { peer.respond(503, "", "Retry-After: 17\r\n"); }));
    EXPECT_EQ(send(receiver.url()).retry_after, std::chrono::seconds(17));
}

TEST_F(ClientPool, SkipsInterimResponsesButNotAFloodOfThem) {
    LoopbackReceiver few(
        says("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
             "HTTP/1.1 204 No Content\r\n\r\n"));
    EXPECT_EQ(send(few.url()).status, 204);
    LoopbackReceiver flood(after_request([](Peer& peer) {
        while (peer.send("HTTP/1.1 100 Continue\r\n\r\n")) {
        }
    }));
    EXPECT_EQ(send(flood.url()).kind, OutcomeKind::protocol);
}

struct Hostile {
    const char* name;
    std::string bytes;
    OutcomeKind kind;
    int status;
};

TEST_F(ClientPool, HostileAnswersBecomeOutcomes) {
    const std::vector<Hostile> hostile{
        {"nothing", "", OutcomeKind::reset, 0},
        {"half a header", "HTTP/1.1 200 OK\r\nContent-", OutcomeKind::reset, 0},
        {"garbage", "\x16\x03\x01 hello\r\n\r\n", OutcomeKind::protocol, 0},
        {"HTTP/0.9", "<html>hi</html>", OutcomeKind::protocol, 0},
        {"TE beside CL",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
         OutcomeKind::protocol, 0},
        {"odd TE", "HTTP/1.1 200 OK\r\nTransfer-Encoding: pigeons\r\n\r\n", OutcomeKind::protocol,
         0},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
         OutcomeKind::protocol, 0},
        {"length too short a body", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
         OutcomeKind::reset, 0},
        {"switching protocols", "HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n", OutcomeKind::protocol,
         0},
        {"until close", "HTTP/1.1 200 OK\r\n\r\nhello", OutcomeKind::response, 200},
        {"huge body",
         "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + std::string(100'000, 'x'),
         OutcomeKind::response_too_large, 200},
        {"huge chunks",
         "HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n" +
             std::string(0x8000, 'x') + "\r\n0\r\n\r\n",
         OutcomeKind::response_too_large, 202},
        {"long header", "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
         OutcomeKind::protocol, 0},
        {"NUL in a header", std::string("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 28),
         OutcomeKind::protocol, 0},
    };
    for (const Hostile& one : hostile) {
        LoopbackReceiver receiver(says(one.bytes));
        const Outcome outcome = send(receiver.url());
        EXPECT_EQ(to_string(outcome.kind), to_string(one.kind))
            << one.name << ": " << outcome.detail;
        EXPECT_EQ(outcome.status, one.status) << one.name;
        // None of these connections may serve another request.
        EXPECT_FALSE(send(receiver.url()).connection_reused) << one.name;
    }
}

TEST_F(ClientPool, EndlessAnswersEndAtTheDeadline) {
    const std::vector<LoopbackReceiver::Script> endless{
        after_request([](Peer& peer) { peer.wait_until_stopped(); }),
        after_request([](Peer& peer) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1");
            peer.wait_until_stopped();
        }),
        [](Peer& peer) { peer.wait_until_stopped(); },
    };
    for (const LoopbackReceiver::Script& script : endless) {
        LoopbackReceiver receiver(script);
        Destination to = destination(receiver.url());
        to.timeout = milliseconds(60);
        const auto begun = clock_.steady_now();
        const Outcome outcome = send(request(std::move(to)));
        EXPECT_EQ(outcome.kind, OutcomeKind::timeout);
        EXPECT_GE(clock_.steady_now() - begun, milliseconds(60));
    }
}

TEST_F(ClientPool, AnAnswerBeforeTheBodyIsReadStillCounts) {
    LoopbackReceiver receiver([](Peer& peer) {
        peer.respond(413);
        peer.wait_until_stopped();
    });
    const Outcome outcome = send(request(receiver.url(), std::string(20 * limits::mebibyte, 'x')));
    EXPECT_EQ(outcome.kind, OutcomeKind::response) << outcome.detail;
    EXPECT_EQ(outcome.status, 413);
    EXPECT_FALSE(send(receiver.url()).connection_reused);
}

TEST_F(ClientPool, ALargeBodyArrivesWhole) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const std::string body(5 * limits::mebibyte, 'y');
    EXPECT_EQ(send(request(receiver.url(), body)).status, 200);
    EXPECT_TRUE(receiver.requests().front().body == body);
}

TEST_F(ClientPool, RefusesWhatCannotBeWrittenSafely) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const std::vector<Header> bad{
        {"X-Evil", "a\r\nHost: other"},   {"X\r\nY", "a"},   {"Content-Length", "3"},
        {"transfer-encoding", "chunked"}, {"HOST", "other"}, {"X-Nul", std::string("a\0b", 3)}};
    for (const Header& header : bad) {
        SignedRequest what = request(receiver.url());
        what.headers.add(header.name, header.value);
        EXPECT_EQ(send(what).kind, OutcomeKind::invalid_request) << header.name;
        Destination to = destination(receiver.url());
        to.headers.add(header.name, header.value);
        EXPECT_EQ(send(request(std::move(to))).kind, OutcomeKind::invalid_request) << header.name;
    }
    EXPECT_EQ(send("http://user@127.0.0.1/").kind, OutcomeKind::invalid_request);
    EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(ClientPool, DialsOnlyJudgedAddresses) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    options_.addresses.allow_loopback = false;
    options_.urls.allow_loopback = true;
    resolver_.names["mixed.test"] = {*parse_address("93.184.216.34"), loopback()};
    resolver_.names["inside.test"] = {*parse_address("10.0.0.8")};
    const std::string port = std::to_string(receiver.port());
    for (const std::string host : {"mixed.test", "inside.test", "127.0.0.1"}) {
        const Outcome outcome = send("http://" + host + ":" + port + "/");
        EXPECT_EQ(outcome.kind, OutcomeKind::blocked) << host << ": " << outcome.detail;
    }
    // Literals that nothing may allow are refused as URLs already.
    EXPECT_EQ(send("http://169.254.169.254/").kind, OutcomeKind::invalid_request);
    EXPECT_EQ(send("http://unknown.test:" + port + "/").kind, OutcomeKind::dns);
    EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(ClientPool, NeverCallsWhereItsOwnServerListens) {
    LoopbackReceiver ours(LoopbackReceiver::answers({200}));
    LoopbackReceiver theirs(LoopbackReceiver::answers({200}));
    options_.addresses.own = sockets_of(loopback(), ours.port());
    resolver_.names["disguised.test"] = {loopback()};
    const Outcome outcome = send("http://disguised.test:" + std::to_string(ours.port()) + "/");
    EXPECT_EQ(outcome.kind, OutcomeKind::blocked);
    EXPECT_NE(outcome.detail.find("this server's own address"), std::string::npos)
        << outcome.detail;
    EXPECT_EQ(ours.connections(), 0);
    EXPECT_EQ(send(theirs.url()).status, 200);
}

TEST_F(ClientPool, APinnedEndpointLeadsOnlyToItsAddresses) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    resolver_.names["receiver.test"] = {loopback()};
    resolver_.names["mixed.test"] = {loopback(), *parse_address("127.0.0.2")};
    const auto pinned = [&](const std::string& host, std::vector<std::string> blocks) {
        Destination to =
            destination("http://" + host + ":" + std::to_string(receiver.port()) + "/");
        to.allowed_addresses = std::move(blocks);
        return send(request(std::move(to)));
    };
    EXPECT_EQ(pinned("receiver.test", {}).status, 200);
    EXPECT_EQ(pinned("receiver.test", {"127.0.0.1"}).status, 200);
    EXPECT_EQ(receiver.connections(), 2) << "what was not checked alike is not shared";
    EXPECT_EQ(pinned("receiver.test", {"192.0.2.0/24"}).kind, OutcomeKind::blocked);
    const Outcome mixed = pinned("mixed.test", {"127.0.0.1"});
    EXPECT_EQ(mixed.kind, OutcomeKind::blocked) << "one bad answer refuses all";
    EXPECT_THAT(mixed.detail, HasSubstr("127.0.0.2 is not among its allowed_ips"));
    EXPECT_EQ(mixed.phase, AttemptPhase::dns);
}

TEST_F(ClientPool, NamesAreResolvedForEachConnectionNotForEachRequest) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    resolver_.names["receiver.test"] = {loopback()};
    const std::string url = "http://receiver.test:" + std::to_string(receiver.port()) + "/";
    send(url);
    send(url);
    EXPECT_EQ(resolver_.asked, 1);
    EXPECT_EQ(receiver.requests().front().header("Host"),
              "receiver.test:" + std::to_string(receiver.port()));
}

TEST_F(ClientPool, ARefusedConnectionIsAConnectFailure) {
    std::string url;
    {
        LoopbackReceiver gone(LoopbackReceiver::answers({200}));
        url = gone.url();
    }
    const Outcome outcome = send(url);
    EXPECT_EQ(outcome.kind, OutcomeKind::connect);
    EXPECT_EQ(outcome.phase, AttemptPhase::connect);
}

TEST_F(ClientPool, MoreRequestsThanConnectionsWaitTheirTurn) {
    options_.connections_per_origin_max = 3;
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    int answered = 0;
    for (int i = 0; i < 50; ++i) {
        pool().send(request(receiver.url()), [&](Outcome outcome) {
            EXPECT_EQ(outcome.status, 200);
            ++answered;
        });
    }
    io_.restart();
    while (answered < 50)
        io_.run_one();
    EXPECT_LE(receiver.connections(), 3);
}

// --- TLS

class ClientPoolTls : public ClientPool {
  protected:
    ClientPoolTls() {
        authority_.write(directory_.path() / "ca.pem");
        options_.ca_bundle = (directory_.path() / "ca.pem").string();
        resolver_.names["receiver.test"] = {loopback()};
    }
    ~ClientPoolTls() override { SSL_CTX_free(server_); }

    Outcome call(const testing::CertificateAuthority::Leaf& leaf,
                 const std::string& host = "receiver.test", int version_max = 0) {
        SSL_CTX_free(server_);
        server_ = authority_.serve_with(leaf, version_max);
        LoopbackReceiver receiver(LoopbackReceiver::answers({200}), server_);
        return send(receiver.url_of(host));
    }

    testing::TemporaryDirectory directory_;
    testing::CertificateAuthority authority_;
    SSL_CTX* server_ = nullptr;
};

TEST_F(ClientPoolTls, TalksToAReceiverItCanVerifyAndReusesTheConnection) {
    server_ = authority_.serve_with({});
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}), server_);
    for (int i = 0; i < 4; ++i) {
        const Outcome outcome =
            send(request(receiver.url_of("receiver.test"), std::string(1'000, 'x')));
        EXPECT_EQ(outcome.kind, OutcomeKind::response) << outcome.detail;
        EXPECT_EQ(outcome.status, 200);
        EXPECT_EQ(outcome.connection_reused, i > 0);
    }
    const Outcome large =
        send(request(receiver.url_of("receiver.test"), std::string(2 * limits::mebibyte, 'z')));
    EXPECT_EQ(large.status, 200) << large.detail;
    EXPECT_EQ(receiver.requests().back().body.size(), 2 * limits::mebibyte);
}

TEST_F(ClientPoolTls, ResumesTheSessionOfItsPartition) {
    server_ = authority_.serve_with({});
    const std::size_t before = static_cast<std::size_t>(SSL_CTX_sess_hits(server_));
    LoopbackReceiver receiver(
        [](Peer& peer) {
            if (peer.read_request()) peer.respond(200, "", "Connection: close\r\n");
        },
        server_);
    EXPECT_EQ(send(receiver.url_of("receiver.test")).status, 200);
    EXPECT_EQ(send(receiver.url_of("receiver.test")).status, 200);
    Destination stranger = destination(receiver.url_of("receiver.test"));
    stranger.partition = "another tenant";
    EXPECT_EQ(send(request(std::move(stranger))).status, 200);
    receiver.stop();
    EXPECT_EQ(static_cast<std::size_t>(SSL_CTX_sess_hits(server_)) - before, 1U);
}

TEST_F(ClientPoolTls, RefusesCertificatesThatProveNothing) {
    EXPECT_EQ(call({"receiver.test", "DNS:other.test"}).kind, OutcomeKind::tls);
    EXPECT_EQ(call({"receiver.test", ""}).kind, OutcomeKind::tls) << "a common name is no proof";
    EXPECT_EQ(call({"receiver.test", "IP:127.0.0.1"}).kind, OutcomeKind::tls);
    EXPECT_EQ(call({"x", "DNS:receiver.test", true}).kind, OutcomeKind::tls) << "self-signed";
    EXPECT_EQ(call({"x", "DNS:receiver.test", false, -1}).kind, OutcomeKind::tls) << "expired";
    EXPECT_EQ(call({"127.0.0.1", "DNS:127.0.0.1"}, "127.0.0.1").kind, OutcomeKind::tls);
    EXPECT_EQ(call({"x", "IP:127.0.0.1"}, "127.0.0.1").kind, OutcomeKind::response);
    resolver_.names["eu.receiver.test"] = {loopback()};
    EXPECT_EQ(call({"x", "DNS:*.receiver.test"}, "eu.receiver.test").kind, OutcomeKind::response);
    EXPECT_THAT(call({"x", "DNS:other.test"}).detail, HasSubstr("hostname"));
}

TEST_F(ClientPoolTls, RefusesOldVersions) {
    EXPECT_EQ(call({}, "receiver.test", TLS1_1_VERSION).kind, OutcomeKind::tls);
    EXPECT_EQ(call({}, "receiver.test", TLS1_2_VERSION).kind, OutcomeKind::response);
}

TEST_F(ClientPoolTls, AHandshakeThatStallsEndsInTime) {
    options_.tls_timeout = milliseconds(50);
    LoopbackReceiver receiver([](Peer& peer) { peer.wait_until_stopped(); });
    const Outcome outcome = send(receiver.url_of("receiver.test"));
    EXPECT_EQ(outcome.kind, OutcomeKind::timeout);
    EXPECT_THAT(outcome.detail, HasSubstr("TLS"));
}

TEST_F(ClientPoolTls, ABrokenHandshakeIsATlsFailure) {
    LoopbackReceiver plain([](Peer& peer) {
        peer.send("HTTP/1.1 400 No TLS here\r\n\r\n");
        peer.wait_until_stopped();
    });
    EXPECT_EQ(send(plain.url_of("receiver.test")).kind, OutcomeKind::tls);
    LoopbackReceiver closes([](Peer& peer) { peer.reset(); });
    EXPECT_EQ(send(closes.url_of("receiver.test")).kind, OutcomeKind::tls);
}

}  // namespace
}  // namespace assay::notify
