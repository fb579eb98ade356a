// What notify keeps: sealed secrets, rows that are checked, attempts in order.
// SPDX-License-Identifier: MIT
#include "notify/notify_store/notify_store.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::notify {
namespace {

using engine::Tx;
using testing::FailsWith;
using testing::IsOk;
using ::testing::SizeIs;

const TenantId tenant("default");

class NotifyStore : public ::testing::Test {
  protected:
    NotifyStore() {
        auto opened =
            engine::Database::open({directory_.path(), false, {}}, notify_store::migrations());
        EXPECT_THAT(opened, IsOk());
        database_ = *std::move(opened);
        writer_ = std::make_unique<engine::Writer>(*database_, clock_);
    }
    template <class Job>
    void write(Job job) {
        ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> { return job(tx); }), IsOk());
    }
    auto read() { return *database_->read(); }

    static std::array<unsigned char, 32> key(unsigned char fill) {
        std::array<unsigned char, 32> bytes{};
        bytes.fill(fill);
        return bytes;
    }
    Endpoint endpoint() {
        Endpoint made;
        made.id = EndpointId("wh_1");
        made.tenant = tenant;
        made.url = "https://receiver.example/hook";
        made.description = "a \"quoted\" one";
        made.events = {"*", "order.created"};
        made.secret = *Secret::parse("whsec_canary-of-the-secret-0123456789");
        made.overrides.headers = {{"Authorization", "Bearer canary-of-the-header"}};
        made.overrides.retry = RetrySchedule{{std::chrono::seconds(5)}, 0.2};
        made.overrides.max_in_flight = 7;
        made.overrides.success = SuccessRule::exactly_200;
        made.overrides.also_sign_with = {"github", "ztrace"};
        made.overrides.digest = SignatureDigest::sha256_suffix;
        made.overrides.store_id = 12;
        made.created_at = clock_.now();
        made.events_after = EventSeq{42};
        return made;
    }
    Delivery delivery(int number) {
        Delivery made;
        made.id = DeliveryId("dlv_" + std::to_string(number));
        made.tenant = tenant;
        made.endpoint = EndpointId("wh_1");
        made.event = EventSeq{number};
        made.event_id = EventId("evt_" + std::to_string(number));
        made.event_type = "order.created";
        made.wire_type = "order.created";
        made.message_id = made.event_id.text();
        made.created_at = made.due = clock_.now();
        return made;
    }
    AttemptRecord attempt(const Delivery& of, int number, int status) {
        AttemptRecord record;
        record.delivery = of.id;
        record.number = number;
        record.outcome.kind = OutcomeKind::response;
        record.outcome.status = status;
        record.outcome.phase = AttemptPhase::done;
        record.success = status == 200;
        record.outcome.response_text = "said \"no\"\n";
        record.outcome.started = clock_.now();
        record.outcome.ended = clock_.now() + std::chrono::milliseconds(12);
        record.outcome.timings.done = 12;
        record.why_next = "because";
        return record;
    }

    testing::TemporaryDirectory directory_;
    testing::ManualClock clock_;
    SystemRandom random_;
    SecretBox box_{key(1)};
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
};

TEST_F(NotifyStore, ASecretOpensOnlyInItsPlaceAndUnderItsKey) {
    const std::string sealed = box_.seal("the secret", "default/wh_1/secret", random_);
    EXPECT_EQ(sealed.find("secret"), std::string::npos);
    EXPECT_EQ(*box_.open(sealed, "default/wh_1/secret"), "the secret");
    for (const char* const elsewhere :
         {"default/wh_2/secret", "other/wh_1/secret", "default/wh_1/old_secret", ""}) {
        EXPECT_THAT(box_.open(sealed, elsewhere), FailsWith(ErrorCode::corrupt)) << elsewhere;
    }
    EXPECT_THAT(SecretBox(key(2)).open(sealed, "default/wh_1/secret"),
                FailsWith(ErrorCode::corrupt));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string flipped = sealed;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        EXPECT_THAT(box_.open(flipped, "default/wh_1/secret"), FailsWith(ErrorCode::corrupt));
    }
    EXPECT_THAT(box_.open("short", ""), FailsWith(ErrorCode::corrupt));
    EXPECT_NE(box_.key_id(), SecretBox(key(2)).key_id());
}

TEST_F(NotifyStore, AnEndpointComesBackAsItWas) {
    Endpoint before = endpoint();
    before.filter = *Filter::parse(R"({"path":"/failed_products","gt":0})");
    before.overrides.rate_limit = 0.5;
    before.overrides.allowed_ips = {"203.0.113.0/24", "2001:db8::/32"};
    before.body_revision = 3;
    write([&](Tx& tx) { return notify_store::put_endpoint(tx, before, box_, random_); });
    const auto all = notify_store::all_endpoints(*read(), box_);
    ASSERT_THAT(all, IsOk());
    ASSERT_THAT(*all, SizeIs(1));
    const Endpoint& after = all->front();
    EXPECT_EQ(after.url, before.url);
    EXPECT_EQ(after.description, before.description);
    EXPECT_EQ(after.events, before.events);
    EXPECT_TRUE(after.secret == before.secret);
    EXPECT_EQ(after.overrides.headers, before.overrides.headers);
    EXPECT_EQ(after.overrides.retry, before.overrides.retry);
    EXPECT_EQ(after.overrides.max_in_flight, before.overrides.max_in_flight);
    EXPECT_EQ(after.overrides.success, before.overrides.success);
    EXPECT_EQ(after.overrides.also_sign_with, before.overrides.also_sign_with);
    EXPECT_EQ(after.overrides.digest, before.overrides.digest);
    EXPECT_EQ(after.overrides.store_id, before.overrides.store_id);
    EXPECT_EQ(after.events_after, before.events_after);
    EXPECT_EQ(after.filter, before.filter);
    EXPECT_EQ(after.overrides.rate_limit, before.overrides.rate_limit);
    EXPECT_EQ(after.overrides.allowed_ips, before.overrides.allowed_ips);
    EXPECT_EQ(after.body_revision, before.body_revision);
    EXPECT_THAT(notify_store::all_endpoints(*read(), SecretBox(key(9))),
                FailsWith(ErrorCode::corrupt));
}

TEST_F(NotifyStore, NoSecretStandsInTheFilesAsItIs) {
    write([&](Tx& tx) { return notify_store::put_endpoint(tx, endpoint(), box_, random_); });
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        EXPECT_EQ(bytes.find("canary-of-the"), std::string::npos) << entry.path();
        ++files;
    }
    EXPECT_GE(files, 1);
}

TEST_F(NotifyStore, OneRowHoldsTheFirstAttemptAndLaterOnesFollow) {
    Delivery one = delivery(1);
    one.attempts = 1;
    one.body_hash = 0xfedcba9876543210;
    write([&](Tx& tx) {
        return notify_store::record_attempt(tx, one, attempt(one, 1, 500), DeliveryStatus::pending);
    });
    auto found = notify_store::find_delivery(*read(), tenant, one.id);
    ASSERT_THAT(found, IsOk());
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->delivery, one);
    EXPECT_EQ((*found)->last_error, "status 500");
    ASSERT_THAT((*found)->attempts, SizeIs(1));
    EXPECT_EQ((*found)->attempts[0].outcome.response_text, "said \"no\"\n");
    one.attempts = 2;
    for (int again = 0; again < 2; ++again) {  // an unsure commit is repeated
        write([&](Tx& tx) {
            return notify_store::record_attempt(tx, one, attempt(one, 2, 200),
                                                DeliveryStatus::delivered);
        });
    }
    found = notify_store::find_delivery(*read(), tenant, one.id);
    ASSERT_THAT(found, IsOk());
    ASSERT_THAT((*found)->attempts, SizeIs(2));
    EXPECT_EQ((*found)->attempts[1].number, 2);
    EXPECT_EQ((*found)->status, DeliveryStatus::delivered);
    EXPECT_TRUE((*found)->delivered_at.has_value());
    EXPECT_FALSE(notify_store::find_delivery(*read(), TenantId("other"), one.id)->has_value());
}

TEST_F(NotifyStore, AFlippedRowIsNoticed) {
    write([&](Tx& tx) { return notify_store::put_pending(tx, delivery(1)); });
    write([&](Tx& tx) { return tx->execute("UPDATE deliveries SET wire_type = 'order.Created'"); });
    EXPECT_THAT(notify_store::find_delivery(*read(), tenant, DeliveryId("dlv_1")),
                FailsWith(ErrorCode::corrupt));
}

TEST_F(NotifyStore, DueRowsComeInOrderAndCanBeCancelled) {
    for (int i = 1; i <= 5; ++i) {
        Delivery one = delivery(i);
        one.due = clock_.now() + std::chrono::seconds(10 - i);
        write([&](Tx& tx) { return notify_store::put_pending(tx, one); });
    }
    const auto due = notify_store::due_deliveries(*read(), EndpointId("wh_1"),
                                                  clock_.now() + std::chrono::seconds(7), 10);
    ASSERT_THAT(due, IsOk());
    ASSERT_THAT(*due, SizeIs(3));
    EXPECT_EQ(due->front().id.text(), "dlv_5");
    EXPECT_EQ(*notify_store::next_due(*read(), EndpointId("wh_1"),
                                      clock_.now() + std::chrono::seconds(7)),
              clock_.now() + std::chrono::seconds(8));
    ASSERT_THAT(*notify_store::endpoints_waiting(*read()), SizeIs(1));
    write([&](Tx& tx) -> Result<void> {
        const auto cancelled = notify_store::cancel_pending(tx, EndpointId("wh_1"));
        EXPECT_EQ(*cancelled, 5);
        return {};
    });
    EXPECT_THAT(*notify_store::endpoints_waiting(*read()), SizeIs(0));
    notify_store::DeliveryQuery query;
    query.tenant = tenant;
    query.limit = 2;
    auto page = notify_store::list_deliveries(*read(), query);
    ASSERT_THAT(*page, SizeIs(2));
    EXPECT_EQ(page->front().delivery.id.text(), "dlv_5") << "newest first";
    query.after = page->back().delivery.id;
    query.limit = 10;
    EXPECT_THAT(*notify_store::list_deliveries(*read(), query), SizeIs(3));
    query.after = DeliveryId("dlv_unknown");
    EXPECT_THAT(notify_store::list_deliveries(*read(), query), FailsWith(ErrorCode::not_found));
}

TEST_F(NotifyStore, ADamagedRowHoldsUpNoOther) {
    for (int i = 1; i <= 3; ++i)
        write([&](Tx& tx) { return notify_store::put_pending(tx, delivery(i)); });
    write([&](Tx& tx) {
        return tx->execute("UPDATE deliveries SET wire_type = 'x' WHERE id = 'dlv_1'");
    });
    std::vector<std::int64_t> damaged;
    const auto due =
        notify_store::due_deliveries(*read(), EndpointId("wh_1"), clock_.now(), 2, &damaged);
    ASSERT_THAT(due, IsOk());
    ASSERT_THAT(*due, SizeIs(2)) << "the limit counts whole rows";
    EXPECT_EQ(due->front().id.text(), "dlv_2");
    EXPECT_THAT(damaged, SizeIs(1));
    for (const std::int64_t expected : {2, 0}) {
        write([&](Tx& tx) -> Result<void> {
            EXPECT_EQ(*notify_store::cancel_pending(tx, EndpointId("wh_1")), expected);
            return {};
        });
    }
}

TEST_F(NotifyStore, TheCursorIsKept) {
    EXPECT_EQ(*notify_store::cursor(*read()), EventSeq{0});
    write([](Tx& tx) { return notify_store::set_cursor(tx, EventSeq{77}); });
    EXPECT_EQ(*notify_store::cursor(*read()), EventSeq{77});
    write([](Tx& tx) { return notify_store::set_cursor(tx, EventSeq{5}); });
    EXPECT_EQ(*notify_store::cursor(*read()), EventSeq{77}) << "it never moves back";
}

TEST_F(NotifyStore, VerifyNamesEveryDamagedDeliveryAttemptAndEndpoint) {
    Delivery made = delivery(1);
    made.attempts = 2;
    write([&](Tx& tx) -> Result<void> {
        if (auto put = notify_store::put_endpoint(tx, endpoint(), box_, random_); !put) return put;
        if (auto put = notify_store::put_pending(tx, delivery(2)); !put) return put;
        if (auto put = notify_store::record_attempt(tx, made, attempt(made, 1, 500),
                                                    DeliveryStatus::pending);
            !put)
            return put;
        return notify_store::record_attempt(tx, made, attempt(made, 2, 200),
                                            DeliveryStatus::delivered);
    });
    const auto verify = [&] { return *notify_store::verify_rows(*read()); };
    EXPECT_EQ(verify().rows, 3);
    EXPECT_THAT(verify().damaged, SizeIs(0));

    write(
        [](Tx& tx) { return tx->execute("UPDATE deliveries SET due = due + 1 WHERE id='dlv_2'"); });
    write([](Tx& tx) { return tx->execute("UPDATE attempts SET record = '{}'"); });
    write([](Tx& tx) { return tx->execute("UPDATE endpoints SET settings = '{}'"); });
    const auto report = verify();
    ASSERT_THAT(report.damaged, SizeIs(3));
    EXPECT_EQ(report.damaged[0].table, "delivery");
    EXPECT_NE(report.damaged[2].description.find("wh_1"), std::string::npos);
}

}  // namespace
}  // namespace assay::notify
