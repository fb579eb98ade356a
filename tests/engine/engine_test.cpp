// The facade on a real store: batches go in, run fairly, end once, and can be cancelled.
// SPDX-License-Identifier: MIT
#include "engine/engine.hpp"

#include <algorithm>

#include "tests/engine/engine_fixture.hpp"

namespace assay::engine {
namespace {

using assay::testing::Ear;
using assay::testing::EngineFixture;
using assay::testing::FailsWith;
using assay::testing::IsOk;
using ::testing::HasSubstr;

const TenantId tenant{"default"};

class EngineTest : public EngineFixture {};

TEST_F(EngineTest, ASubmittedBatchCompletesWithItsResultsAndSummary) {
    start();
    const auto receipt = submit(products(200));
    ASSERT_THAT(receipt, IsOk());
    EXPECT_EQ(receipt->report.items, 200U);
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::completed);
    EXPECT_EQ(batch.counts, (ProductCounts{200, 0, 0, 200, 0, 0}));
    EXPECT_TRUE(batch.started_at && batch.completed_at);
    EXPECT_THAT(batch.summary, HasSubstr(R"("total_cost":160000)"));
    EXPECT_THAT(batch.summary, HasSubstr(R"("lot":{)"));
    const std::string lines = results(receipt->batch);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 200);
    EXPECT_LT(lines.find("\"p0\""), lines.find("\"p199\""));
}

TEST_F(EngineTest, ProgressNeverGoesBackAndAlwaysSumsToTheTotal) {
    make_engine();
    const auto receipt = submit(products(2'000));
    ASSERT_THAT(receipt, IsOk());
    engine_.reset();
    make_engine();
    Ear& ear = listen(receipt->batch);
    ASSERT_THAT(engine_->start(), IsOk());
    ASSERT_TRUE(ear.wait([](const auto& progress) { return is_settled(progress.status); }));
    std::int64_t settled = 0;
    int percent = 0;
    for (const Progress& progress : ear.heard()) {
        const ProductCounts& counts = progress.counts;
        EXPECT_EQ(counts.pending + counts.processing + counts.settled(), counts.total);
        EXPECT_GE(counts.settled(), settled);
        EXPECT_GE(progress.percent, percent);
        settled = counts.settled();
        percent = progress.percent;
    }
    EXPECT_EQ(percent, 100);
}

TEST_F(EngineTest, ASmallBatchDoesNotWaitForALargeOne) {
    start({2, 8, limits::open_batches_max, limits::receiving_batches_max});
    const auto large = submit(products(40'000));
    ASSERT_THAT(large, IsOk());
    const auto small = submit(products(10));
    ASSERT_THAT(small, IsOk());
    EXPECT_EQ(ended(small->batch).status, BatchStatus::completed);
    EXPECT_FALSE(is_settled(row(large->batch).status));
    EXPECT_EQ(ended(large->batch).status, BatchStatus::completed);
}

TEST_F(EngineTest, OneBadProductFailsAloneAndABatchOfNothingElseFails) {
    start();
    const auto mixed = submit(products(3) + "{\"title\":\n" + products(3, 3));
    ASSERT_THAT(mixed, IsOk());
    const auto batch = ended(mixed->batch);
    EXPECT_EQ(batch.status, BatchStatus::completed);
    EXPECT_EQ(batch.counts, (ProductCounts{7, 0, 0, 6, 1, 0}));

    const auto bad = submit("{\"title\":\n");
    ASSERT_THAT(bad, IsOk());
    EXPECT_EQ(ended(bad->batch).status, BatchStatus::failed);
}

TEST_F(EngineTest, RejectRefusesTheWholeBatchAndKeepsNothing) {
    start();
    auto with = request();
    with.intake.batch.on_invalid = OnInvalid::reject;
    auto submission = engine_->submit(with);
    ASSERT_THAT(submission, IsOk());
    ASSERT_THAT((*submission)->feed(products(300) + "{\"title\":\n" + products(3, 300)), IsOk());
    EXPECT_THAT((*submission)->finish(), FailsWith(ErrorCode::invalid_input));
    EXPECT_EQ((*submission)->report().faults, 1U);
    ASSERT_EQ((*submission)->report().first_faults.size(), 1U);
    submission->reset();
    ASSERT_THAT(writer_->run([](Tx&) { return Result<void>(); }), IsOk());
    EXPECT_EQ(ask("SELECT count(*) FROM batch"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM chunk"), 0);
}

TEST_F(EngineTest, ASubmissionThatIsGivenUpLeavesNothing) {
    start();
    auto submission = engine_->submit(request());
    ASSERT_THAT(submission, IsOk());
    ASSERT_THAT((*submission)->feed(products(1'000)), IsOk());
    submission->reset();
    ASSERT_THAT(writer_->run([](Tx&) { return Result<void>(); }), IsOk());
    EXPECT_EQ(ask("SELECT count(*) FROM chunk"), 0);
}

TEST_F(EngineTest, AnEmptyBatchIsRefused) {
    start();
    EXPECT_THAT(submit(""), FailsWith(ErrorCode::empty_batch));
    auto with = request();
    with.intake.batch.analyzers = {"horoscope"};
    EXPECT_THAT(submit(products(1), with), FailsWith(ErrorCode::invalid_argument));
}

TEST_F(EngineTest, SubmissionsAndOpenBatchesHaveLimitsWithNames) {
    make_engine({1, 8, 2, 2});  // not started: what is submitted stays open
    auto first = engine_->submit(request());
    auto second = engine_->submit(request());
    ASSERT_THAT(second, IsOk());
    EXPECT_THAT(engine_->submit(request()), FailsWith(ErrorCode::busy));
    first->reset();
    second->reset();
    ASSERT_THAT(submit(products(1)), IsOk());
    ASSERT_THAT(submit(products(1)), IsOk());
    EXPECT_THAT(engine_->submit(request()), FailsWith(ErrorCode::busy));
}

TEST_F(EngineTest, ASubmissionThatGoesQuietIsDroppedByTheNextOne) {
    start();
    auto quiet = engine_->submit(request("k"));
    ASSERT_THAT(quiet, IsOk());
    ASSERT_THAT((*quiet)->feed(products(1'000)), IsOk());
    clock_.advance(limits::receiving_idle_max);
    auto next = engine_->submit(request("k"));  // its key is free again
    ASSERT_THAT(next, IsOk());
    EXPECT_THAT((*quiet)->feed(products(1)), FailsWith(ErrorCode::timeout));
    ASSERT_THAT(writer_->run([](Tx&) { return Result<void>(); }), IsOk());
    EXPECT_EQ(ask("SELECT count(*) FROM chunk"), 0);
}

TEST_F(EngineTest, AnIdempotencyKeyGivesTheFirstAnswerAgain) {
    start();
    const auto first = submit(products(5), request("order-7"));
    ASSERT_THAT(first, IsOk());
    EXPECT_FALSE(first->replayed);
    const auto again = submit(products(5), request("order-7"));
    ASSERT_THAT(again, IsOk());
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->batch, first->batch);
    EXPECT_THAT(submit(products(6), request("order-7")), FailsWith(ErrorCode::key_reused));
    auto other_options = request("order-7");
    other_options.intake.batch.lot.bid = 100;
    EXPECT_THAT(submit(products(5), other_options), FailsWith(ErrorCode::key_reused));
    EXPECT_EQ(ended(first->batch).status, BatchStatus::completed);
    EXPECT_EQ(ask("SELECT count(*) FROM batch"), 1);
}

TEST_F(EngineTest, AKeyWhoseFirstRequestStillRunsIsAConflict) {
    start();
    auto first = engine_->submit(request("order-7"));
    ASSERT_THAT(first, IsOk());
    EXPECT_THAT(engine_->submit(request("order-7")), FailsWith(ErrorCode::conflict));
    ASSERT_THAT(engine_->submit(request("order-8")), IsOk());
}

TEST_F(EngineTest, QuotaRefusesTheBatchWholeAndDropsIt) {
    start();
    tell("UPDATE tenant SET quota_limit = 100");
    EXPECT_THAT(submit(products(101)), FailsWith(ErrorCode::quota_exceeded));
    ASSERT_THAT(submit(products(100)), IsOk());
    EXPECT_THAT(submit(products(1)), FailsWith(ErrorCode::quota_exceeded));
}

TEST_F(EngineTest, ACancelledBatchKeepsWhatRanAndSettlesTheRest) {
    start({2, 4, limits::open_batches_max, limits::receiving_batches_max});
    const auto receipt = submit(products(40'000));
    ASSERT_THAT(receipt, IsOk());
    Ear& ear = listen(receipt->batch);
    ASSERT_TRUE(ear.wait([](const auto& progress) { return progress.counts.completed > 0; }));
    const auto answer = engine_->cancel(tenant, receipt->batch);
    ASSERT_THAT(answer, IsOk());
    EXPECT_TRUE(answer->status == BatchStatus::cancelling ||
                answer->status == BatchStatus::cancelled);
    ASSERT_TRUE(ear.wait([](const auto& progress) { return is_settled(progress.status); }));
    const auto batch = row(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::cancelled);
    EXPECT_GT(batch.counts.completed, 0);
    EXPECT_GT(batch.counts.cancelled, 0);
    EXPECT_EQ(batch.counts.settled(), 40'000);
    const std::string lines = results(receipt->batch);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 40'000);
    EXPECT_THAT(engine_->cancel(tenant, receipt->batch), FailsWith(ErrorCode::already_settled));
    EXPECT_THAT(engine_->cancel(tenant, BatchId("nobody")), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(engine_->cancel(TenantId("other"), receipt->batch),
                FailsWith(ErrorCode::not_found));
}

TEST_F(EngineTest, ABatchCancelledInItsFirstPassSettlesAtOnce) {
    start({1, 2, limits::open_batches_max, limits::receiving_batches_max});
    const auto receipt = submit(products(60'000));
    ASSERT_THAT(receipt, IsOk());
    ASSERT_THAT(engine_->cancel(tenant, receipt->batch), IsOk());
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::cancelled);
    EXPECT_EQ(batch.counts.settled(), 60'000);
    const auto next = submit(products(10));
    ASSERT_THAT(next, IsOk());
    EXPECT_EQ(ended(next->batch).counts.completed, 10);
}

TEST_F(EngineTest, WhoeverComparesNothingIsReadOnce) {
    start();
    auto with = request();
    with.intake.batch.analyzers = {"price", "lot"};
    const auto receipt = submit(products(300), with);
    ASSERT_THAT(receipt, IsOk());
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.counts.completed, 300);
    EXPECT_THAT(batch.summary, ::testing::Not(HasSubstr("duplicates")));
}

TEST_F(EngineTest, ManyBatchesAreComparedEachOnItsOwn) {
    start({2, 8, limits::open_batches_max, limits::receiving_batches_max});
    std::string twice = products(500);
    for (std::string copy = products(500); const char c : copy)
        twice += c == 'p' && twice.ends_with("_id\":\"") ? 'q' : c;
    std::vector<BatchId> batches;
    for (int i = 0; i < 8; ++i) {
        const auto receipt = submit(i % 2 == 0 ? products(500) : twice);
        ASSERT_THAT(receipt, IsOk());
        batches.push_back(receipt->batch);
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
        EXPECT_THAT(ended(batches[i]).summary,
                    HasSubstr(i % 2 == 0 ? R"("duplicates":0,)" : R"("duplicates":500,)"));
    }
}

TEST_F(EngineTest, TheSameInputGivesTheSameBytesForAnyNumberOfThreads) {
    std::string first_lines, first_summary;
    for (const int threads : {1, 2, 8}) {
        start({threads, 16, limits::open_batches_max, limits::receiving_batches_max});
        auto with = request();
        with.intake.batch.as_of = *parse_time("2026-05-25");
        const auto receipt = submit(products(1'500), with);
        ASSERT_THAT(receipt, IsOk());
        const auto batch = ended(receipt->batch);
        const std::string lines = results(receipt->batch);
        if (first_lines.empty()) {
            first_lines = lines;
            first_summary = batch.summary;
        }
        EXPECT_TRUE(lines == first_lines) << threads << " threads";
        EXPECT_EQ(batch.summary, first_summary) << threads << " threads";
        ears_.clear();
        engine_.reset();
    }
}

TEST_F(EngineTest, OptionsOutOfRangeAreRefusedByName) {
    EXPECT_THAT(validate(EngineOptions{}), IsOk());
    EXPECT_THAT(validate(EngineOptions{-1, 1, 1, 1}), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(validate(EngineOptions{0, 0, 1, 1}), FailsWith(ErrorCode::invalid_argument));
    EXPECT_EQ(validate(EngineOptions{0, 1, 0, 1}).error().field, "open_batches_max");
}

}  // namespace
}  // namespace assay::engine
