// Tally: which state and which event follow from counts, over examples and random histories.
// SPDX-License-Identifier: MIT
#include "engine/progress/tally.hpp"

#include <gtest/gtest.h>

#include "engine/base/random.hpp"
#include "engine/event/event.hpp"

namespace assay::engine {
namespace {

ProductCounts counts(std::int64_t pending, std::int64_t processing, std::int64_t completed,
                     std::int64_t failed = 0, std::int64_t cancelled = 0) {
    ProductCounts made;
    made.pending = pending;
    made.processing = processing;
    made.completed = completed;
    made.failed = failed;
    made.cancelled = cancelled;
    made.total = pending + processing + made.settled();
    return made;
}

TallyChange after(BatchStatus status, const ProductCounts& now) {
    return tally({status, {}}, now);
}

TEST(TallyTest, AQueuedBatchBeginsWithItsFirstClaim) {
    EXPECT_EQ(after(BatchStatus::queued, counts(10, 0, 0)).status, BatchStatus::queued);
    EXPECT_EQ(after(BatchStatus::queued, counts(5, 5, 0)).status, BatchStatus::in_progress);
    EXPECT_FALSE(after(BatchStatus::queued, counts(5, 5, 0)).terminal_event);
}

TEST(TallyTest, OneSuccessIsEnoughToComplete) {
    const TallyChange change = after(BatchStatus::in_progress, counts(0, 0, 1, 99));
    EXPECT_EQ(change.status, BatchStatus::completed);
    EXPECT_EQ(change.terminal_event, event_type::batch_completed);
}

TEST(TallyTest, ABatchWithoutAnySuccessHasFailed) {
    const TallyChange change = after(BatchStatus::in_progress, counts(0, 0, 0, 3));
    EXPECT_EQ(change.status, BatchStatus::failed);
    EXPECT_EQ(change.terminal_event, event_type::batch_failed);
}

TEST(TallyTest, ACancellingBatchEndsCancelledHoweverItsLastProductsEnded) {
    EXPECT_EQ(after(BatchStatus::cancelling, counts(0, 2, 3, 0, 5)).status,
              BatchStatus::cancelling);
    const TallyChange change = after(BatchStatus::cancelling, counts(0, 0, 5, 0, 5));
    EXPECT_EQ(change.status, BatchStatus::cancelled);
    EXPECT_EQ(change.terminal_event, event_type::batch_cancelled);
}

TEST(TallyTest, WhatIsStillComingInNeverEnds) {
    const TallyChange change = after(BatchStatus::receiving, counts(0, 0, 0));
    EXPECT_EQ(change.status, BatchStatus::receiving);
    EXPECT_FALSE(change.terminal_event);
}

TEST(TallyTest, ASettledBatchStaysAsItEnded) {
    for (const auto status :
         {BatchStatus::completed, BatchStatus::failed, BatchStatus::cancelled}) {
        const TallyChange change = after(status, counts(0, 0, 1));
        EXPECT_EQ(change.status, status);
        EXPECT_FALSE(change.terminal_event);
    }
}

TEST(TallyTest, EveryRandomHistoryEndsInExactlyOneTerminalEvent) {
    SeededRandom random(11);
    for (int round = 0; round < 2'000; ++round) {
        const auto pick = [&](std::int64_t most) {
            return most <= 0 ? 0
                             : static_cast<std::int64_t>(random.next_u64() %
                                                         static_cast<std::uint64_t>(most + 1));
        };
        TallyState state{BatchStatus::queued, counts(1 + pick(40), 0, 0)};
        int terminal = 0;
        int percent = 0;
        for (int step = 0; step < 10'000 && !is_settled(state.status); ++step) {
            ProductCounts next = state.counts;
            const std::int64_t claimed =
                state.status == BatchStatus::cancelling ? 0 : pick(next.pending);
            next.pending -= claimed;
            next.processing += claimed;
            const std::int64_t done = pick(next.processing);
            const std::int64_t good = pick(done);
            next.processing -= done;
            next.completed += good;
            next.failed += done - good;
            if (random.next_u64() % 50 == 0) state.status = BatchStatus::cancelling;
            if (state.status == BatchStatus::cancelling) {
                next.cancelled += next.pending;
                next.pending = 0;
            }
            const bool was_cancelling = state.status == BatchStatus::cancelling;
            const TallyChange change = tally(state, next);
            ASSERT_EQ(change.terminal_event.has_value(), is_settled(change.status));
            if (change.terminal_event) {
                ++terminal;
                ASSERT_TRUE(is_terminal(*change.terminal_event));
                ASSERT_EQ(change.status == BatchStatus::cancelled, was_cancelling);
            }
            ASSERT_GE(progress_percent(next), percent);  // never goes back
            percent = progress_percent(next);
            state = {change.status, next};
        }
        ASSERT_EQ(terminal, 1);
        ASSERT_EQ(percent, 100);
        ASSERT_FALSE(tally(state, state.counts).terminal_event);
    }
}

TEST(ProgressTest, PercentIsRoundedDownSoThatAHundredMeansAll) {
    EXPECT_EQ(progress_percent(counts(1, 0, 99'999)), 99);
    EXPECT_EQ(progress_percent(counts(0, 0, 2, 1)), 100);
    EXPECT_EQ(progress_percent(counts(2, 0, 1)), 33);
    EXPECT_EQ(progress_percent(counts(0, 0, 0)), 0);
}

TEST(ProgressTest, IsDueOncePerPercentAndQuarterSecondAndNeverAtTheEnd) {
    const SteadyTime start{std::chrono::hours(1)};
    using std::chrono::milliseconds;
    EXPECT_FALSE(progress_due({}, counts(100, 0, 0), start));  // nothing has settled
    EXPECT_TRUE(progress_due({}, counts(99, 0, 1), start));
    const ProgressMark mark{start, 1};
    EXPECT_FALSE(progress_due(mark, counts(98, 0, 2), start + milliseconds(249)));
    EXPECT_TRUE(progress_due(mark, counts(98, 0, 2), start + milliseconds(250)));
    EXPECT_FALSE(progress_due(mark, counts(99, 0, 1), start + milliseconds(9'000)));
    EXPECT_FALSE(progress_due(mark, counts(0, 0, 100), start + milliseconds(9'000)));
}

TEST(ProgressTest, ComesAsOftenAsThePaceSays) {
    const SteadyTime start{std::chrono::hours(1)};
    const ProgressPace tenths{std::chrono::milliseconds(0), 10};
    const ProgressMark mark{start, 5};
    EXPECT_FALSE(progress_due(mark, counts(86, 0, 14), start, tenths));
    EXPECT_TRUE(progress_due(mark, counts(85, 0, 15), start, tenths));
}

}  // namespace
}  // namespace assay::engine
