// Sending again what a query finds: counted first, in pages, and never what waits already.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <set>

#include "tests/notify/notifier_fixture.hpp"

namespace assay::notify {
namespace {

using ::testing::SizeIs;

class Redelivery : public NotifierTest {
  protected:
    // `count` deliveries that have failed for good.
    Endpoint failed_ones(LoopbackReceiver& receiver, int count) {
        const Endpoint endpoint = subscribe(receiver.url(), {"*"}, RetrySchedule{});
        for (int i = 0; i < count; ++i)
            publish(i % 2 == 0 ? "order.completed" : "order.created", i);
        EXPECT_THAT(rows_with(DeliveryStatus::failed, static_cast<std::size_t>(count)),
                    SizeIs(count));
        return endpoint;
    }
    static notify_store::DeliveryQuery query_of(DeliveryStatus status) {
        notify_store::DeliveryQuery query;
        query.tenant = tenant;
        query.statuses = {status};
        query.limit = 1'000;
        return query;
    }
};

TEST_F(Redelivery, CountsFirstAndThenSendsPageAfterPage) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500, 500, 500, 500, 500, 200}));
    failed_ones(receiver, 5);
    notify_store::DeliveryQuery query = query_of(DeliveryStatus::failed);
    query.limit = 3;
    const Result<ReplayReport> counted = notifier_->replay(query, true);
    ASSERT_THAT(counted, IsOk());
    EXPECT_EQ(counted->matched, 5);
    EXPECT_EQ(counted->sent, 0);
    EXPECT_THAT(receiver.requests(), SizeIs(5)) << "counting sends nothing";
    const Result<ReplayReport> first = notifier_->replay(query, false);
    ASSERT_THAT(first, IsOk());
    EXPECT_EQ(first->sent, 3);
    EXPECT_TRUE(first->has_more);
    query.after = first->last;
    const Result<ReplayReport> second = notifier_->replay(query, false);
    ASSERT_THAT(second, IsOk());
    EXPECT_EQ(second->sent, 2);
    EXPECT_FALSE(second->has_more);
    EXPECT_THAT(rows_with(DeliveryStatus::delivered, 5), SizeIs(5));
}

TEST_F(Redelivery, FindsByTypeTimeAndWebhook) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500}));
    const Endpoint endpoint = failed_ones(receiver, 4);
    const auto matched = [&](auto narrow) {
        notify_store::DeliveryQuery query = query_of(DeliveryStatus::failed);
        narrow(query);
        const Result<ReplayReport> report = notifier_->replay(query, true);
        EXPECT_THAT(report, IsOk());
        return report ? report->matched : -1;
    };
    EXPECT_EQ(matched([](auto& query) { query.type = "order.created"; }), 2);
    EXPECT_EQ(matched([&](auto& query) { query.endpoint = endpoint.id; }), 4);
    EXPECT_EQ(matched([&](auto& query) { query.since = clock_.now() + milliseconds(60'000); }), 0);
    EXPECT_EQ(matched([&](auto& query) { query.until = clock_.now() + milliseconds(60'000); }), 4);
    EXPECT_EQ(matched([](auto& query) { query.tenant = TenantId("other"); }), 0);
    EXPECT_EQ(matched([](auto& query) { query.statuses.push_back(DeliveryStatus::cancelled); }), 4);
}

TEST_F(Redelivery, LeavesOutWhatNobodyTakesAndRefusesWhatWaits) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500}));
    const Endpoint endpoint = failed_ones(receiver, 2);
    ASSERT_THAT(notifier_->remove(tenant, endpoint.id), IsOk());
    const Result<ReplayReport> report = notifier_->replay(query_of(DeliveryStatus::failed), false);
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->sent, 0);
    EXPECT_EQ(report->skipped_inactive, 2);
    EXPECT_THAT(notifier_->replay(query_of(DeliveryStatus::pending), false),
                FailsWith(ErrorCode::invalid_argument));
    notify_store::DeliveryQuery gone = query_of(DeliveryStatus::failed);
    gone.endpoint = endpoint.id;
    EXPECT_THAT(notifier_->replay(gone, false), FailsWith(ErrorCode::not_found));
}

// Beside what the connection needs (Host, Content-Length ...).
std::set<std::string> own_names(const std::vector<std::pair<std::string, std::string>>& headers) {
    static const std::set<std::string> of_http{"Host", "Content-Length", "Accept-Encoding",
                                               "Accept", "Connection"};
    std::set<std::string> names;
    for (const auto& [name, value] : headers) {
        if (of_http.count(name) == 0) names.insert(name);
    }
    return names;
}

class RequestToTry : public Redelivery, public ::testing::WithParamInterface<const char*> {};

TEST_P(RequestToTry, HasEveryHeaderThatAReceiverGetsAndNoSecret) {
    LoopbackReceiver receiver(LoopbackReceiver::answers({500}));
    Endpoint endpoint;
    endpoint.tenant = tenant;
    endpoint.url = receiver.url();
    endpoint.events = {"*"};
    endpoint.profile = GetParam();
    endpoint.overrides.headers = {{"X-Team", "canary"}};
    endpoint.overrides.retry = RetrySchedule{};
    endpoint.overrides.store_id = 7;
    if (endpoint.profile != std::string("sellapp")) endpoint.overrides.store_id.reset();
    const Result<Endpoint> made = notifier_->create(std::move(endpoint));
    ASSERT_THAT(made, IsOk());
    ASSERT_THAT(notifier_->send_test(tenant, made->id), IsOk());
    const auto rows = rows_with(DeliveryStatus::failed, 1);
    ASSERT_THAT(rows, SizeIs(1));
    const auto shown = notifier_->unsigned_request(tenant, rows[0].delivery.id);
    ASSERT_THAT(shown, IsOk());
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Header& header : shown->headers) {
        pairs.emplace_back(header.name, header.value);
        EXPECT_EQ(header.value.find("canary"), std::string::npos) << header.name;
    }
    const ReceivedRequest received = receiver.requests().at(0);
    EXPECT_EQ(own_names(pairs), own_names(received.headers));
    for (const auto& [name, value] : pairs) {
        if (name == "X-Assay-Delivery-Attempt") {
            EXPECT_EQ(value, "2") << "the next one";
        } else if (value.front() != '<') {
            EXPECT_EQ(value, received.header(name)) << name;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Profiles, RequestToTry,
                         ::testing::Values("standard-webhooks", "resell-scan", "sellapp", "github",
                                           "shopify", "ztrace"),
                         [](const auto& profile) {
                             std::string name = profile.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace assay::notify
