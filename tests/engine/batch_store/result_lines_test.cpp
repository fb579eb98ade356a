// Lines within a chunk's results.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/result_lines.hpp"

#include <gtest/gtest.h>

namespace assay::engine::batch_store::detail {
namespace {

TEST(TakeLinesTest, GivesWholeLinesOrNothing) {
    const std::string_view lines = "a\nbb\n\nc\n";
    EXPECT_EQ(take_lines(lines, 0, 4), lines);
    EXPECT_EQ(take_lines(lines, 1, 2), "bb\n\n");
    EXPECT_EQ(take_lines(lines, 3, 1), "c\n");
    EXPECT_EQ(take_lines(lines, 4, 0), "");
    EXPECT_FALSE(take_lines(lines, 3, 2));
    EXPECT_FALSE(take_lines(lines, 5, 0));
    EXPECT_FALSE(take_lines("a\nb", 1, 1));
    EXPECT_FALSE(take_lines(lines, -1, 1));
    EXPECT_FALSE(take_lines("", 0, 1));
}

}  // namespace
}  // namespace assay::engine::batch_store::detail
