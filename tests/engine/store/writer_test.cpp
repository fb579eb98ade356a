// Group commit: order, isolation, answers, limits, listeners, and the end.
// SPDX-License-Identifier: MIT
#include "engine/store/writer.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "tests/engine/store/store_fixture.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::ManualClock;
using testing::TemporaryDirectory;

class Ear final : public CommitListener {
  public:
    void on_committed(EventSeq last) noexcept override { heard.push_back(to_integer(last)); }
    std::vector<std::int64_t> heard;  // read after stop()
};

class WriterTest : public ::testing::Test {
  protected:
    void start(WriterOptions options = {}) {
        auto opened = open_store(directory_.path());
        ASSERT_THAT(opened, IsOk());
        database_ = *std::move(opened);
        writer_ = std::make_unique<Writer>(*database_, clock_, options);
    }

    // Holds the writer's thread inside a job until the returned function is called, so that what
    // is submitted meanwhile becomes one group.
    std::function<void()> hold() {
        auto entered = std::make_shared<std::latch>(1);
        auto released = std::make_shared<std::latch>(1);
        EXPECT_THAT(writer_->submit(
                        [entered, released](Tx&) -> Result<void> {
                            entered->count_down();
                            released->wait();
                            return {};
                        },
                        [](Result<void>) {}),
                    IsOk());
        entered->wait();
        return [released] { released->count_down(); };
    }

    std::int64_t commits() {
        const auto lease = *database_->read();
        Statement query = lease->prepare("SELECT number FROM store_commit");
        return query.step() ? query.integer(0) : -1;
    }

    TemporaryDirectory directory_;
    ManualClock clock_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Writer> writer_;
};

TEST_F(WriterTest, AnAnsweredJobIsVisibleToReaders) {
    start();
    ASSERT_THAT(writer_->run(insert_note(1)), IsOk());
    EXPECT_EQ(notes_in(*database_), std::set<std::int64_t>{1});
}

TEST_F(WriterTest, WhatWaitsIsCommittedTogetherInOrder) {
    start();
    const auto release = hold();
    std::vector<int> answered;
    for (int i = 0; i < 100; ++i) {
        const auto job = [i](Tx& tx) -> Result<void> {
            // Each job sees its predecessors' writes.
            EXPECT_EQ(notes_in(*tx).size(), static_cast<std::size_t>(i));
            return insert_note(i)(tx);
        };
        ASSERT_THAT(writer_->submit(job,
                                    [&answered, i](Result<void> outcome) {
                                        EXPECT_THAT(outcome, IsOk());
                                        answered.push_back(i);
                                    }),
                    IsOk());
    }
    const std::int64_t before = commits();
    release();
    writer_->stop();
    ASSERT_EQ(answered.size(), 100U);
    EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end()));
    EXPECT_EQ(commits(), before + 2);  // the one that held, and the group
}

TEST_F(WriterTest, AGroupIsNoLargerThanItsLimit) {
    WriterOptions options;
    options.group_max = 10;
    start(options);
    const auto release = hold();
    for (int i = 0; i < 100; ++i)
        ASSERT_THAT(writer_->submit(insert_note(i), [](Result<void>) {}), IsOk());
    release();
    writer_->stop();
    EXPECT_EQ(commits(), 11);
}

TEST_F(WriterTest, AJobThatFailsIsUndoneAloneAndKeepsItsError) {
    start();
    const auto release = hold();
    std::vector<std::future<Result<void>>> answers;
    const auto submit = [&](Writer::Job job) {
        auto promise = std::make_shared<std::promise<Result<void>>>();
        answers.push_back(promise->get_future());
        ASSERT_THAT(writer_->submit(std::move(job),
                                    [promise](Result<void> outcome) {
                                        promise->set_value(std::move(outcome));
                                    }),
                    IsOk());
    };
    submit(insert_note(1));
    submit([](Tx& tx) -> Result<void> {
        EXPECT_THAT(insert_note(2)(tx), IsOk());
        return fail(ErrorCode::quota_exceeded, "no");
    });
    submit(insert_note(1));  // a constraint
    submit([](Tx&) -> Result<void> { throw std::runtime_error("a bug"); });
    submit(insert_note(3));
    release();
    EXPECT_THAT(answers[0].get(), IsOk());
    EXPECT_THAT(answers[1].get(), FailsWith(ErrorCode::quota_exceeded));
    EXPECT_THAT(answers[2].get(), FailsWith(ErrorCode::conflict));
    EXPECT_THAT(answers[3].get(), FailsWith(ErrorCode::internal));
    EXPECT_THAT(answers[4].get(), IsOk());
    EXPECT_EQ(notes_in(*database_), (std::set<std::int64_t>{1, 3}));
}

TEST_F(WriterTest, AGroupOfFailuresCommitsNothing) {
    start();
    const std::int64_t before = commits();
    EXPECT_THAT(writer_->run([](Tx&) -> Result<void> { return fail(ErrorCode::conflict, "no"); }),
                FailsWith(ErrorCode::conflict));
    EXPECT_EQ(commits(), before);
}

TEST_F(WriterTest, RefusesWhenTheQueueIsFullAndNeverAnswersWhatItRefused) {
    WriterOptions options;
    options.queue_max = 4;
    start(options);
    const auto release = hold();
    for (int i = 0; i < 4; ++i)
        ASSERT_THAT(writer_->submit(insert_note(i), [](Result<void>) {}), IsOk());
    EXPECT_EQ(writer_->queued(), 4U);
    EXPECT_THAT(writer_->submit(insert_note(9), [](Result<void>) { ADD_FAILURE(); }),
                FailsWith(ErrorCode::busy));
    release();
    writer_->stop();
    EXPECT_EQ(notes_in(*database_).size(), 4U);
}

TEST_F(WriterTest, StopCommitsWhatIsQueuedAndRefusesWhatComesLater) {
    start();
    const auto release = hold();
    std::atomic<int> answered{0};
    for (int i = 0; i < 50; ++i) {
        ASSERT_THAT(writer_->submit(insert_note(i),
                                    [&](Result<void> outcome) {
                                        EXPECT_THAT(outcome, IsOk());
                                        ++answered;
                                    }),
                    IsOk());
    }
    std::thread stopper([&] { writer_->stop(); });
    release();
    stopper.join();
    writer_->stop();
    EXPECT_EQ(answered, 50);
    EXPECT_EQ(notes_in(*database_).size(), 50U);
    EXPECT_THAT(writer_->run(insert_note(99)), FailsWith(ErrorCode::cancelled));
}

TEST_F(WriterTest, AnAnswerMaySubmitTheNextJob) {
    start();
    std::promise<void> done;
    std::function<void(int)> next = [&](int number) {
        ASSERT_THAT(writer_->submit(insert_note(number),
                                    [&, number](Result<void> outcome) {
                                        EXPECT_THAT(outcome, IsOk());
                                        number < 20 ? next(number + 1) : done.set_value();
                                    }),
                    IsOk());
    };
    next(1);
    done.get_future().wait();
    EXPECT_EQ(notes_in(*database_).size(), 20U);
}

TEST_F(WriterTest, ManyThreadsSubmitAtOnce) {
    start();
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([this, t] {
                for (int i = 0; i < 50; ++i) {
                    EXPECT_THAT(writer_->run(insert_note(t * 1000 + i)), IsOk());
                    EXPECT_FALSE(notes_in(*database_).empty());
                }
            });
        }
    }
    EXPECT_EQ(notes_in(*database_).size(), 200U);
}

TEST_F(WriterTest, ListenersHearTheLastEventOfACommitAndNothingOfFailures) {
    start();
    Ear ear;
    writer_->add_listener(ear);
    const auto append = [](std::int64_t seq, bool fails) -> Writer::Job {
        return [seq, fails](Tx& tx) -> Result<void> {
            tx.appended(EventSeq{seq});
            if (fails) return fail(ErrorCode::conflict, "no");
            return {};
        };
    };
    ASSERT_THAT(writer_->run(insert_note(1)), IsOk());
    const auto release = hold();
    for (const auto& [seq, fails] : {std::pair{7, false}, std::pair{8, false}, std::pair{9, true}})
        ASSERT_THAT(writer_->submit(append(seq, fails), [](Result<void>) {}), IsOk());
    release();
    writer_->stop();
    EXPECT_EQ(ear.heard, std::vector<std::int64_t>{8});
}

TEST_F(WriterTest, TheWalStaysBoundedUnderALongLoad) {
    WriterOptions options;
    options.checkpoint_bytes = 64 * limits::kibibyte;
    options.wal_bytes_max = 256 * limits::kibibyte;
    start(options);
    std::uintmax_t largest = 0;
    for (int i = 0; i < 600; ++i) {
        ASSERT_THAT(writer_->run(insert_note(i)), IsOk());
        largest = std::max(largest, std::filesystem::file_size(directory_.path() / "assay.db-wal"));
    }
    // 600 notes write over 5 MB of frames. Above the limit the writer waits for the checkpointer,
    // however slow the disk, so that only the step between two looks comes on top.
    EXPECT_LT(largest, options.wal_bytes_max + 2 * options.checkpoint_bytes);
    EXPECT_EQ(notes_in(*database_).size(), 600U);
}

TEST_F(WriterTest, AnotherWriterMayFollowOnTheSameDatabase) {
    start();
    ASSERT_THAT(writer_->run(insert_note(1)), IsOk());
    writer_.reset();
    writer_ = std::make_unique<Writer>(*database_, clock_);
    ASSERT_THAT(writer_->run(insert_note(2)), IsOk());
    EXPECT_EQ(commits(), 2);
}

}  // namespace
}  // namespace assay::engine
