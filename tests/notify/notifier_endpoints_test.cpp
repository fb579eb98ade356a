// Changing endpoints while they are in use: what waits, what is owed, and what it is checked by.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/notify/notifier_fixture.hpp"

namespace assay::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Result<void> switch_off(Endpoint& endpoint) {
    endpoint.active = false;
    return {};
}
Result<void> switch_on(Endpoint& endpoint) {
    endpoint.active = true;
    return {};
}

TEST_F(NotifierTest, WhatWaitsGoesOnUnderTheNewUrlAndWithTheSameBytes) {
    LoopbackReceiver old_receiver(LoopbackReceiver::answers({500}));
    LoopbackReceiver new_receiver(LoopbackReceiver::answers({200}));
    const Endpoint endpoint =
        subscribe(old_receiver.url(), {"*"}, RetrySchedule{{milliseconds(1'500)}, 0});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::pending, 1), SizeIs(1));
    ASSERT_THAT(notifier_->change(tenant, endpoint.id,
                                  [&](Endpoint& edited) -> Result<void> {
                                      edited.url = new_receiver.url("/new");
                                      return {};
                                  }),
                IsOk());
    ASSERT_TRUE(new_receiver.wait_for_requests(1));
    EXPECT_EQ(new_receiver.requests().front().body, old_receiver.requests().front().body);
    EXPECT_EQ(new_receiver.requests().front().header("X-Assay-Delivery-Attempt"), "2");
    expect_signed(new_receiver.requests().front(), endpoint);
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
}

TEST_F(NotifierTest, AnotherProfileGivesWhatWaitsItsBodyAndSignature) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    const Endpoint endpoint =
        subscribe(receiver.url(), {"*"}, RetrySchedule{{milliseconds(1'000)}, 0});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::pending, 1), SizeIs(1));
    ASSERT_THAT(notifier_->change(tenant, endpoint.id,
                                  [](Endpoint& edited) -> Result<void> {
                                      edited.profile = "github";
                                      return {};
                                  }),
                IsOk());
    const auto rows = rows_with(DeliveryStatus::delivered, 1);
    ASSERT_THAT(rows, SizeIs(1)) << "other bytes under the same id, because the user wanted so";
    const ReceivedRequest last = receiver.requests().at(1);
    EXPECT_EQ(last.body, R"({"number":1})");
    EXPECT_THAT(last.header("X-Hub-Signature-256"), HasSubstr("sha256="));
}

TEST_F(NotifierTest, AChangeIsCheckedLikeANewEndpointAndLeavesTheOldOneWhereItFails) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(receiver.url());
    const auto to = [&](const std::string& url) {
        return notifier_->change(tenant, endpoint.id, [url](Endpoint& edited) -> Result<void> {
            edited.url = url;
            return {};
        });
    };
    EXPECT_THAT(to("http://169.254.169.254/latest/meta-data"),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(to("https://user@receiver.example/"), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(notifier_->change(
                    tenant, endpoint.id,
                    [](Endpoint&) -> Result<void> { return fail(ErrorCode::invalid_json, "no"); }),
                FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(notifier_->change(TenantId("other"), endpoint.id, switch_off),
                FailsWith(ErrorCode::not_found));
    EXPECT_EQ(notifier_->find(tenant, endpoint.id)->url, receiver.url());
}

TEST_F(NotifierTest, AChangeSurvivesARestart) {
    const Endpoint endpoint = subscribe("https://receiver.example/");
    ASSERT_THAT(notifier_->change(tenant, endpoint.id,
                                  [](Endpoint& edited) -> Result<void> {
                                      edited.description = "returns";
                                      edited.overrides.rate_limit = 2.5;
                                      edited.overrides.allowed_ips = {"192.0.2.0/24"};
                                      edited.filter = *Filter::parse(R"({"path":"/a","gt":1})");
                                      edited.overrides.payload = PayloadRule::thin;
                                      return {};
                                  }),
                IsOk());
    restart();
    const Result<Endpoint> found = notifier_->find(tenant, endpoint.id);
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->description, "returns");
    EXPECT_EQ(found->overrides.rate_limit, 2.5);
    EXPECT_THAT(found->overrides.allowed_ips, SizeIs(1));
    EXPECT_EQ(found->filter.text(), R"({"path":"/a","gt":1})");
    EXPECT_EQ(found->body_revision, 1);
    EXPECT_TRUE(found->secret == endpoint.secret);
}

TEST_F(NotifierTest, SwitchedOffItIsOwedNothingAndWhatWaitedComesBackByReplay) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    const Endpoint endpoint =
        subscribe(receiver.url(), {"*"}, RetrySchedule{{std::chrono::hours(1)}, 0});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::pending, 1), SizeIs(1));
    ASSERT_THAT(notifier_->change(tenant, endpoint.id, switch_off), IsOk());
    const auto cancelled = rows_with(DeliveryStatus::cancelled, 1);
    ASSERT_THAT(cancelled, SizeIs(1));
    EXPECT_EQ(cancelled.front().last_error, "endpoint_inactive");
    publish("order.completed", 2);
    ASSERT_THAT(notifier_->change(tenant, endpoint.id, switch_on), IsOk());
    publish("order.completed", 3);
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));

    notify_store::DeliveryQuery query;
    query.tenant = tenant;
    query.endpoint = endpoint.id;
    query.statuses = {DeliveryStatus::failed, DeliveryStatus::cancelled};
    query.limit = 100;
    const Result<ReplayReport> report = notifier_->replay(query, false);
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->sent, 1);
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 2), SizeIs(2));
    const auto requests = receiver.requests();
    ASSERT_THAT(requests, SizeIs(3));
    for (const ReceivedRequest& request : requests)
        EXPECT_THAT(request.body, Not(HasSubstr(R"("number":2)"))) << "it was off";
    EXPECT_THAT(requests[2].body, HasSubstr(R"("number":1)"));
}

TEST_F(NotifierTest, AFilterHoldsBackWhatItDoesNotMatch) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(receiver.url(), {"order.*"});
    ASSERT_THAT(notifier_->change(tenant, endpoint.id,
                                  [](Endpoint& edited) -> Result<void> {
                                      edited.filter =
                                          *Filter::parse(R"({"path":"/number","gte":10})");
                                      return {};
                                  }),
                IsOk());
    publish("order.completed", 9);
    publish("order.completed", 10);
    publish("order.completed", 11);
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 2), SizeIs(2));
    ASSERT_THAT(notifier_->send_test(tenant, endpoint.id), IsOk()) << "tests go past it";
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 3), SizeIs(3));
    EXPECT_THAT(receiver.requests(), SizeIs(3));
}

TEST_F(NotifierTest, PinnedToOtherAddressesItIsBlocked) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(receiver.url());
    const auto pin = [&](std::vector<std::string> blocks) {
        return notifier_->change(tenant, endpoint.id, [blocks](Endpoint& edited) -> Result<void> {
            edited.overrides.allowed_ips = blocks;
            return {};
        });
    };
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    ASSERT_THAT(pin({"192.0.2.0/24"}), IsOk());
    publish("order.completed", 2);
    const auto failed = rows_with(DeliveryStatus::failed, 1);
    ASSERT_THAT(failed, SizeIs(1)) << "not even over the connection that was open already";
    EXPECT_THAT(failed.front().last_error, HasSubstr("is not among its allowed_ips"));
    ASSERT_THAT(pin({"192.0.2.0/24", "127.0.0.0/8"}), IsOk());
    publish("order.completed", 3);
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 2), SizeIs(2));
    EXPECT_THAT(pin({"127.0.0.1/8"}), FailsWith(ErrorCode::invalid_argument));
}

TEST_F(NotifierTest, ARotatedSecretSignsBesideTheOldOneUntilItsGraceEnds) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({200}));
    const Endpoint before = subscribe(receiver.url(), {"*"});
    const Result<Endpoint> after =
        notifier_->rotate(tenant, before.id, {std::nullopt, std::chrono::hours(1)});
    ASSERT_THAT(after, IsOk());
    EXPECT_NE(after->secret.reveal(), before.secret.reveal());
    ASSERT_TRUE(after->old_secret);
    EXPECT_EQ(after->old_secret->reveal(), before.secret.reveal());
    publish("order.completed", 1);
    ASSERT_TRUE(receiver.wait_for_requests(1));
    const std::string both = receiver.requests()[0].header("webhook-signature");
    EXPECT_NE(both.find(' '), std::string::npos) << both;

    // Whoever hurries may have none.
    const Result<Endpoint> at_once =
        notifier_->rotate(tenant, before.id, {std::nullopt, std::chrono::seconds(0)});
    ASSERT_THAT(at_once, IsOk());
    EXPECT_FALSE(at_once->old_secret);
    publish("order.completed", 2);
    ASSERT_TRUE(receiver.wait_for_requests(2));
    const std::string one = receiver.requests()[1].header("webhook-signature");
    EXPECT_EQ(one.find(' '), std::string::npos) << one;
    EXPECT_THAT(notifier_->rotate(tenant, before.id, {at_once->secret, std::chrono::hours(1)}),
                FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::notify
