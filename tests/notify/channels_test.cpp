// Discord and e-mail on the whole road: event log, retry engine, delivery log, and a server that
// takes what arrives.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/tenants.hpp"
#include "notify/notifier.hpp"
#include "notify/profile/sample.hpp"
#include "tests/support/loopback_receiver.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/smtp_server.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::notify {
namespace {

namespace json = boost::json;
using engine::Tx;
using std::chrono::milliseconds;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::LoopbackReceiver;
using testing::Peer;
using ::testing::SizeIs;
using testing::SmtpServer;

const TenantId tenant("default");
constexpr std::string_view token = "a-token-that-nobody-may-see";

class ChannelsTest : public ::testing::Test {
  protected:
    ChannelsTest() { key_.fill(7); }
    ~ChannelsTest() override { close(); }

    void open(const SmtpServer* mail = nullptr) {
        std::vector<engine::Migration> all;
        for (const auto steps : {engine::batch_store::migrations(), notify_store::migrations()})
            all.insert(all.end(), steps.begin(), steps.end());
        auto database = engine::Database::open({directory_.path(), false, {}}, all);
        ASSERT_THAT(database, IsOk());
        database_ = *std::move(database);
        writer_ = std::make_unique<engine::Writer>(*database_, clock_);
        box_ = std::make_unique<SecretBox>(key_);
        NotifierOptions options;
        options.urls = {true, true};
        options.addresses.allow_loopback = true;
        options.drain = milliseconds(2'000);
        if (mail != nullptr) {
            options.mail.url = mail->url();
            options.mail.sender = "Assay <assay@assay.example>";
            options.mail.starttls = "off";
        }
        notifier_ = std::make_unique<Notifier>(
            Notifier::Parts{*database_, *writer_, clock_, random_, *box_, links_}, options);
        writer_->add_listener(*notifier_);
        ASSERT_THAT(notifier_->start(), IsOk());
    }
    void close() {
        if (notifier_) notifier_->stop();
        if (writer_) writer_->stop();
        notifier_.reset();
        writer_.reset();
        database_.reset();
    }

    static Endpoint on(Channel channel, std::string url, std::vector<std::string> events = {"*"}) {
        Endpoint endpoint;
        endpoint.tenant = tenant;
        endpoint.channel = channel;
        endpoint.profile = channel == Channel::http ? "resilientlink" : to_string(channel);
        endpoint.url = std::move(url);
        endpoint.events = std::move(events);
        return endpoint;
    }
    static std::string discord_url(const LoopbackReceiver& receiver) {
        return receiver.url("/api/webhooks/1234/" + std::string(token));
    }

    void name_owner(const std::string& address) {
        ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
            auto owner = engine::batch_store::find_tenant(*tx, tenant);
            if (!owner) return owner.error();
            (*owner)->email = address;
            return engine::batch_store::update_tenant(tx, **owner);
        }),
                    IsOk());
    }

    void publish(std::string type, std::string data) {
        engine::Event event;
        event.id = EventId("evt_" + make_uuid(random_));
        event.tenant = tenant;
        event.type = std::move(type);
        if (event.type.starts_with("batch.")) event.batch = BatchId(make_uuid(random_));
        event.created_at = clock_.now();
        event.data = std::move(data);
        event.dedupe_key = event.id.text();
        ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
            const auto seq = engine::batch_store::append_event(tx, event);
            if (!seq) return seq.error();
            return {};
        }),
                    IsOk());
    }

    // The deliveries of this status, as soon as there are `count`.
    std::vector<notify_store::DeliveryRow> rows_with(DeliveryStatus status, std::size_t count) {
        notify_store::DeliveryQuery query;
        query.tenant = tenant;
        query.statuses = {status};
        query.limit = 100;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (;;) {
            auto rows = notifier_->deliveries(query);
            EXPECT_THAT(rows, IsOk());
            if (!rows) return {};
            if (rows->size() >= count || std::chrono::steady_clock::now() > end) return *rows;
            std::this_thread::yield();
        }
    }

    // Whether any file of the store holds this text.
    bool store_holds(std::string_view text) const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes((std::istreambuf_iterator<char>(in)), {});
            if (bytes.find(text) != std::string::npos) return true;
        }
        return false;
    }

    testing::TemporaryDirectory directory_;
    SystemClock clock_;
    SystemRandom random_;
    std::array<unsigned char, 32> key_{};
    std::unique_ptr<SecretBox> box_;
    ResultsLinks links_{"https://assay.example", "a key of the test"};
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    std::unique_ptr<Notifier> notifier_;
};

TEST_F(ChannelsTest, DiscordGetsAnEmbedAndIsWaitedForAsItAsks) {
    LoopbackReceiver receiver([](Peer& peer) {
        bool first = peer.number() == 0;
        while (peer.read_request()) {
            if (first) {
                peer.respond(429, R"({"message":"slow","retry_after":0.4,"global":false})",
                             "Content-Type: application/json\r\n");
            } else {
                peer.respond(204);
            }
            first = false;
        }
    });
    open();
    Endpoint endpoint = on(Channel::discord, discord_url(receiver));
    endpoint.overrides.retry = RetrySchedule{{milliseconds(100), milliseconds(100)}, 0};
    ASSERT_THAT(notifier_->create(endpoint), IsOk());
    publish("batch.completed", sample_event("batch.completed").data);
    ASSERT_TRUE(receiver.wait_for_requests(2));
    const auto request = receiver.requests().front();
    EXPECT_EQ(request.line, "POST /api/webhooks/1234/" + std::string(token) + " HTTP/1.1");
    EXPECT_EQ(request.header("webhook-signature"), "");
    const json::value body = json::parse(request.body);
    const json::value& embed = body.at("embeds").as_array().at(0);
    EXPECT_EQ(embed.at("title").as_string(), "Batch completed: 2 of 3 products succeeded");
    EXPECT_THAT(std::string(embed.at("url").as_string()), HasSubstr("https://assay.example/v1/"));
    EXPECT_EQ(receiver.requests()[1].body, request.body);
    const auto rows = rows_with(DeliveryStatus::delivered, 1);
    ASSERT_THAT(rows, SizeIs(1));
    const auto row = notifier_->delivery(tenant, rows.front().delivery.id);
    ASSERT_THAT(row, IsOk());
    ASSERT_THAT(row->attempts, SizeIs(2));
    EXPECT_THAT(row->attempts[0].why_next, HasSubstr("Retry-After"));
    ASSERT_TRUE(row->attempts[0].next);
    EXPECT_EQ(*row->attempts[0].next - row->attempts[0].outcome.ended, milliseconds(1'000));
    EXPECT_EQ(row->attempts[1].outcome.status, 204);
}

TEST_F(ChannelsTest, DiscordsUrlIsSealedAndSurvivesARestart) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({204}));
    open();
    const auto made = notifier_->create(on(Channel::discord, discord_url(receiver)));
    ASSERT_THAT(made, IsOk());
    EXPECT_EQ(shown_url(*made), receiver.url("/api/webhooks/1234/***"));
    close();
    EXPECT_FALSE(store_holds(token));
    open();
    const auto found = notifier_->find(tenant, made->id);
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->url, discord_url(receiver));
    EXPECT_TRUE(found->overrides.headers.empty());
    publish("order.completed", R"({"id":236,"buyer":{"name":"@everyone"}})");
    ASSERT_TRUE(receiver.wait_for_requests(1));
    EXPECT_THAT(receiver.requests().front().body, HasSubstr(R"("name":"buyer.name")"));
}

TEST_F(ChannelsTest, AMailArrivesOnceItsServerTakesIt) {
    if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    SmtpServer server;
    open(&server);
    Endpoint endpoint = on(Channel::email, "mailto:once-451@shop.example");
    endpoint.overrides.retry = RetrySchedule{{milliseconds(100)}, 0};
    const auto made = notifier_->create(endpoint);
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(made->secret.empty());
    publish("quota.warning", sample_event("quota.warning").data);
    const auto rows = rows_with(DeliveryStatus::delivered, 1);
    ASSERT_THAT(rows, SizeIs(1));
    const auto row = notifier_->delivery(tenant, rows.front().delivery.id);
    ASSERT_THAT(row, IsOk());
    ASSERT_THAT(row->attempts, SizeIs(2));
    EXPECT_EQ(row->attempts[0].outcome.status, 451);
    EXPECT_EQ(row->attempts[1].outcome.status, 250);
    ASSERT_THAT(server.mails(1), SizeIs(1));
    const json::value mail = json::parse(server.mails(1)[0]);
    const std::string data(mail.at("data").as_string());
    EXPECT_THAT(data, HasSubstr("Subject: 80 % of the month's quota is used\r\n"));
    EXPECT_THAT(data, HasSubstr("Message-ID: <" + row->delivery.event_id.text() + "@"));
    EXPECT_THAT(data, HasSubstr("X-Assay-Delivery-Attempt: 2\r\n"));
}

TEST_F(ChannelsTest, ARecipientThatIsRefusedForGoodIsNotTriedAgain) {
    if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    SmtpServer server;
    open(&server);
    ASSERT_THAT(notifier_->create(on(Channel::email, "mailto:reply-550@shop.example")), IsOk());
    publish("order.completed", R"({"id":236})");
    const auto rows = rows_with(DeliveryStatus::failed, 1);
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows.front().delivery.attempts, 1);
}

TEST_F(ChannelsTest, ATestEventGoesOutAsAMailToo) {
    if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    SmtpServer server;
    open(&server);
    const auto made = notifier_->create(on(Channel::email, "mailto:ops@shop.example"));
    ASSERT_THAT(made, IsOk());
    ASSERT_THAT(notifier_->send_test(tenant, made->id), IsOk());
    ASSERT_THAT(server.mails(1), SizeIs(1));
    EXPECT_THAT(server.mails(1)[0], HasSubstr("Subject: Batch completed"));
}

TEST_F(ChannelsTest, FailuresAreToldToTheOwnerOnceAnHour) {
    if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    SmtpServer server;
    LoopbackReceiver receiver(LoopbackReceiver::answers({500}));
    open(&server);
    name_owner("owner@shop.example");
    Endpoint endpoint = on(Channel::http, receiver.url(), {"scrape.completed"});
    ASSERT_THAT(notifier_->create(endpoint), IsOk());
    for (int i = 0; i < 3; ++i)
        publish("scrape.completed", R"({"url":"https://shop.example/"})");
    EXPECT_THAT(rows_with(DeliveryStatus::failed, 3), SizeIs(3));
    // Another kind, another mail; the queue keeps their order, so no third one came in between.
    const std::uint16_t closed = receiver.port();
    receiver.stop();
    Endpoint gone = on(Channel::http, "http://127.0.0.1:" + std::to_string(closed) + "/gone",
                       {"scrape.failed"});
    ASSERT_THAT(notifier_->create(gone), IsOk());
    publish("scrape.failed", R"({"url":"https://shop.example/"})");
    EXPECT_THAT(rows_with(DeliveryStatus::failed, 4), SizeIs(4));
    const std::vector<std::string> mails = server.mails(2);
    ASSERT_THAT(mails, SizeIs(2));
    EXPECT_THAT(mails[0], HasSubstr(R"("to": ["owner@shop.example"])"));
    EXPECT_THAT(mails[0], HasSubstr("Subject: A webhook was answered, but not as success"));
    EXPECT_THAT(mails[1], HasSubstr("Subject: A webhook's receiver cannot be reached"));
}

TEST_F(ChannelsTest, ARestartTellsNobodyTwiceAndForgetsNoFailure) {
    if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    SmtpServer server;
    LoopbackReceiver receiver(LoopbackReceiver::answers({500}));
    open(&server);
    name_owner("owner@shop.example");
    ASSERT_THAT(notifier_->create(on(Channel::http, receiver.url(), {"scrape.completed"})), IsOk());
    const auto fail_once_more = [&](std::size_t failed) {
        publish("scrape.completed", R"({"url":"https://shop.example/"})");
        EXPECT_THAT(rows_with(DeliveryStatus::failed, failed), SizeIs(failed));
    };
    fail_once_more(1);
    EXPECT_THAT(server.mails(1), SizeIs(1));
    fail_once_more(2);
    close();
    open(&server);
    fail_once_more(3);
    close();  // what is written meanwhile is committed
    open(&server);
    auto lease = database_->read();
    ASSERT_THAT(lease, IsOk());
    const auto kept = notify_store::all_failure_mails(**lease);
    ASSERT_THAT(kept, IsOk());
    ASSERT_THAT(*kept, SizeIs(1));
    EXPECT_EQ(kept->front().tenant, tenant);
    EXPECT_EQ(kept->front().kind, "bad_response");
    EXPECT_EQ(kept->front().held_back, 2) << "one before the restart, one after it";
    EXPECT_THAT(server.mails(1), SizeIs(1));
}

TEST_F(ChannelsTest, AnOwnerIsToldByMailThatAnEndpointWasSwitchedOff) {
    if (!SmtpServer::is_here()) GTEST_SKIP() << "needs python3-aiosmtpd";
    SmtpServer server;
    LoopbackReceiver receiver(LoopbackReceiver::answers({410}));
    open(&server);
    name_owner("owner@shop.example");
    Endpoint endpoint = on(Channel::http, receiver.url(), {"order.completed"});
    endpoint.profile = "standard-webhooks";
    const auto made = notifier_->create(endpoint);
    ASSERT_THAT(made, IsOk());
    publish("order.completed", R"({"id":236})");
    ASSERT_THAT(server.mails(1), SizeIs(1));
    EXPECT_THAT(server.mails(1)[0], HasSubstr("Subject: A webhook was switched off"));
    EXPECT_FALSE(notifier_->find(tenant, made->id)->active);
}

TEST_F(ChannelsTest, EndpointsThatDoNotFitTheirChannelAreRefused) {
    open();
    const auto refused = [&](const Endpoint& endpoint) {
        const auto made = notifier_->create(endpoint);
        EXPECT_THAT(made, FailsWith(ErrorCode::invalid_argument));
        return made ? std::string() : made.error().field;
    };
    EXPECT_EQ(refused(on(Channel::discord, "https://discord.com/channels/1/2")), "url");
    EXPECT_EQ(refused(on(Channel::discord, "https://discord.com/api/webhooks/x/y")), "url");
    EXPECT_EQ(refused(on(Channel::email, "mailto:a@b\r\nBcc: c@d")), "recipients");
    // Nothing sends mails here.
    EXPECT_EQ(refused(on(Channel::email, "mailto:a@b.example")), "channel");
    Endpoint endpoint = on(Channel::discord, "https://discord.com/api/webhooks/1/t");
    endpoint.secret = *Secret::parse("a secret that is long enough");
    EXPECT_EQ(refused(endpoint), "secret");
    endpoint = on(Channel::discord, "https://discord.com/api/webhooks/1/t");
    endpoint.profile = "standard-webhooks";
    EXPECT_EQ(refused(endpoint), "channel");
    endpoint = on(Channel::discord, "https://discord.com/api/webhooks/1/t");
    endpoint.overrides.headers = {{"X-Team", "returns"}};
    EXPECT_EQ(refused(endpoint), "overrides");
}

}  // namespace
}  // namespace assay::notify
