// What deliveries change about endpoints, and that numbering outlives the rows it is read from.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "engine/base/limits.hpp"
#include "notify/notify_store/notify_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::notify {
namespace {

using engine::Tx;
using notify_store::Sequences;
using testing::IsOk;
using ::testing::SizeIs;

class EndpointState : public ::testing::Test {
  protected:
    EndpointState() {
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
    Endpoint endpoint() {
        Endpoint made;
        made.id = EndpointId("wh_1");
        made.tenant = TenantId("default");
        made.url = "https://receiver.example/hook";
        made.events = {"*"};
        made.secret = Secret::generate(random_);
        made.old_secret = Secret::generate(random_);
        made.old_secret_until = clock_.now() + std::chrono::hours(24);
        made.overrides.rate_limit = 2.5;
        made.created_at = clock_.now();
        return made;
    }
    Endpoint stored() {
        const auto all = notify_store::all_endpoints(*read(), box_);
        EXPECT_THAT(all, IsOk());
        return all && all->size() == 1 ? all->front() : Endpoint{};
    }
    void deliver(const std::string& to, int event, std::int64_t sequence) {
        Delivery made;
        made.id = DeliveryId("dlv_" + to + std::to_string(event));
        made.tenant = TenantId("default");
        made.endpoint = EndpointId(to);
        made.event = EventSeq{event};
        made.sequence = sequence;
        made.thin_hash = 9;
        write([&](Tx& tx) { return notify_store::put_cancelled(tx, made); });
    }
    Sequences until(std::int64_t event) {
        const auto found = notify_store::sequences_until(*read(), EventSeq{event});
        EXPECT_THAT(found, IsOk());
        return found ? *found : Sequences{};
    }
    void mark(std::int64_t event) {
        write([&](Tx& tx) { return notify_store::mark_sequences(tx, EventSeq{event}); });
    }

    testing::TemporaryDirectory directory_;
    testing::ManualClock clock_;
    SystemRandom random_;
    SecretBox box_{std::array<unsigned char, 32>{1}};
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    const EndpointId a_{"a"}, b_{"b"};
};

TEST_F(EndpointState, HealthIsKeptWhileItIsNotGood) {
    EndpointHealth health;
    health.failing_since = clock_.now();
    health.failed_count = 4;
    health.exhausted_count = 2;
    health.told = true;
    write([&](Tx& tx) { return notify_store::put_health(tx, a_, health); });
    EndpointHealth other;
    other.told = true;
    write([&](Tx& tx) { return notify_store::put_health(tx, b_, other); });
    auto all = notify_store::all_health(*read());
    ASSERT_THAT(all, IsOk());
    ASSERT_THAT(*all, SizeIs(2));
    EXPECT_EQ((*all)[0].health, health);
    EXPECT_EQ((*all)[1].health, other);
    write([&](Tx& tx) { return notify_store::put_health(tx, a_, {}); });
    all = notify_store::all_health(*read());
    ASSERT_THAT(*all, SizeIs(1)) << "who is well has no row";
    EXPECT_EQ(all->front().endpoint, b_);
}

TEST_F(EndpointState, WhenOwnersWereToldIsOneRowATenantAndKindAndABoundedNumberOfThem) {
    const auto put = [&](const std::string& who, std::int64_t minute, std::int64_t held_back) {
        const notify_store::FailureMailRow row{
            TenantId(who), "unreachable", clock_.now() + std::chrono::minutes(minute), held_back};
        write([&](Tx& tx) { return notify_store::put_failure_mail(tx, row); });
        return row;
    };
    put("ours", 2, 0);
    const auto theirs = put("theirs", 1, 7);
    const auto ours = put("ours", 2, 5);
    auto all = notify_store::all_failure_mails(*read());
    ASSERT_THAT(all, IsOk());
    EXPECT_THAT(*all, ::testing::ElementsAre(theirs, ours));
    write([&](Tx& tx) -> Result<void> {
        for (std::size_t i = 0; i < limits::failure_mail_states_max; ++i) {
            const notify_store::FailureMailRow row{TenantId(std::to_string(i)), "disabled",
                                                   clock_.now() + std::chrono::hours(1), 0};
            if (Result<void> done = notify_store::put_failure_mail(tx, row); !done) return done;
        }
        return {};
    });
    all = notify_store::all_failure_mails(*read());
    ASSERT_THAT(all, IsOk());
    EXPECT_THAT(*all, SizeIs(limits::failure_mail_states_max));
    EXPECT_EQ(all->front().kind, "disabled") << "the oldest gave way";
}

TEST_F(EndpointState, ThinBodiesAndAnEndedRotationComeBackAsTheyWereWritten) {
    const Endpoint before = endpoint();
    write([&](Tx& tx) { return notify_store::put_endpoint(tx, before, box_, random_); });
    EXPECT_EQ(stored().old_secret_until, before.old_secret_until);
    EXPECT_EQ(stored().overrides.rate_limit, 2.5);
    write([&](Tx& tx) { return notify_store::switch_to_thin(tx, before.id); });
    write([&](Tx& tx) { return notify_store::forget_old_secret(tx, before.id); });
    const Endpoint after = stored();
    EXPECT_EQ(after.overrides.payload, PayloadRule::thin);
    EXPECT_EQ(after.overrides.rate_limit, 2.5) << "and nothing else has changed";
    EXPECT_EQ(after.url, before.url);
    EXPECT_FALSE(after.old_secret);
    EXPECT_FALSE(after.old_secret_until);
    write([&](Tx& tx) { return notify_store::switch_to_thin(tx, EndpointId("gone")); });
}

TEST_F(EndpointState, NumbersAreThoseOfRowsUpToTheCursor) {
    EXPECT_EQ(until(100), Sequences{});
    deliver("a", 1, 1);
    deliver("b", 1, 1);
    deliver("a", 3, 3);  // its outcome came before that of the second
    deliver("a", 2, 2);
    EXPECT_EQ(until(1), (Sequences{{a_, 1}, {b_, 1}}));
    EXPECT_EQ(until(3), (Sequences{{a_, 3}, {b_, 1}}));
    EXPECT_EQ(*notify_store::sequence_of(*read(), DeliveryId("dlv_a3")), 3);
    EXPECT_EQ(*notify_store::sequence_of(*read(), DeliveryId("dlv_a9")), std::nullopt);
}

TEST_F(EndpointState, AMarkLosesNoRowThatWasAheadOfTheCursor) {
    deliver("a", 5, 5);
    deliver("a", 1, 1);
    mark(1);
    EXPECT_EQ(until(1), (Sequences{{a_, 1}}));
    deliver("a", 2, 2);
    EXPECT_EQ(until(5), (Sequences{{a_, 5}})) << "written before the mark, passed after it";
    mark(5);
    EXPECT_EQ(until(5), (Sequences{{a_, 5}}));
}

TEST_F(EndpointState, NumberingOutlivesTheRows) {
    for (int i = 1; i <= 4; ++i)
        deliver("a", i, i);
    write([&](Tx& tx) { return notify_store::set_cursor(tx, EventSeq{4}); });
    const std::vector<std::int64_t> all{1, 2, 3, 4};
    write([&](Tx& tx) { return notify_store::remove_deliveries(tx, all); });
    EXPECT_EQ(until(4), (Sequences{{a_, 4}}));
    deliver("a", 5, 5);  // gets the row number of the first again
    EXPECT_EQ(until(5), (Sequences{{a_, 5}}));
    write([&](Tx& tx) { return notify_store::forget_endpoint_state(tx, a_); });
    mark(4);
    EXPECT_EQ(until(4), Sequences{});
}

}  // namespace
}  // namespace assay::notify
