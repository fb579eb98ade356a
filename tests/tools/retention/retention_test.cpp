// What goes when, what stays because somebody still needs it, and in which steps.
// SPDX-License-Identifier: MIT
#include "tools/retention/retention.hpp"

#include <condition_variable>
#include <mutex>

#include "tests/tools/retention/retention_fixture.hpp"

namespace assay::tools {
namespace {

using notify::DeliveryStatus;
using std::chrono::days;
using testing::FailsWith;
using testing::IsOk;

class RetentionTest : public RetentionFixture {
  protected:
    void SetUp() override { open(directory_.path()); }
    void TearDown() override { close(); }
    testing::TemporaryDirectory directory_;
};

TEST_F(RetentionTest, ResultsGoAfterTheirDaysAndNoSooner) {
    ended_batch(3);
    clock_.advance(days(30));
    EXPECT_EQ(run().batches, 0);
    EXPECT_EQ(rows_of_chunks(), 9);
    clock_.advance(std::chrono::milliseconds(1));
    const RetentionReport report = run();
    EXPECT_EQ(report.batches, 1);
    EXPECT_EQ(rows_of_chunks(), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM batch"), 1) << "the batch itself is known";
    clock_.advance(days(366));
    run();
    EXPECT_EQ(ask("SELECT count(*) FROM batch"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM batch_text"), 0);
}

TEST_F(RetentionTest, APassThatFindsNothingWritesNothing) {
    ended_batch(1);
    const std::int64_t before = ask("SELECT number FROM store_commit");
    EXPECT_EQ(run().jobs, 0);
    EXPECT_EQ(ask("SELECT number FROM store_commit"), before);
}

TEST_F(RetentionTest, ManyChunksTakeManySmallJobs) {
    ended_batch(40, 100'000);  // 4 MB
    clock_.advance(days(31));
    const RetentionReport report = run();
    EXPECT_GE(report.jobs, 8) << "half a megabyte a job";
    EXPECT_EQ(rows_of_chunks(), 0);
}

TEST_F(RetentionTest, FreePagesBeyondTheReserveGoBackToTheFileSystem) {
    options_.free_bytes_kept = 1'000'000;
    open(directory_.path());
    ended_batch(60, 100'000);
    clock_.advance(days(31));
    run();
    auto db = database_->read();
    const auto size = engine::store_size(**db);
    ASSERT_THAT(size, IsOk());
    EXPECT_LE(size->free_bytes, 1'000'000U);
    EXPECT_LT(size->bytes, 2'000'000U);
}

TEST_F(RetentionTest, DeliveriesGoWithTheirAttemptsAndDeadLettersLater) {
    ended_batch(1);
    relayed();
    const DeliveryId done = delivery(2, DeliveryStatus::delivered);
    const DeliveryId dead = delivery(2, DeliveryStatus::failed);
    const DeliveryId waiting = delivery(2, DeliveryStatus::pending);
    clock_.advance(days(31));
    EXPECT_EQ(run().deliveries, 1);
    EXPECT_FALSE(is_there(done));
    EXPECT_TRUE(is_there(dead));
    EXPECT_EQ(ask("SELECT count(*) FROM attempts"), 1) << "the second one of the dead letter";
    clock_.advance(days(60));
    EXPECT_EQ(run().deliveries, 1);
    EXPECT_FALSE(is_there(dead));
    EXPECT_TRUE(is_there(waiting)) << "what waits is never forgotten";
    EXPECT_EQ(ask("SELECT count(*) FROM attempts"), 0);
}

TEST_F(RetentionTest, AnEventStaysAsLongAsADeliveryOfItMayBeSent) {
    ended_batch(1);  // events 1 and 2
    ended_batch(1);  // 3 and 4
    relayed();
    delivery(2, DeliveryStatus::failed);
    const DeliveryId waiting = delivery(3, DeliveryStatus::pending);
    delivery(4, DeliveryStatus::delivered);
    clock_.advance(days(31));
    EXPECT_EQ(run().events, 2) << "1 and 4";
    EXPECT_EQ(ask("SELECT sum(seq) FROM event"), 2 + 3);
    EXPECT_EQ(ask("SELECT seq FROM event_floor"), 4);
    clock_.advance(days(60));
    EXPECT_EQ(run().events, 1) << "the dead letter's";
    EXPECT_TRUE(is_there(waiting));
    EXPECT_EQ(ask("SELECT sum(seq) FROM event"), 3);
}

TEST_F(RetentionTest, NothingGoesThatTheRelayHasNotPassed) {
    ended_batch(1);
    const DeliveryId sent = delivery(2, DeliveryStatus::delivered);
    clock_.advance(days(400));
    const RetentionReport report = run();
    EXPECT_EQ(report.events, 0);
    EXPECT_EQ(report.deliveries, 0);
    EXPECT_TRUE(is_there(sent)) << "it tells the relay that this was sent";
    relayed();
    EXPECT_EQ(run().events, 2);
}

TEST_F(RetentionTest, EachTenantHasItsOwnDays) {
    engine::batch_store::Tenant brief;
    brief.id = TenantId("brief");
    brief.retention.results = 1;
    brief.retention.events = 2;
    ASSERT_THAT(write([&](engine::Tx& tx) { return insert_tenant(tx, brief); }), IsOk());
    ended_batch(1, 10, "brief");
    ended_batch(1);
    relayed();
    clock_.advance(days(2) + std::chrono::milliseconds(1));
    const RetentionReport report = run();
    EXPECT_EQ(report.batches, 1);
    EXPECT_EQ(report.events, 2);
    EXPECT_EQ(ask("SELECT count(*) FROM event WHERE tenant_id='default'"), 2);
    EXPECT_EQ(ask("SELECT count(*) FROM chunk WHERE tenant_id='default'"), 1);
}

TEST_F(RetentionTest, MoreThanOneReadIsLookedThrough) {
    for (int i = 0; i < 600; ++i)
        ended_batch(1);
    relayed();
    clock_.advance(days(31));
    const RetentionReport report = run();
    EXPECT_EQ(report.batches, 600);
    EXPECT_EQ(report.events, 1'200);
    EXPECT_EQ(ask("SELECT count(*) FROM event"), 0);
    EXPECT_EQ(rows_of_chunks(), 0);
}

TEST_F(RetentionTest, ItsThreadPassesAtOnceAndWhenItIsWoken) {
    std::mutex mutex;
    std::condition_variable changed;
    int passes = 0;
    retention_->start([&](const Result<RetentionReport>& report) {
        EXPECT_THAT(report, IsOk());
        const std::lock_guard lock(mutex);
        ++passes;
        changed.notify_all();
    });
    for (int wanted = 1; wanted <= 3; ++wanted) {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(
            changed.wait_for(lock, std::chrono::seconds(60), [&] { return passes >= wanted; }));
        lock.unlock();
        retention_->wake();
    }
    retention_->stop();
}

TEST(RetentionText, ReadsDaysByName) {
    const auto read = parse_retention("results=7,dead_letters=365", {});
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, (engine::batch_store::Retention{7, 30, 30, 365}));
    EXPECT_EQ(*parse_retention("", {}), engine::batch_store::Retention{});
    for (const char* wrong : {"results", "results=", "results=0", "results=3651", "results=7x",
                              "weeks=1", "results=7;events=1", ",", "=3"})
        EXPECT_THAT(parse_retention(wrong, {}), FailsWith(ErrorCode::invalid_argument)) << wrong;
}

}  // namespace
}  // namespace assay::tools
