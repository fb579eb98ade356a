// The shards as threads, with a transport and a store that are pretended.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/dispatcher.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <map>
#include <mutex>

#include "engine/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using std::chrono::seconds;
using testing::IsOk;

// Keeps what it is given, and says 200 in the next turn of the loop.
class KeepingTransport final : public Transport {
  public:
    KeepingTransport(boost::asio::io_context& io, std::vector<SignedRequest>& kept)
        : io_(io), kept_(kept) {}
    void send(const SignedRequest& request, Answer answer) override {
        kept_.push_back(request);
        boost::asio::post(io_, [answer = std::move(answer)] {
            Outcome outcome;
            outcome.kind = OutcomeKind::response;
            outcome.status = 200;
            answer(std::move(outcome));
        });
    }
    void forget(std::string_view) override {}

  private:
    boost::asio::io_context& io_;
    std::vector<SignedRequest>& kept_;
};

// A body of its own for each delivery, some too long to be signed with others.
class Bodies final : public DeliverySource {
  public:
    Result<Body> body(const Delivery& delivery, const Endpoint&, const engine::Event*) override {
        const auto bytes = static_cast<std::size_t>(to_integer(delivery.event)) * 131 % 12'000;
        return Body{
            std::make_shared<const std::string>(delivery.id.text() + std::string(bytes, 'x')), 1,
            BodyVariant::only};
    }
    Result<DueRows> due(const EndpointId&, TimePoint, std::size_t) override { return DueRows{}; }
};

// Calls everything durable at once, and waits for so many outcomes.
class Outcomes final : public AttemptSink {
  public:
    Dispatcher* dispatcher = nullptr;

    void log(int shard, LogEntry entry) override {
        dispatcher->recorded(shard, {entry.delivery.id});
        const std::lock_guard lock(mutex_);
        entries_.push_back(std::move(entry));
        changed_.notify_all();
    }
    std::vector<LogEntry> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return entries_.size() >= count; });
        return entries_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<LogEntry> entries_;
};

class DispatcherTest : public ::testing::Test {
  protected:
    void endpoint(const std::string& id, const std::string& profile) {
        Endpoint made;
        made.id = EndpointId(id);
        made.tenant = TenantId("default");
        made.url = "https://" + id + ".example/hook";
        made.profile = profile;
        made.secret = Secret::generate(random_);
        registry_.put(std::move(made));
    }
    void start() {
        Dispatcher::Parts parts{
            registry_,
            outcomes_,
            clock_,
            [this](boost::asio::io_context& io) -> Result<std::unique_ptr<Transport>> {
                return std::unique_ptr<Transport>(std::make_unique<KeepingTransport>(io, sent_));
            },
            [] { return std::make_unique<Bodies>(); },
            {}};
        dispatcher_ = std::make_unique<Dispatcher>(std::move(parts), DispatcherOptions{});
        outcomes_.dispatcher = dispatcher_.get();
    }
    void push(const std::string& to, std::int64_t number) {
        Delivery made;
        made.id = DeliveryId("dlv_" + std::to_string(number));
        made.endpoint = EndpointId(to);
        made.tenant = TenantId("default");
        made.event = EventSeq{number};
        made.event_id = EventId("evt_" + std::to_string(number));
        made.message_id = made.event_id.text();
        made.created_at = made.due = clock_.now();
        std::shared_ptr<const engine::Event> none;
        ASSERT_TRUE(dispatcher_->try_push(0, made, none));
    }

    testing::ManualClock clock_;
    SystemRandom random_;
    EndpointRegistry registry_;
    Outcomes outcomes_;
    std::vector<SignedRequest> sent_;  // on the shard's thread until it is stopped
    std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, AShardSignsWhatWaitsForSeveralEndpointsAndEverySignatureVerifies) {
    const std::vector<std::string> profiles{
        "standard-webhooks", "resell-scan", "sellapp", "ztrace", "github", "shopify"};
    for (const std::string& profile : profiles)
        endpoint("wh_" + profile, profile);
    start();
    // Pushed before the thread runs, so that its first round finds them all.
    constexpr std::int64_t count = 240;
    for (std::int64_t i = 1; i <= count; ++i)
        push("wh_" + profiles[static_cast<std::size_t>(i) % profiles.size()], i);
    ASSERT_THAT(dispatcher_->start(), IsOk());
    const std::vector<LogEntry> entries = outcomes_.wait_for(count);
    dispatcher_->stop(seconds(10));

    std::map<std::string, int> seen;
    for (const LogEntry& entry : entries) {
        EXPECT_EQ(entry.status, DeliveryStatus::delivered);
        EXPECT_TRUE(entry.first_row);
        ASSERT_TRUE(entry.record);
        EXPECT_EQ(entry.record->delivery, entry.delivery.id);
        ++seen[entry.delivery.id.text()];
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(count)) << "each once";
    ASSERT_EQ(sent_.size(), static_cast<std::size_t>(count));
    const auto snapshot = registry_.snapshot();
    VerifyOptions options;
    options.now = to_unix_seconds(clock_.now());
    for (const SignedRequest& request : sent_) {
        const auto to =
            std::find_if(snapshot->by_id.begin(), snapshot->by_id.end(),
                         [&](const auto& known) { return known.second->url == request.to->url; });
        ASSERT_NE(to, snapshot->by_id.end());
        const Endpoint& endpoint = *to->second;
        EXPECT_THAT(verify(find_profile(endpoint.profile)->signature, {&endpoint.secret, 1},
                           request.headers.list(), *request.body, options),
                    IsOk())
            << endpoint.profile << ", " << request.body->size() << " bytes";
    }
}

}  // namespace
}  // namespace assay::notify
