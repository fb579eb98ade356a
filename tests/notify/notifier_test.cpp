// The whole of notify on a real store and real sockets: events in, signed webhooks out, nothing
// lost.
// SPDX-License-Identifier: MIT
#include "notify/notifier.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/notify/notifier_fixture.hpp"

namespace assay::notify {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(NotifierTest, DeliversAPublishedEventSigned) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(receiver.url("/hooks?x=1"));
    publish("order.completed", 236);
    ASSERT_TRUE(receiver.wait_for_requests(1));
    const ReceivedRequest request = receiver.requests().front();
    EXPECT_EQ(request.line, "POST /hooks?x=1 HTTP/1.1");
    EXPECT_EQ(request.header("Host"), "127.0.0.1:" + std::to_string(receiver.port()));
    EXPECT_EQ(request.header("User-Agent"), "Assay/0.1.0");
    EXPECT_EQ(request.header("Accept-Encoding"), "identity");
    EXPECT_EQ(request.header("X-Assay-Delivery-Attempt"), "1");
    EXPECT_EQ(request.header("X-Assay-Event-Id"), request.header("webhook-id"));
    EXPECT_THAT(request.body, HasSubstr(R"("data":{"number":236})"));
    expect_signed(request, endpoint);
    const auto rows = rows_with(DeliveryStatus::delivered, 1);
    ASSERT_THAT(rows, SizeIs(1));
    const auto row = notifier_->delivery(tenant, rows.front().delivery.id);
    ASSERT_THAT(row, IsOk());
    ASSERT_THAT(row->attempts, SizeIs(1));
    EXPECT_EQ(row->attempts.front().outcome.status, 200);
    EXPECT_EQ(row->event_type, "order.completed");
}

TEST_F(NotifierTest, WhatHappensGoesToItsSubscribersAndIsNeverInTheLog) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    LoopbackReceiver deaf(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(receiver.url(), {"batch.*", "item.started"});
    subscribe(deaf.url(), {"batch.completed"});
    EXPECT_TRUE(notifier_->wants(tenant, engine::event_type::batch_progress));
    EXPECT_FALSE(notifier_->wants(TenantId("other"), engine::event_type::batch_progress));
    happens(engine::event_type::batch_progress, "b1", sample_event("batch.progress").data);
    ASSERT_TRUE(receiver.wait_for_requests(1));
    happens(engine::event_type::item_started, "b1",
            R"({"batch_id":"b1","index":3,"product_id":"sku-3"})");
    ASSERT_TRUE(receiver.wait_for_requests(2));
    publish_batch("b1");
    ASSERT_TRUE(receiver.wait_for_requests(3));
    happens(engine::event_type::batch_progress, "b1", sample_event("batch.progress").data);
    publish_batch("b2");
    ASSERT_TRUE(receiver.wait_for_requests(4));

    const auto requests = receiver.requests();
    EXPECT_THAT(requests[0].body, HasSubstr(R"("type":"batch.progress")"));
    EXPECT_EQ(requests[0].header("X-Assay-Sequence"), "") << "it may be missing";
    EXPECT_THAT(requests[1].body, HasSubstr(R"("product_id":"sku-3")"));
    EXPECT_THAT(requests[2].body, HasSubstr(R"("type":"batch.completed")"));
    EXPECT_EQ(requests[2].header("X-Assay-Sequence"), "1");
    EXPECT_THAT(requests[3].body, HasSubstr(R"("type":"batch.completed")"))
        << "nothing is said of a batch that has ended";
    for (const ReceivedRequest& request : requests)
        expect_signed(request, endpoint);
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 4), SizeIs(4)) << "the ends of two batches";
}

TEST_F(NotifierTest, RetriesWithTheSameIdAndBytes) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({503, 500, 200}));
    const Endpoint endpoint =
        subscribe(receiver.url(), {"*"}, RetrySchedule{{milliseconds(100), milliseconds(100)}, 0});
    publish("order.completed", 1);
    const auto rows = rows_with(DeliveryStatus::delivered, 1);
    ASSERT_THAT(rows, SizeIs(1));
    const auto requests = receiver.requests();
    ASSERT_THAT(requests, SizeIs(3));
    std::set<std::string> ids;
    std::set<std::string> bodies;
    for (const ReceivedRequest& request : requests) {
        ids.insert(request.header("webhook-id"));
        bodies.insert(request.body);
        expect_signed(request, endpoint);
    }
    EXPECT_THAT(ids, SizeIs(1));
    EXPECT_THAT(bodies, SizeIs(1));
    EXPECT_EQ(requests.back().header("X-Assay-Delivery-Attempt"), "3");
    const auto row = notifier_->delivery(tenant, rows.front().delivery.id);
    ASSERT_THAT(row, IsOk());
    EXPECT_THAT(row->attempts, SizeIs(3));
}

TEST_F(NotifierTest, ARestartDeliversWhatWasCommittedWhileItWasAway) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(receiver.url());
    notifier_->stop();
    for (int i = 0; i < 20; ++i)
        publish("order.completed", i);
    EXPECT_THAT(receiver.requests(), SizeIs(0));
    restart();
    ASSERT_TRUE(receiver.wait_for_requests(20));
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 20), SizeIs(20));
    restart();
    publish("order.completed", 99);
    ASSERT_TRUE(receiver.wait_for_requests(21));
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 21), SizeIs(21));
    EXPECT_THAT(receiver.requests(), SizeIs(21)) << "what had its row was not sent again";
}

TEST_F(NotifierTest, AUsersOwnProfileIsSentAndHasToBeThereAgainAfterARestart) {
    const std::string text = R"({"name":"acme","version":1,"source":"ours","envelope":"data_only",
        "content_type":"application/json",
        "signature":{"layout":"body_hex","header":"X-Acme","prefix":"v0=","old_secret_last":true},
        "secret":"required","headers":{"type":"X-Acme-Event"},"success":"any_2xx",
        "response":"kept","timeout_ms":10000,
        "retry":{"delays_s":[30],"jitter_percent":0,"honours_retry_after":false,
                 "gone_disables":false},
        "events":[{"type":"lot.done","of":["order.completed"],"data":"own"}],
        "accepts_published_types":false})";
    const embedded::EmbeddedFile file{"acme.json", text};
    const Result<ProfileBook> book = ProfileBook::make({&file, 1});
    ASSERT_THAT(book, IsOk());
    profiles_ = &*book;
    restart();
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    Endpoint endpoint;
    endpoint.tenant = tenant;
    endpoint.url = receiver.url();
    endpoint.profile = "acme";
    endpoint.events = {"lot.*"};
    const Result<Endpoint> made = notifier_->create(std::move(endpoint));
    ASSERT_THAT(made, IsOk());
    publish("order.completed", 7);
    ASSERT_TRUE(receiver.wait_for_requests(1));
    const ReceivedRequest request = receiver.requests().front();
    EXPECT_EQ(request.body, R"({"number":7})");
    EXPECT_EQ(request.header("X-Acme-Event"), "lot.done");
    EXPECT_THAT(verify(book->find("acme")->signature, {&made->secret, 1},
                       std::vector<Header>{{"X-Acme", request.header("X-Acme")}}, request.body, {}),
                IsOk());
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));

    profiles_ = &built_in_book();
    expect_start_ = false;
    restart();
    ASSERT_THAT(started_, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(started_.error().message, HasSubstr("names the profile acme"));
    profiles_ = &*book;
    expect_start_ = true;
    restart();
    publish("order.completed", 8);
    EXPECT_TRUE(receiver.wait_for_requests(2));
    close();  // before the book goes
}

TEST_F(NotifierTest, ARetryThatWaitsSurvivesARestart) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    subscribe(receiver.url(), {"*"}, RetrySchedule{{std::chrono::hours(1)}, 0});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::pending, 1), SizeIs(1));
    restart(std::chrono::hours(2));
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    const auto requests = receiver.requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests[0].body, requests[1].body);
    EXPECT_EQ(requests[0].header("webhook-id"), requests[1].header("webhook-id"));
}

TEST_F(NotifierTest, ATestEventGoesToItsEndpointAlone) {
    LoopbackReceiver chosen(LoopbackReceiver::answers({200}));
    LoopbackReceiver other(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(chosen.url(), {"order.created"});
    subscribe(other.url());
    const Result<EventId> event = notifier_->send_test(tenant, endpoint.id);
    ASSERT_THAT(event, IsOk());
    ASSERT_TRUE(chosen.wait_for_requests(1));
    EXPECT_EQ(chosen.requests().front().header("X-Assay-Event-Id"), event->text());
    expect_signed(chosen.requests().front(), endpoint);
    publish("order.completed", 1);
    ASSERT_TRUE(other.wait_for_requests(1));
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 2), SizeIs(2));
    EXPECT_THAT(other.requests(), SizeIs(1)) << "the test event came here too";
}

TEST_F(NotifierTest, RedeliversTheSameBytesAsANewSeries) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    subscribe(receiver.url(), {"*"}, RetrySchedule{});
    publish("order.completed", 1);
    const auto failed = rows_with(DeliveryStatus::failed, 1);
    ASSERT_THAT(failed, SizeIs(1));
    const DeliveryId id = failed.front().delivery.id;
    ASSERT_THAT(notifier_->redeliver(tenant, id), IsOk());
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    const auto requests = receiver.requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests[0].body, requests[1].body);
    EXPECT_EQ(requests[1].header("X-Assay-Delivery-Attempt"), "2");
    const auto row = notifier_->delivery(tenant, id);
    ASSERT_THAT(row, IsOk());
    EXPECT_THAT(row->attempts, SizeIs(2));
    EXPECT_THAT(notifier_->redeliver(TenantId("other"), id), FailsWith(ErrorCode::not_found));
}

TEST_F(NotifierTest, AnotherPublicUrlLeavesTheBytesOfEarlierEventsAsTheyWere) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    Endpoint thin;
    thin.tenant = tenant;
    thin.url = receiver.url();
    thin.events = {"analysis.completed"};
    thin.overrides.payload = PayloadRule::thin;
    thin.overrides.retry = RetrySchedule{};
    ASSERT_THAT(notifier_->create(std::move(thin)), IsOk());
    publish_batch("batch_1");
    const auto failed = rows_with(DeliveryStatus::failed, 1);
    ASSERT_THAT(failed, SizeIs(1));
    close();
    links_ = ResultsLinks("https://moved.example", "a key of the test");
    open();
    ASSERT_THAT(notifier_->redeliver(tenant, failed.front().delivery.id), IsOk());
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    publish_batch("batch_2");
    ASSERT_TRUE(receiver.wait_for_requests(3));
    const auto requests = receiver.requests();
    EXPECT_THAT(requests[0].body, HasSubstr("https://assay.example/v1/batches/batch_1"));
    EXPECT_EQ(requests[1].body, requests[0].body);
    EXPECT_THAT(requests[2].body, HasSubstr("https://moved.example/v1/batches/batch_2"));
}

TEST_F(NotifierTest, A410SwitchesTheEndpointOff) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({410}));
    const Endpoint endpoint = subscribe(receiver.url());
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::failed, 1), SizeIs(1));
    // The snapshot follows right behind the row.
    while (notifier_->find(tenant, endpoint.id)->active)
        std::this_thread::yield();
    publish("order.completed", 2);
    EXPECT_THAT(notifier_->send_test(tenant, endpoint.id), FailsWith(ErrorCode::conflict));
    restart();
    EXPECT_FALSE(notifier_->find(tenant, endpoint.id)->active);
    EXPECT_THAT(receiver.requests(), SizeIs(1));
}

TEST_F(NotifierTest, DeletingAnEndpointCancelsWhatWaits) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500}));
    const Endpoint endpoint =
        subscribe(receiver.url(), {"*"}, RetrySchedule{{std::chrono::hours(1)}, 0});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::pending, 1), SizeIs(1));
    EXPECT_THAT(notifier_->remove(TenantId("other"), endpoint.id), FailsWith(ErrorCode::not_found));
    ASSERT_THAT(notifier_->remove(tenant, endpoint.id), IsOk());
    const auto rows = rows_with(DeliveryStatus::cancelled, 1);
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows.front().last_error, "endpoint_inactive");
    EXPECT_THAT(notifier_->find(tenant, endpoint.id), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(notifier_->list(tenant), SizeIs(0));
}

TEST_F(NotifierTest, AnEndpointIsOwedNothingFromBeforeItWasMade) {
    publish("order.completed", 1);
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    subscribe(receiver.url());
    publish("order.completed", 2);
    ASSERT_TRUE(receiver.wait_for_requests(1));
    restart();
    publish("order.completed", 3);
    ASSERT_TRUE(receiver.wait_for_requests(2));
    for (const ReceivedRequest& request : receiver.requests()) {
        EXPECT_THAT(request.body, Not(HasSubstr(R"("number":1})")));
    }
}

TEST_F(NotifierTest, DamagedRowsStopOnlyThemselves) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    subscribe(receiver.url(), {"*"}, RetrySchedule{{std::chrono::hours(1)}, 0});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::pending, 1), SizeIs(1));
    notifier_->stop();
    for (int i = 2; i <= 4; ++i)
        publish("order.completed", i);
    ASSERT_THAT(writer_->run([](Tx& tx) -> Result<void> {
        const Result<void> row = tx->execute("UPDATE deliveries SET wire_type = 'x'");
        if (!row) return row;
        return tx->execute("UPDATE event SET data = '{}' WHERE seq = 2");
    }),
                IsOk());
    restart(std::chrono::hours(2));
    ASSERT_TRUE(receiver.wait_for_requests(3));
    publish("order.completed", 5);
    ASSERT_TRUE(receiver.wait_for_requests(4));
    std::string bodies;
    for (const ReceivedRequest& request : receiver.requests())
        bodies += request.body;
    EXPECT_THAT(bodies, HasSubstr(R"("number":5})"));
    EXPECT_THAT(bodies, Not(HasSubstr(R"("number":2})")));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (notifier_->status().damaged < 2 && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ(notifier_->status().damaged, 2U) << "the event and the delivery row";
}

TEST_F(NotifierTest, ABurstArrivesWholeOverFewConnections) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    subscribe(receiver.url());
    subscribe(receiver.url("/second"));
    for (int i = 0; i < 300; ++i)
        publish("order.completed", i);
    ASSERT_TRUE(receiver.wait_for_requests(600));
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 600), SizeIs(600));
    std::set<std::string> seen;
    for (const ReceivedRequest& request : receiver.requests()) {
        seen.insert(request.line + request.header("webhook-id"));
    }
    EXPECT_THAT(seen, SizeIs(600)) << "each once";
    EXPECT_LE(receiver.connections(), 32);
}

}  // namespace
}  // namespace assay::notify
