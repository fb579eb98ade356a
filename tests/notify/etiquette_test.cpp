// What receivers get to see of the shards' manners, and what of it survives a restart.
// SPDX-License-Identifier: MIT
#include <set>

#include "tests/notify/notifier_fixture.hpp"

namespace assay::notify {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Etiquette : public NotifierTest {
  protected:
    Endpoint create(Endpoint endpoint) {
        endpoint.tenant = tenant;
        Result<Endpoint> made = notifier_->create(std::move(endpoint));
        EXPECT_THAT(made, IsOk());
        return made ? *made : Endpoint{};
    }
    static std::set<std::string> sequences(const LoopbackReceiver& receiver) {
        std::set<std::string> numbers;
        for (const ReceivedRequest& request : receiver.requests())
            numbers.insert(request.header("X-Assay-Sequence"));
        return numbers;
    }
};

TEST_F(Etiquette, ADeliveryThatIsGivenUpIsToldToTheOthersOnce) {
    LoopbackReceiver broken(LoopbackReceiver::answers({500}));
    LoopbackReceiver owner(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(broken.url(), {"*"}, RetrySchedule{});
    subscribe(owner.url(), {"delivery.*", "endpoint.*"});
    publish("order.completed", 1);
    ASSERT_TRUE(owner.wait_for_requests(1));
    restart();
    publish("order.completed", 2);
    ASSERT_TRUE(owner.wait_for_requests(2));
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 2), SizeIs(2));
    ASSERT_THAT(rows_with(DeliveryStatus::failed, 2), SizeIs(2));
    const auto told = owner.requests();
    ASSERT_THAT(told, SizeIs(2));
    for (const ReceivedRequest& request : told) {
        EXPECT_THAT(request.body, HasSubstr("delivery.exhausted"));
        EXPECT_THAT(request.body, HasSubstr(endpoint.id.text()));
    }
    EXPECT_NE(told[0].header("webhook-id"), told[1].header("webhook-id"));
    EXPECT_THAT(broken.requests(), SizeIs(2)) << "not to the one that it is about";
}

TEST_F(Etiquette, ADayOfFailuresIsRememberedOverARestartAndEndsInDisabling) {
    LoopbackReceiver broken(LoopbackReceiver::answers({500}));
    LoopbackReceiver owner(LoopbackReceiver::answers({200}));
    const Endpoint endpoint = subscribe(broken.url(), {"*"}, RetrySchedule{});
    subscribe(owner.url(), {"endpoint.disabled"});
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::failed, 1), SizeIs(1));
    restart(hours(25));
    EXPECT_TRUE(notifier_->find(tenant, endpoint.id)->active);
    publish("order.completed", 2);
    ASSERT_TRUE(owner.wait_for_requests(1));
    EXPECT_THAT(owner.requests().front().body, HasSubstr("nothing but failures for 25 hours"));
    // The owner may hear of the commit before those do who wait for its answer; a later commit
    // comes after both.
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    EXPECT_FALSE(notifier_->find(tenant, endpoint.id)->active);
    restart();
    EXPECT_FALSE(notifier_->find(tenant, endpoint.id)->active);
    EXPECT_THAT(broken.requests(), SizeIs(2));
    EXPECT_THAT(owner.requests(), SizeIs(1)) << "once";
}

TEST_F(Etiquette, A413SwitchesToThinBodiesForGood) {
    LoopbackReceiver small(LoopbackReceiver::answers({413, 200}));
    Endpoint made;
    made.url = small.url();
    made.profile = "resell-scan";
    made.events = {"*"};
    const Endpoint endpoint = create(std::move(made));
    ASSERT_THAT(notifier_->send_test(tenant, endpoint.id), IsOk());
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    const auto requests = small.requests();
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_THAT(requests[0].body, HasSubstr("product_data"));
    EXPECT_THAT(requests[1].body, HasSubstr("\"products_omitted\":true"));
    EXPECT_EQ(requests[1].header("X-Assay-Delivery-Attempt"), "2");
    restart();
    EXPECT_EQ(notifier_->find(tenant, endpoint.id)->overrides.payload, PayloadRule::thin);
    ASSERT_THAT(notifier_->send_test(tenant, endpoint.id), IsOk());
    ASSERT_TRUE(small.wait_for_requests(3));
    EXPECT_THAT(small.requests()[2].body, HasSubstr("\"products_omitted\":true"));
}

TEST_F(Etiquette, NumbersHaveNoGapOverRestartsAndStayOverRetries) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 200}));
    LoopbackReceiver strict(LoopbackReceiver::answers({200}));
    subscribe(receiver.url(), {"*"},
              RetrySchedule{std::vector<milliseconds>(3, milliseconds(100)), 0});
    Endpoint bare;
    bare.url = strict.url();
    bare.events = {"*"};
    bare.overrides.strict = true;
    create(std::move(bare));
    std::set<std::string> wanted;
    for (int i = 1; i <= 12; ++i) {
        publish("order.completed", i);
        wanted.insert(std::to_string(i));
        if (i % 4 == 0) restart();
    }
    const auto rows = rows_with(DeliveryStatus::delivered, 24);
    ASSERT_THAT(rows, SizeIs(24));
    EXPECT_EQ(sequences(receiver), wanted);
    EXPECT_EQ(sequences(strict), std::set<std::string>{""}) << "its guide has no such header";
    const auto requests = receiver.requests();
    ASSERT_THAT(requests, SizeIs(13));
    std::map<std::string, std::set<std::string>> of_message;
    for (const ReceivedRequest& request : requests)
        of_message[request.header("webhook-id")].insert(request.header("X-Assay-Sequence"));
    for (const auto& [id, numbers] : of_message)
        EXPECT_THAT(numbers, SizeIs(1)) << id;
}

TEST_F(Etiquette, AReceiverThatHasSwitchedIsFoundOutAndTheOldSecretEnds) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({401, 200}));
    SeededRandom random(5);
    Endpoint made;
    made.url = receiver.url();
    made.profile = "github";
    made.events = {"*"};
    made.secret = Secret::generate(random);
    made.old_secret = Secret::generate(random);
    made.old_secret_until = clock_.now() + hours(24);
    const Endpoint endpoint = create(std::move(made));
    publish("order.completed", 1);
    ASSERT_THAT(rows_with(DeliveryStatus::delivered, 1), SizeIs(1));
    const auto signed_with = [&](const ReceivedRequest& request, const Secret& secret) {
        std::vector<Header> headers;
        for (const auto& [name, value] : request.headers)
            headers.push_back({name, value});
        VerifyOptions options;
        return verify(find_profile("github")->signature, {&secret, 1}, headers, request.body,
                      options)
            .has_value();
    };
    ASSERT_TRUE(receiver.wait_for_requests(2));
    EXPECT_TRUE(signed_with(receiver.requests()[0], *endpoint.old_secret));
    EXPECT_TRUE(signed_with(receiver.requests()[1], endpoint.secret)) << "the probe";
    restart();
    EXPECT_FALSE(notifier_->find(tenant, endpoint.id)->old_secret);
    publish("order.completed", 2);
    ASSERT_TRUE(receiver.wait_for_requests(3));
    EXPECT_TRUE(signed_with(receiver.requests()[2], endpoint.secret));
    const auto rows = rows_with(DeliveryStatus::delivered, 2);
    ASSERT_THAT(rows, SizeIs(2));
    const auto first = notifier_->delivery(tenant, rows.back().delivery.id);
    ASSERT_THAT(first, IsOk());
    ASSERT_THAT(first->attempts, SizeIs(2));
    EXPECT_TRUE(first->attempts[1].rotation_probe);
}

}  // namespace
}  // namespace assay::notify
