// Progress as a bar, as log lines and how fast it goes.
// SPDX-License-Identifier: MIT
#include "tools/cli/batch_progress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/manual_clock.hpp"

namespace assay::tools {
namespace {

using namespace std::chrono_literals;

const BatchProgress half{"in_progress", 10'000, 5'000, 2, 0};

TEST(ProgressLine, SaysHowFarHowFastAndHowLongYet) {
    EXPECT_EQ(progress_line(half, 5'002.0, {}),
              "50 %  5,002 of 10,000  2 failed  5,002/s  0:01 left");
    EXPECT_EQ(progress_line(half, std::nullopt, {}), "50 %  5,002 of 10,000  2 failed");
    EXPECT_EQ(progress_line(half, 1.0, {}), "50 %  5,002 of 10,000  2 failed  1/s  1:23:18 left");
    EXPECT_EQ(progress_line({"queued", 10, 0, 0, 0}, std::nullopt, {}), "0 %  0 of 10  queued");
    EXPECT_EQ(progress_line({"in_progress", 10, 5, 0, 0}, 0.0, {}), "50 %  5 of 10  0/s")
        << "a standstill has no time left";
    EXPECT_EQ(progress_line({"cancelled", 10, 5, 0, 5}, 3.0, {}), "100 %  10 of 10  5 cancelled");
}

TEST(ProgressLine, FitsItsTerminalAndGivesUpWhatMattersLeast) {
    const BatchProgress some{"in_progress", 100'000, 31'000, 12, 0};
    for (int columns = 30; columns <= 200; ++columns) {
        const std::string line = progress_line(some, 9'000.0, {columns, false});
        EXPECT_LT(line.size(), static_cast<std::size_t>(columns)) << line;
        EXPECT_NE(line.find("31 %  31,012 of 100,000"), std::string::npos) << line;
    }
    EXPECT_EQ(progress_line(some, 9'000.0, {40, false}), "31 %  31,012 of 100,000  0:08 left");
    EXPECT_EQ(progress_line({"completed", 4, 4, 0, 0}, std::nullopt, {80, false}).find("[####"),
              0U);
    EXPECT_NE(progress_line(some, {}, {80, true}).find("\x1b[32m####"), std::string::npos);
}

TEST(RateMeter, KnowsNothingUntilSomethingHappened) {
    RateMeter meter;
    const SteadyTime start{};
    meter.observe(start, 0);
    EXPECT_FALSE(meter.per_second());
    meter.observe(start + 1s, 0);
    EXPECT_FALSE(meter.per_second());
    meter.observe(start + 2s, 1'000);
    EXPECT_DOUBLE_EQ(*meter.per_second(), 1'000);
}

TEST(RateMeter, CountsFromTheFirstLookNotFromTheBeginning) {
    RateMeter meter;
    const SteadyTime start{};
    meter.observe(start, 90'000);
    meter.observe(start + 1s, 90'500);
    EXPECT_DOUBLE_EQ(*meter.per_second(), 500);
}

TEST(RateMeter, SmoothsJerksAndFollowsWhatLasts) {
    RateMeter meter;
    SteadyTime now{};
    std::int64_t settled = 0;
    const auto run = [&](int seconds, std::int64_t per_second) {
        for (int i = 0; i < seconds; ++i)
            meter.observe(now += 1s, settled += per_second);
    };
    meter.observe(now, settled);
    run(20, 1'000);
    EXPECT_NEAR(*meter.per_second(), 1'000, 1);
    run(1, 0);
    EXPECT_GT(*meter.per_second(), 700) << "one second of nothing is no standstill";
    run(20, 4'000);
    EXPECT_NEAR(*meter.per_second(), 4'000, 60);
}

TEST(RateMeter, DoesNotTakeAGapForSlowness) {
    RateMeter meter;
    const SteadyTime start{};
    meter.observe(start, 0);
    meter.observe(start + 1s, 1'000);
    meter.forget();
    meter.observe(start + 1h, 1'000);
    meter.observe(start + 1h + 1s, 2'000);
    EXPECT_NEAR(*meter.per_second(), 1'000, 1);
}

class ProgressDisplayTest : public ::testing::Test {
  protected:
    std::int64_t lines() const {
        const std::string text = error_.str();
        return std::count(text.begin(), text.end(), '\n');
    }

    testing::ManualClock clock_;
    SeededRandom random_{1};
    std::istringstream in_;
    std::ostringstream out_, error_;
    CommandContext context_{in_, out_, error_, clock_, random_};
};

TEST_F(ProgressDisplayTest, WritesALineForEachTenthWhereThereIsNoTerminal) {
    ProgressDisplay display(context_, "batch-1");
    for (std::int64_t done = 0; done <= 100; ++done) {
        display.show({"in_progress", 100, done, 0, 0});
        clock_.advance(1s);
    }
    display.finish();
    EXPECT_EQ(lines(), 11);
    EXPECT_EQ(error_.str().find('\r'), std::string::npos);
    EXPECT_EQ(error_.str().find("2026-05-25T10:30:00.000Z batch-1 in_progress 0 %"), 0U);
    EXPECT_TRUE(out_.str().empty());
}

TEST_F(ProgressDisplayTest, WritesAtMostALineASecondButAlwaysTheEnd) {
    ProgressDisplay display(context_, "batch-1");
    for (std::int64_t done = 0; done < 100; ++done)
        display.show({"in_progress", 100, done, 0, 0});
    EXPECT_EQ(lines(), 1);
    display.show({"completed", 100, 100, 0, 0});
    EXPECT_EQ(lines(), 2);
}

TEST_F(ProgressDisplayTest, ShowsALogNowAndThenThatItStillWaits) {
    ProgressDisplay display(context_, "batch-1");
    for (int second = 0; second < 120; ++second) {
        display.show({"queued", 100, 0, 0, 0});
        clock_.advance(1s);
    }
    EXPECT_EQ(lines(), 4);
}

TEST_F(ProgressDisplayTest, RedrawsOneLineOnATerminalAndLeavesTheLastStanding) {
    context_.redraws = true;
    {
        ProgressDisplay display(context_, "batch-1");
        display.show({"in_progress", 100, 10, 0, 0});
        display.say("The server does not answer.");
        display.show({"completed", 100, 100, 0, 0});
    }
    EXPECT_EQ(lines(), 3);
    EXPECT_TRUE(error_.str().ends_with("100 of 100\n"));
}

TEST_F(ProgressDisplayTest, IsSilentForScriptsThatWantJson) {
    context_.json = true;
    ProgressDisplay display(context_, "batch-1");
    display.show({"in_progress", 100, 10, 0, 0});
    display.say("The server does not answer.");
    EXPECT_EQ(error_.str(), "");
}

}  // namespace
}  // namespace assay::tools
