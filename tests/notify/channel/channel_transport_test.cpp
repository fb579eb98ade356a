// Which road a request takes, and what comes back from there.
// SPDX-License-Identifier: MIT
#include "notify/channel/channel_transport.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "tests/support/manual_clock.hpp"

namespace assay::notify {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

// Answers what it is told to, at once.
class FakeHttp final : public Transport {
  public:
    FakeHttp(std::vector<SignedRequest>& sent, Outcome outcome)
        : sent_(sent), outcome_(std::move(outcome)) {}
    void send(const SignedRequest& request, Answer answer) override {
        sent_.push_back(request);
        answer(outcome_);
    }
    void forget(std::string_view) override {}

  private:
    std::vector<SignedRequest>& sent_;
    Outcome outcome_;
};

class ChannelTransportTest : public ::testing::Test {
  protected:
    // One request over the channel; the answer, if there was one.
    std::optional<Outcome> send(Channel channel, std::string url, Outcome from_http = {}) {
        auto transport = make_channel_transport(
            io_, clock_, std::make_unique<FakeHttp>(sent_, std::move(from_http)), nullptr);
        SignedRequest request;
        request.to = destination(channel, std::move(url));
        request.body = std::make_shared<const std::string>("{}");
        std::optional<Outcome> answered;
        bool inside = true;
        transport->send(request, [&](Outcome outcome) {
            EXPECT_TRUE(channel != Channel::email || !inside) << "answered from inside send()";
            answered = std::move(outcome);
        });
        inside = false;
        io_.restart();
        io_.run();
        return answered;
    }
    static std::shared_ptr<const Destination> destination(Channel channel, std::string url) {
        Destination to;
        to.channel = channel;
        to.url = std::move(url);
        to.timeout = seconds(1);
        return std::make_shared<const Destination>(std::move(to));
    }
    static Outcome response(int status, std::string text, std::optional<seconds> header = {}) {
        Outcome outcome;
        outcome.kind = OutcomeKind::response;
        outcome.status = status;
        outcome.response_text = std::move(text);
        outcome.retry_after = header;
        return outcome;
    }

    boost::asio::io_context io_;
    testing::ManualClock clock_;
    std::vector<SignedRequest> sent_;
};

TEST_F(ChannelTransportTest, HttpGoesAsItIs) {
    const Outcome slow = response(429, R"({"retry_after":9})");
    EXPECT_EQ(send(Channel::http, "https://a.example/", slow), slow);
    EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(ChannelTransportTest, DiscordSaysInItsBodyHowLongToWait) {
    const auto wait = [&](Outcome outcome) {
        return send(Channel::discord, "https://discord.com/", std::move(outcome))->retry_after;
    };
    EXPECT_EQ(wait(response(429, R"({"retry_after":1.25})")), seconds(2));
    EXPECT_EQ(wait(response(429, R"({"retry_after":1.25})", seconds(5))), seconds(5));
    EXPECT_EQ(wait(response(429, R"({"retry_after":8})", seconds(5))), seconds(8));
    EXPECT_EQ(wait(response(429, "slow down", seconds(5))), seconds(5));
    EXPECT_EQ(wait(response(500, R"({"retry_after":8})")), std::nullopt);
}

TEST_F(ChannelTransportTest, WithoutAMailServerAMailIsTriedAgainLater) {
    const auto outcome = send(Channel::email, "mailto:a@b.example");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->kind, OutcomeKind::connect);
    EXPECT_THAT(outcome->detail, HasSubstr("smtp.url"));
    EXPECT_TRUE(sent_.empty());
}

TEST_F(ChannelTransportTest, RecipientsThatAreNoneAreRefusedForGood) {
    const auto outcome = send(Channel::email, "mailto:a@b.example\r\nBcc: c@d.example");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->kind, OutcomeKind::invalid_request);
}

TEST_F(ChannelTransportTest, OnceItIsGoneNobodyIsAnswered) {
    bool answered = false;
    {
        auto transport = make_channel_transport(
            io_, clock_, std::make_unique<FakeHttp>(sent_, Outcome{}), nullptr);
        SignedRequest request;
        request.to = destination(Channel::email, "mailto:a@b.example");
        transport->send(request, [&](const Outcome&) { answered = true; });
    }
    io_.run();
    EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace assay::notify
