// What the engine does after it died: nothing acknowledged is lost, nothing finished runs again.
// SPDX-License-Identifier: MIT
#include <future>
#include <map>

#include "engine/analysis/analysis_plan.hpp"
#include "tests/engine/engine_fixture.hpp"

namespace assay::engine {
namespace {

using assay::testing::Ear;
using assay::testing::EngineFixture;
using assay::testing::IsOk;
using ::testing::HasSubstr;

const TenantId tenant{"default"};

class EngineCrashTest : public EngineFixture {
  protected:
    // Chunks with stored results, and the attempt that stored them.
    std::map<std::int64_t, std::int64_t> finished_chunks() {
        std::map<std::int64_t, std::int64_t> chunks;
        auto lease = database_->read();
        Statement query = (*lease)->prepare(
            "SELECT c.key, c.attempt FROM chunk c JOIN chunk_result r ON r.key = c.key");
        while (*query.step())
            chunks.emplace(query.integer(0), query.integer(1));
        return chunks;
    }
    // Dies after some chunks are durable and before all are.
    void die_in_the_middle_of(const BatchId& batch) {
        Ear& ear = listen(batch);
        ASSERT_TRUE(ear.wait([](const auto& progress) { return progress.counts.completed > 0; }));
        kill();
    }
};

TEST_F(EngineCrashTest, ABatchThatWasCutShortCompletesAndFinishedChunksDoNotRunAgain) {
    start({2, 8, limits::open_batches_max, limits::receiving_batches_max});
    const auto receipt = submit(products(40'000));
    ASSERT_THAT(receipt, IsOk());
    die_in_the_middle_of(receipt->batch);

    open_store();
    const auto before = finished_chunks();
    EXPECT_GT(before.size(), 0U);
    EXPECT_LT(before.size(), 625U);
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::completed);
    EXPECT_EQ(batch.counts, (ProductCounts{40'000, 0, 0, 40'000, 0, 0}));
    const auto after = finished_chunks();
    EXPECT_EQ(after.size(), 625U);
    for (const auto& [chunk, attempt] : before)
        EXPECT_EQ(after.at(chunk), attempt);
    // The sums of the chunks that did not run again are in the summary.
    EXPECT_THAT(batch.summary, HasSubstr(R"("products_with_cost":40000)"));
    EXPECT_EQ(ask("SELECT count(*) FROM event WHERE type = 'batch.completed'"), 1);
}

// Each product twice, in other words, far apart.
std::string pairs(int count) {
    std::string lines;
    for (int copy = 0; copy < 2; ++copy) {
        for (int index = 0; index < count; ++index) {
            const std::string model = "ZX" + std::to_string(1'000 + index) + "K";
            lines += R"({"product_id":")" + std::string(copy == 0 ? "a" : "b") +
                     std::to_string(index) + R"(","title":")" +
                     (copy == 0 ? "Philips toaster " + model : model + " toaster steel") +
                     R"(","currency":"EUR","msrp":"29.99"})" + "\n";
        }
    }
    return lines;
}

TEST_F(EngineCrashTest, ACrashRepeatsTheFirstPassAndTheGroupsStayTheSame) {
    start({2, 8, limits::open_batches_max, limits::receiving_batches_max});
    const auto undisturbed = submit(pairs(10'000));
    ASSERT_THAT(undisturbed, IsOk());
    const auto whole = ended(undisturbed->batch);
    EXPECT_THAT(whole.summary, HasSubstr(R"("duplicates":10000,"duplicate_groups":10000)"));
    const std::string expected = results(undisturbed->batch);

    auto again = request();
    again.intake.batch.as_of = whole.options.as_of.value_or(whole.created_at);
    const auto receipt = submit(pairs(10'000), again);
    ASSERT_THAT(receipt, IsOk());
    die_in_the_middle_of(receipt->batch);
    open_store();
    const auto before = finished_chunks();
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_THAT(batch.summary, HasSubstr(R"("duplicates":10000,"duplicate_groups":10000)"));
    EXPECT_EQ(results(receipt->batch), expected);
    const auto after = finished_chunks();
    for (const auto& [chunk, attempt] : before)
        EXPECT_EQ(after.at(chunk), attempt);
}

TEST_F(EngineCrashTest, AChunkThatKilledTheFirstPassIsLeftOutOfTheComparison) {
    make_engine();
    const auto receipt = submit(pairs(64));  // two chunks, partners in different ones
    ASSERT_THAT(receipt, IsOk());
    // The program died three times, the last time while it read chunk 1 alone.
    tell("UPDATE batch_text SET first_pass = '3|1|'");
    engine_.reset();
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.counts.completed, 128);
    EXPECT_THAT(batch.summary, HasSubstr(R"("duplicates":0)"));
    EXPECT_THAT(results(receipt->batch), HasSubstr("not_compared"));
    EXPECT_EQ(ask("SELECT first_pass = '4||1,' FROM batch_text"), 1);
}

TEST_F(EngineCrashTest, ChunksReadOneByOneGiveTheSameGroups) {
    make_engine();
    const auto receipt = submit(pairs(320));
    ASSERT_THAT(receipt, IsOk());
    tell("UPDATE batch_text SET first_pass = '7||'");
    engine_.reset();
    start();
    EXPECT_THAT(ended(receipt->batch).summary,
                HasSubstr(R"("duplicates":320,"duplicate_groups":320)"));
    EXPECT_EQ(ask("SELECT first_pass = '8||' FROM batch_text"), 1) << "none is being read";
}

TEST_F(EngineCrashTest, ACancelThatACrashInterruptedIsFinishedAtTheStart) {
    make_engine();
    const auto receipt = submit(products(500));
    ASSERT_THAT(receipt, IsOk());
    tell("UPDATE batch SET status = 'cancelling' WHERE completed_at IS NULL");
    if (ask("SELECT count(*) FROM batch WHERE status = 'cancelling'") != 1) {
        GTEST_SKIP() << "statuses are stored in another form";
    }
    engine_.reset();
    start();
    EXPECT_EQ(row(receipt->batch).status, BatchStatus::cancelled);
}

TEST_F(EngineCrashTest, ASubmissionThatNeverFinishedIsGoneAfterTheNextStart) {
    start();
    auto submission = engine_->submit(request());
    ASSERT_THAT(submission, IsOk());
    ASSERT_THAT((*submission)->feed(products(1'000)), IsOk());
    writer_->stop();
    submission->reset();
    close();
    open_store();
    start();
    EXPECT_EQ(ask("SELECT count(*) FROM batch"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM chunk"), 0);
}

TEST_F(EngineCrashTest, AChunkThatKilledItsWorkerThreeTimesIsSplitSoThatTheOthersSurvive) {
    make_engine();
    const auto receipt = submit(products(100));  // chunks of 64 and 36
    ASSERT_THAT(receipt, IsOk());
    tell("UPDATE chunk SET attempt = 3 WHERE first_index = 64");
    engine_.reset();
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::completed);
    EXPECT_EQ(batch.counts.completed, 100);
    EXPECT_EQ(ask("SELECT count(*) FROM chunk"), 1 + 36);
    const std::string lines = results(receipt->batch);
    EXPECT_LT(lines.find("\"p63\""), lines.find("\"p64\""));
    EXPECT_LT(lines.find("\"p64\""), lines.find("\"p99\""));
}

TEST_F(EngineCrashTest, AProductThatKilledItsWorkerThreeTimesAloneFailsWithInternal) {
    make_engine();
    const auto receipt = submit(products(65));  // the last product is a chunk of its own
    ASSERT_THAT(receipt, IsOk());
    tell("UPDATE chunk SET attempt = 3 WHERE first_index = 64");
    engine_.reset();
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::completed);
    EXPECT_EQ(batch.counts, (ProductCounts{65, 0, 0, 64, 1, 0}));
    const std::string lines = results(receipt->batch);
    EXPECT_THAT(lines.substr(lines.find("\"p64\"")), HasSubstr("\"internal\""));
}

TEST_F(EngineCrashTest, AStoredChunkThatIsDamagedFailsItsProductsAndNotTheBatch) {
    make_engine();
    const auto receipt = submit(products(100));
    ASSERT_THAT(receipt, IsOk());
    tell(
        "UPDATE chunk_input SET input = zeroblob(100) WHERE key IN"
        " (SELECT key FROM chunk WHERE first_index = 64)");
    engine_.reset();
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.status, BatchStatus::completed);
    EXPECT_EQ(batch.counts, (ProductCounts{100, 0, 0, 64, 36, 0}));
}

TEST_F(EngineCrashTest, ChunksThatOneMoreDeathWouldCondemnRunOneAtATime) {
    make_engine();
    const auto suspected = submit(products(640));
    ASSERT_THAT(suspected, IsOk());
    tell("UPDATE chunk SET attempt = 2");
    const auto other = submit(products(2'000));  // goes on beside it
    ASSERT_THAT(other, IsOk());
    engine_.reset();
    make_engine({2, 16, limits::open_batches_max, limits::receiving_batches_max});
    Ear& ear = listen(suspected->batch);
    ASSERT_THAT(engine_->start(), IsOk());
    EXPECT_EQ(ended(other->batch).counts.completed, 2'000);
    EXPECT_EQ(ended(suspected->batch).counts.completed, 640);
    for (const Progress& progress : ear.heard())
        EXPECT_LE(progress.counts.processing, 64);
    EXPECT_EQ(ask("SELECT max(attempt) FROM chunk"), 3);
}

TEST_F(EngineCrashTest, SumsThatCannotBeReadBackCostTheLotItsPriceAndNothingElse) {
    start({2, 8, limits::open_batches_max, limits::receiving_batches_max});
    const auto receipt = submit(products(40'000));
    ASSERT_THAT(receipt, IsOk());
    die_in_the_middle_of(receipt->batch);
    open_store();
    tell("UPDATE chunk_result SET lot = zeroblob(3)");
    start();
    const auto batch = ended(receipt->batch);
    EXPECT_EQ(batch.counts.completed, 40'000);
    EXPECT_THAT(batch.summary, HasSubstr(R"("available":false)"));
    EXPECT_THAT(batch.summary, HasSubstr("could not be read back"));
    EXPECT_THAT(batch.summary, ::testing::Not(HasSubstr("total_cost")));
    std::int64_t verdicts = 0;
    for (const auto& [name, count] : batch.by_verdict) {
        EXPECT_THAT(batch.summary, HasSubstr('"' + name + "\":" + std::to_string(count)));
        verdicts += count;
    }
    EXPECT_EQ(verdicts, 40'000);
}

TEST_F(EngineCrashTest, ResultsThatTheStoreRefusesFailTheirProductsAndNothingLoops) {
    tell(
        "CREATE TRIGGER picky BEFORE INSERT ON chunk_result"
        " WHEN instr(CAST(new.lines AS TEXT), '\"status\":\"completed\"') > 0"
        " AND instr(CAST(new.lines AS TEXT), '\"p0\"') > 0"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    start();
    const auto receipt = submit(products(100));
    ASSERT_THAT(receipt, IsOk());
    EXPECT_EQ(ended(receipt->batch).counts, (ProductCounts{100, 0, 0, 36, 64, 0}));

    tell("CREATE TRIGGER deaf BEFORE INSERT ON chunk_result BEGIN SELECT RAISE(ABORT, 'no'); END");
    const auto stuck = submit(products(3));
    ASSERT_THAT(stuck, IsOk());
    engine_->stop();  // comes back: it is given up and stays for the next start
    EXPECT_FALSE(is_settled(row(stuck->batch).status));
    tell("DROP TRIGGER deaf");
    ears_.clear();
    engine_.reset();
    start();
    EXPECT_EQ(ended(stuck->batch).counts.settled(), 3);
}

TEST_F(EngineCrashTest, ABatchThatWasCancelledOnItsWayToTheFeederIsNotKeptOpen) {
    make_engine({1, 8, 1, 2});  // takes one open batch
    const auto receipt = submit(products(10));
    ASSERT_THAT(receipt, IsOk());
    ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
        auto done = batch_store::cancel_batch(
            tx, tenant, receipt->batch, clock_.now(), random_, [] { return std::string("{}"); },
            append_cancelled_line);
        if (!done) return done.error();
        return {};
    }),
                IsOk());
    Ear& ear = listen(receipt->batch);
    ASSERT_THAT(engine_->start(), IsOk());
    ASSERT_TRUE(ear.wait([](const auto& progress) { return is_settled(progress.status); }));
    ASSERT_THAT(submit(products(1)), IsOk());
}

TEST_F(EngineCrashTest, AWriterThatIsOftenFullLosesNothing) {
    engine_.reset();
    writer_.reset();
    database_.reset();
    WriterOptions narrow;
    narrow.queue_max = 2;
    narrow.group_max = 1;
    open_store(narrow);
    start({2, 32, limits::open_batches_max, limits::receiving_batches_max});
    const auto first = submit(products(3'000));
    const auto second = submit(products(3'000));
    ASSERT_THAT(first, IsOk());
    ASSERT_THAT(second, IsOk());
    EXPECT_EQ(ended(first->batch).counts.completed, 3'000);
    EXPECT_EQ(ended(second->batch).counts.completed, 3'000);
}

TEST_F(EngineCrashTest, StoppingStoresWhatIsUnderWayAndLeavesTheRestForTheNextStart) {
    start({2, 8, limits::open_batches_max, limits::receiving_batches_max});
    const auto receipt = submit(products(40'000));
    ASSERT_THAT(receipt, IsOk());
    Ear& ear = listen(receipt->batch);
    ASSERT_TRUE(ear.wait([](const auto& progress) { return progress.counts.completed > 0; }));
    engine_->stop();
    const auto stopped = row(receipt->batch);
    EXPECT_EQ(stopped.counts.processing, 0) << "nothing stays claimed";
    EXPECT_EQ(stopped.status, BatchStatus::in_progress);
    engine_->stop();  // idempotent
    ears_.clear();
    engine_.reset();
    start();
    EXPECT_EQ(ended(receipt->batch).counts.completed, 40'000);
    EXPECT_EQ(ask("SELECT max(attempt) FROM chunk"), 1);
}

}  // namespace
}  // namespace assay::engine
