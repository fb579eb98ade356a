// The shard's decisions, with time moved by hand and outcomes as the test says.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/shard_core.hpp"

#include <gmock/gmock.h>

#include "tests/notify/dispatch/shard_fixture.hpp"

namespace assay::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ShardCoreTest, SendsAndRecordsASuccessWithOneRow) {
    endpoint("a");
    push("a", 1, 1);
    ASSERT_THAT(under_way_, SizeIs(1));
    answer(0, 200);
    ASSERT_THAT(log_, SizeIs(1));
    EXPECT_EQ(log_[0].status, DeliveryStatus::delivered);
    EXPECT_TRUE(log_[0].first_row);
    EXPECT_EQ(log_[0].record->number, 1);
    EXPECT_EQ(log_[0].delivery.body_hash, 42U);
    EXPECT_TRUE(core().idle());
    EXPECT_EQ(core().held(), 0U);
}

TEST_F(ShardCoreTest, RetriesExactlyWhenTheScheduleSays) {
    endpoint("a");
    push("a", 1, 1);
    answer(0, 500);
    EXPECT_EQ(core().next_due(), clock_.steady_now() + seconds(5));
    advance(milliseconds(4'999));
    EXPECT_THAT(under_way_, IsEmpty());
    advance(milliseconds(1));
    ASSERT_THAT(under_way_, SizeIs(1));
    EXPECT_FALSE(log_[0].delivery.due < log_[0].record->outcome.ended + seconds(5));
    answer(0, 500);
    advance(seconds(299));
    EXPECT_THAT(under_way_, IsEmpty());
    advance(seconds(1));
    answer(0, 500);
    ASSERT_THAT(log_, SizeIs(3));
    EXPECT_EQ(log_[2].status, DeliveryStatus::failed);
    EXPECT_EQ(log_[2].record->number, 3);
    EXPECT_FALSE(log_[2].first_row);
    EXPECT_EQ(core().held(), 0U);
}

TEST_F(ShardCoreTest, AWallClockThatJumpsBringsNoStormAndLosesNoRetry) {
    endpoint("a");
    push("a", 1, 1);
    answer(0, 500);
    clock_.jump_wall(std::chrono::hours(1));
    step();
    EXPECT_THAT(under_way_, IsEmpty());
    clock_.jump_wall(-std::chrono::hours(2));
    advance(seconds(5));
    EXPECT_THAT(under_way_, SizeIs(1));
}

TEST_F(ShardCoreTest, KeepsToTheCapOfEachEndpointAndTakesTurns) {
    endpoint("a");
    endpoint("b");
    push("a", 1, 10);
    push("b", 1, 2);
    EXPECT_THAT(order_, ::testing::ElementsAre("a", "a", "a", "a", "b", "b"));
    answer(0, 200);
    EXPECT_EQ(order_.back(), "a");
    EXPECT_EQ(core().in_flight(), 6U);
}

TEST_F(ShardCoreTest, ASilentEndpointCostsOnlyItsOwnRequests) {
    limits_.in_flight_max = 8;
    endpoint("hole");
    endpoint("good");
    push("hole", 1, 100);
    EXPECT_EQ(core().in_flight(), 4U);
    for (int i = 1; i <= 50; ++i) {
        push("good", i, 1);
        ASSERT_EQ(order_.back(), "good");
        answer(under_way_.size() - 1, 200);
    }
}

TEST_F(ShardCoreTest, AnEndpointThatKeepsFailingIsAskedOneAtATime) {
    endpoint("a");
    push("a", 1, 20);
    for (int i = 0; i < 3; ++i)
        answer(0, 0);
    const std::size_t sent = order_.size();
    while (!under_way_.empty() && core().in_flight() > 1)
        answer(0, 0);
    EXPECT_LE(core().in_flight(), 1U);
    EXPECT_LE(order_.size(), sent + 1);
    advance(limits_.rest_max);
    ASSERT_THAT(under_way_, SizeIs(1)) << "the rest is over";
    std::size_t together = 1;
    while (together < 4) {
        answer(0, 200);
        EXPECT_EQ(core().in_flight(), together) << "one more with each good answer";
        ++together;
    }
    answer(0, 200);
    EXPECT_EQ(core().in_flight(), 4U) << "and then all at once";
}

TEST_F(ShardCoreTest, WhatFindsNoRoomBecomesARowAndIsSentLater) {
    limits_.queued_per_endpoint_max = 10;
    limits_.queued_when_slow_max = 4;
    endpoint("a");
    push("a", 1, 40);
    EXPECT_EQ(rows_.size(), 30U) << "10 found room";
    EXPECT_EQ(core().held(), 10U);
    std::size_t answered = 0;
    while (!under_way_.empty()) {
        answer(0, 200);
        ASSERT_LE(++answered, 40U);
    }
    EXPECT_EQ(answered, 40U);
    EXPECT_THAT(rows_, IsEmpty());
    EXPECT_GT(loads_, 0);
}

TEST_F(ShardCoreTest, RetriesBeyondTheHeapAreFoundInTheirRows) {
    limits_.waiting_max = 2;
    endpoint("a");
    push("a", 1, 4);
    for (int i = 0; i < 4; ++i)
        answer(0, 500);
    EXPECT_EQ(core().waiting(), 2U);
    EXPECT_EQ(core().held(), 2U);
    advance(seconds(5));
    EXPECT_THAT(under_way_, SizeIs(1)) << "three failures in a row: one at a time";
    while (!under_way_.empty())
        answer(0, 200);
    EXPECT_THAT(rows_, IsEmpty());
}

TEST_F(ShardCoreTest, StopsSendingWhileOutcomesCannotBeRecorded) {
    limits_.unrecorded_max = 3;
    record_ = false;
    endpoint("a");
    push("a", 1, 10);
    EXPECT_EQ(core().in_flight(), 3U);
    for (int i = 0; i < 3; ++i)
        answer(0, 200);
    EXPECT_THAT(under_way_, IsEmpty());
    EXPECT_FALSE(core().idle());
    record_ = true;
    for (const LogEntry& entry : std::vector<LogEntry>(log_)) {
        core().recorded(entry.delivery.id, now(), out_);
    }
    step();
    EXPECT_EQ(core().in_flight(), 3U);
}

TEST_F(ShardCoreTest, ARowThatIsStaleIsNotSentTwice) {
    endpoint("a");
    record_ = false;
    push("a", 1, 1);
    rows_[under_way_[0]->delivery.id] = under_way_[0]->delivery;  // as the store still has it
    core().rows_wait(EndpointId("a"), clock_.now(), now());
    step();
    EXPECT_EQ(loads_, 1);
    answer(0, 200);
    core().rows_wait(EndpointId("a"), clock_.now(), now());
    step();
    EXPECT_THAT(under_way_, IsEmpty()) << "its outcome is not durable yet, but known";
    EXPECT_THAT(order_, SizeIs(1));
}

TEST_F(ShardCoreTest, RowsThatAreAllInMemoryAreNotReadAgainAtOnce) {
    record_ = false;
    endpoint("a");
    push("a", 1, 4);
    for (ShardCore::Job* const job : under_way_)
        rows_[job->delivery.id] = job->delivery;
    const auto stale = [&] {
        DeliverySource::DueRows rows;
        for (const auto& [id, row] : rows_)
            rows.rows.push_back(row);
        rows.next = clock_.now();  // as when the answer is as long as was asked for
        core().loaded(EndpointId("a"), std::move(rows), now());
    };
    stale();
    core().poll(now(), out_);
    EXPECT_THAT(out_, IsEmpty());
    EXPECT_EQ(core().next_due(), clock_.steady_now() + limits_.stale_rows_retry);
    clock_.advance(limits_.stale_rows_retry);
    core().poll(now(), out_);
    ASSERT_THAT(out_, SizeIs(1)) << "but once more after a while";
    EXPECT_TRUE(std::holds_alternative<ShardCore::Load>(out_.front()));
}

TEST_F(ShardCoreTest, SilentEndpointsHoldOnlyTheirShareAndTheOthersFlow) {
    limits_.in_flight_max = 32;
    limits_.in_flight_doubtful_max = 16;
    for (int i = 0; i < 30; ++i)
        endpoint((i % 10 < 3 ? "silent" : "good") + std::to_string(i));
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 30; ++i)
            push((i % 10 < 3 ? "silent" : "good") + std::to_string(i), 5 * round, 5);
    }
    std::size_t answered = 0;
    std::size_t silent = 0;
    while (silent < under_way_.size()) {
        const std::string& id = under_way_[silent]->delivery.endpoint.text();
        if (id.starts_with("silent")) {
            ++silent;
        } else {
            answer(silent, 200);
            ++answered;
        }
    }
    EXPECT_EQ(answered, 2'100U) << "without waiting for anyone";
    EXPECT_LE(core().in_flight(), 16U);
}

TEST_F(ShardCoreTest, AnEndpointThatFallsSilentLosesItsTrust) {
    limits_.in_flight_doubtful_max = 4;
    endpoint("a");
    endpoint("b");
    push("a", 1, 1);
    answer(0, 200);
    push("a", 2, 4);
    push("b", 1, 1);
    EXPECT_EQ(core().in_flight(), 5U);
    answer(4, 200);
    advance(limits_.silence_until_slow + milliseconds(1));
    push("b", 2, 3);
    EXPECT_EQ(core().in_flight(), 7U) << "who answers is sent to all the same";
    endpoint("new");
    push("new", 1, 1);
    EXPECT_EQ(core().in_flight(), 7U) << "the share of the silent is used up";
    answer(0, 0);
    EXPECT_EQ(order_.back(), "new");
}

TEST_F(ShardCoreTest, UnderPressureAllSlowQueuesBecomeRows) {
    endpoint("a");
    endpoint("b");
    endpoint("good");
    push("a", 1, 24);
    push("b", 1, 24);
    advance(limits_.silence_until_slow + milliseconds(1));
    push("good", 1, 30);
    core().relieve(now(), out_);
    for (const ShardCore::Action& action : out_) {
        ASSERT_TRUE(std::holds_alternative<LogEntry>(action));
        EXPECT_NE(std::get<LogEntry>(action).delivery.endpoint.text(), "good");
    }
    EXPECT_THAT(out_, SizeIs(38)) << "all that waited but one each";
}

TEST_F(ShardCoreTest, AStoreThatIsAwayCostsNoAttempt) {
    endpoint("a");
    push("a", 1, 1);
    ShardCore::Job* const job = under_way_.at(0);
    under_way_.clear();
    core().not_sent(*job, fail(ErrorCode::unavailable, "away"), now(), out_);
    step();
    EXPECT_THAT(log_, IsEmpty());
    advance(limits_.local_retry);
    ASSERT_THAT(under_way_, SizeIs(1));
    core().not_sent(*under_way_[0], fail(ErrorCode::corrupt, "other bytes"), now(), out_);
    step();
    ASSERT_THAT(log_, SizeIs(1));
    EXPECT_EQ(log_[0].status, DeliveryStatus::failed);
    EXPECT_EQ(log_[0].record->outcome.kind, OutcomeKind::invalid_request);
}

TEST_F(ShardCoreTest, AnAttemptThatWeAbortedIsMadeAgainLaterAndNotCounted) {
    endpoint("a");
    push("a", 1, 1);
    Outcome outcome;
    outcome.kind = OutcomeKind::aborted;
    under_way_.at(0)->body = {42};
    core().answered(*under_way_.at(0), outcome, now(), out_);
    under_way_.clear();
    step();
    EXPECT_THAT(log_, IsEmpty());
    EXPECT_THAT(under_way_, IsEmpty()) << "not at once, or it would spin";
    advance(limits_.local_retry);
    ASSERT_THAT(under_way_, SizeIs(1));
    answer(0, 200);
    EXPECT_EQ(log_.at(0).record->number, 1);
}

TEST_F(ShardCoreTest, ADeletedEndpointCancelsWhatWaitsAndForgetsItsConnections) {
    endpoint("a");
    push("a", 1, 6);
    registry_.erase(EndpointId("a"));
    tell();
    EXPECT_EQ(forgotten_, 1);
    EXPECT_THAT(log_, SizeIs(2)) << "the two that were ready";
    EXPECT_EQ(log_[0].status, DeliveryStatus::cancelled);
    answer(0, 500);
    EXPECT_EQ(log_.back().status, DeliveryStatus::cancelled) << "no retry for nobody";
    answer(0, 200);
    EXPECT_EQ(log_.back().status, DeliveryStatus::delivered);
    push("a", 7, 1);
    EXPECT_EQ(log_.back().status, DeliveryStatus::cancelled);
    while (!under_way_.empty())
        answer(0, 200);
    EXPECT_EQ(core().held(), 0U);
}

TEST_F(ShardCoreTest, WhatBecameARowWhileItsEndpointWentIsCancelled) {
    limits_.queued_when_slow_max = 4;
    endpoint("a");
    push("a", 1, 10);
    record_ = false;
    core().relieve(now(), out_);
    step();
    ASSERT_THAT(log_, SizeIs(2));
    registry_.erase(EndpointId("a"));
    tell();
    record_ = true;
    for (const LogEntry& entry : std::vector<LogEntry>(log_))
        core().recorded(entry.delivery.id, now(), out_);
    step();
    EXPECT_THAT(rows_, IsEmpty());
    while (!under_way_.empty())
        answer(0, 200);
    EXPECT_TRUE(core().idle());
    EXPECT_EQ(core().held(), 0U);
}

TEST_F(ShardCoreTest, A410StopsTheEndpointAtOnce) {
    endpoint("a");
    push("a", 1, 10);
    answer(0, 410);
    EXPECT_TRUE(log_.back().disable_endpoint);
    EXPECT_EQ(core().in_flight(), 3U) << "nothing new was sent";
}

TEST_F(ShardCoreTest, UnderPressureTheLongestQueueBecomesRows) {
    limits_.queued_when_slow_max = 4;
    endpoint("a");
    endpoint("b");
    push("a", 1, 50);
    push("b", 1, 6);
    core().relieve(now(), out_);
    step();
    EXPECT_EQ(rows_.size(), 42U) << "50 - 4 under way - 4 kept";
    for (const auto& [id, row] : rows_)
        EXPECT_EQ(row.endpoint.text(), "a");
}

TEST_F(ShardCoreTest, StoppingSendsNothingNew) {
    endpoint("a");
    push("a", 1, 6);
    core().stop();
    while (!under_way_.empty())
        answer(0, 200);
    EXPECT_THAT(log_, SizeIs(4));
    EXPECT_TRUE(core().idle());
}

}  // namespace
}  // namespace assay::notify
