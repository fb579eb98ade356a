// The sums of a batch: they survive the store, and nothing else is taken for them.
// SPDX-License-Identifier: MIT
#include "engine/batch_run.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

ChunkDone chunk_of(std::uint64_t first, std::size_t lines) {
    ChunkDone done;
    for (std::size_t i = 0; i < lines; ++i) {
        LotLine line;
        line.index = first + i;
        line.retail = 100.0 * static_cast<double>(i + 1);
        done.lot.push_back(line);
    }
    done.by_decision[static_cast<std::size_t>(Decision::buy)] = 2;
    done.by_decision[static_cast<std::size_t>(Decision::pass)] = 1;
    done.cost.add(*Currency::parse("EUR"), 250, 4);
    return done;
}

TEST(BatchRun, TheSumsOfChunksAddUpAfterTheStore) {
    BatchSums sums;
    ASSERT_THAT(decode_sums(encode_sums(chunk_of(0, 3)), sums), IsOk());
    ASSERT_THAT(decode_sums(encode_sums(chunk_of(3, 2)), sums), IsOk());
    ASSERT_THAT(decode_sums(encode_sums({}), sums), IsOk());
    ASSERT_EQ(sums.lot.size(), 5U);
    EXPECT_EQ(sums.lot[4].index, 4U);
    EXPECT_EQ(sums.lot[4].retail, 200.0);
    EXPECT_EQ(sums.by_decision[static_cast<std::size_t>(Decision::buy)], 4);
    EXPECT_EQ(sums.cost.total, 2'000);
    EXPECT_EQ(sums.cost.lines, 2);
}

TEST(BatchRun, BytesOfAnyOtherLengthOrLayoutAreRefused) {
    const std::string blob = encode_sums(chunk_of(0, 2));
    for (std::size_t size = 0; size < blob.size(); ++size) {
        BatchSums sums;
        EXPECT_THAT(decode_sums(blob.substr(0, size), sums), FailsWith(ErrorCode::corrupt)) << size;
        EXPECT_TRUE(sums.lot.empty());
    }
    BatchSums sums;
    EXPECT_THAT(decode_sums(blob + "x", sums), FailsWith(ErrorCode::corrupt));
    std::string newer = blob;
    ++newer[0];  // the layout's number
    EXPECT_THAT(decode_sums(newer, sums), FailsWith(ErrorCode::corrupt));
}

TEST(BatchRun, VerdictsAreNamedInTheirOrderWithoutThoseNobodyGot) {
    const std::vector<std::pair<std::string, std::int64_t>> expected = {{"buy", 2}, {"pass", 1}};
    EXPECT_EQ(named_decisions(chunk_of(0, 1).by_decision), expected);
}

TEST(BatchRun, ABatchCutShortHasItsVerdictsAndNoPrice) {
    BatchSums sums;
    ASSERT_THAT(decode_sums(encode_sums(chunk_of(0, 3)), sums), IsOk());
    const std::string cut = make_summary(sums, {}, {}, false);
    EXPECT_EQ(cut, R"({"by_verdict":{"buy":2,"pass":1}})");
    const std::string whole = make_summary(sums, {}, {}, true);
    EXPECT_THAT(whole, HasSubstr(R"("total_cost":1000)"));
    EXPECT_THAT(whole, HasSubstr(R"("lot":)"));
    BatchOptions verdicts_only;
    verdicts_only.analyzers = {"verdict"};
    EXPECT_THAT(make_summary(sums, verdicts_only, {}, true), Not(HasSubstr(R"("lot":)")));
}

}  // namespace
}  // namespace assay::engine
