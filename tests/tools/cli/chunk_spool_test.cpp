// Chunks come back as they were, from memory or from the temporary file.
// SPDX-License-Identifier: MIT
#include "tools/cli/chunk_spool.hpp"

#include <gtest/gtest.h>

#include "tests/support/matchers.hpp"

namespace assay::tools {
namespace {

using assay::testing::IsOk;

TEST(ChunkSpool, GivesBackWhatDidAndWhatDidNotFitInMemory) {
    for (const std::size_t memory : {std::size_t{0}, std::size_t{100}, std::size_t{1} << 20}) {
        ChunkSpool spool(memory);
        const auto chunk = [](std::size_t i) {
            return std::string(i * 7 % 50, static_cast<char>('a' + i % 26)) + '\0' + "end";
        };
        for (std::size_t i = 0; i < 40; ++i)
            ASSERT_THAT(spool.add(chunk(i)), IsOk());
        ASSERT_EQ(spool.size(), 40U);
        for (std::size_t i = 0; i < 40; ++i) {
            const auto taken = spool.take(i);
            ASSERT_THAT(taken, IsOk());
            EXPECT_EQ(*taken, chunk(i)) << i << " with " << memory;
        }
    }
}

}  // namespace
}  // namespace assay::tools
