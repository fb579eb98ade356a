// Progress as a bar, as log lines, and numbers that people can read.
// SPDX-License-Identifier: MIT
#include "tools/cli/batch_progress.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/manual_clock.hpp"

namespace assay::tools {
namespace {

using namespace std::chrono_literals;

TEST(ProgressLine, SaysHowFarHowFastAndHowLongYet) {
    const BatchProgress half{"in_progress", 10'000, 5'000, 2, 0};
    EXPECT_EQ(progress_line(half, 1s, 0), "50 %  5,002 of 10,000  2 failed  5,002/s  0:00 left");
    EXPECT_EQ(progress_line(half, 100ms, 0), "50 %  5,002 of 10,000  2 failed");
    EXPECT_EQ(progress_line({"queued", 10, 0, 0, 0}, 5s, 0), "0 %  0 of 10");
}

TEST(ProgressLine, FitsItsTerminal) {
    const BatchProgress some{"in_progress", 100'000, 31'000, 12, 0};
    for (const int columns : {40, 60, 80, 140}) {
        const std::string line = progress_line(some, 3s, columns);
        EXPECT_LE(line.size(), static_cast<std::size_t>(std::max(columns, 56))) << line;
    }
    EXPECT_EQ(progress_line({"completed", 4, 4, 0, 0}, 0s, 80).find("[####"), 0U);
}

TEST(ProgressDisplay, WritesALineForEachTenthWhereThereIsNoTerminal) {
    testing::ManualClock clock;
    SeededRandom random(1);
    std::istringstream in;
    std::ostringstream out, error;
    CommandContext context{in, out, error, clock, random};
    ProgressDisplay display(context, "batch-1");
    for (std::int64_t done = 0; done <= 100; ++done)
        display.show({"in_progress", 100, done, 0, 0});
    display.finish();
    const std::string text = error.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_TRUE(out.str().empty());
}

TEST(Grouped, PutsCommasBetweenThousands) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(-1'234'567), "-1,234,567");
    EXPECT_EQ(grouped(-999), "-999");
}

}  // namespace
}  // namespace assay::tools
