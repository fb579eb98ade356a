// Verdict counts as text, and their sums.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/rows.hpp"

#include <gtest/gtest.h>

#include "tests/support/matchers.hpp"

namespace assay::engine::batch_store::detail {
namespace {

using assay::testing::FailsWith;
using assay::testing::IsOk;

TEST(VerdictsTest, SumsDoNotHangOnTheirOrder) {
    const Verdicts one{{"pass", 2}, {"buy", 1}};
    const Verdicts two{{"review", 3}, {"buy", 4}, {"avoid", 0}};
    Verdicts forth, back;
    add_verdicts(forth, one);
    add_verdicts(forth, two);
    add_verdicts(back, two);
    add_verdicts(back, one);
    EXPECT_EQ(forth, back);
    EXPECT_EQ(forth, (Verdicts{{"buy", 5}, {"pass", 2}, {"review", 3}}));
}

TEST(VerdictsTest, TextComesBackAndOtherTextIsCorrupt) {
    const Verdicts verdicts{{"buy", 5}, {"insufficient_data", 100'000}};
    EXPECT_EQ(verdicts_text(verdicts), "buy=5 insufficient_data=100000");
    const auto read = parse_verdicts(verdicts_text(verdicts));
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, verdicts);
    EXPECT_THAT(parse_verdicts(""), IsOk());
    for (const char* text : {"buy", "buy=", "=5", "buy=x", "buy=5x", "buy=-1", "buy=5  pass=1",
                             "buy=99999999999999999999"}) {
        EXPECT_THAT(parse_verdicts(text), FailsWith(ErrorCode::corrupt)) << text;
    }
}

TEST(ChunkKeyTest, KeysOfABatchLieTogether) {
    EXPECT_LT(chunk_key(1, chunks_per_batch - 1), chunk_key(2, 0));
    EXPECT_EQ(chunk_number(chunk_key(7, 1'234'567)), 1'234'567);
    EXPECT_FALSE(is_chunk_number(-1));
    EXPECT_FALSE(is_chunk_number(chunks_per_batch));
}

}  // namespace
}  // namespace assay::engine::batch_store::detail
