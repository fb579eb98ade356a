// Pages of results, from anywhere, over settled, cancelled and unfinished chunks.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST_F(BatchStoreTest, EveryPageOfEverySizeGivesItsLines) {
    const BatchId id = queue({3, 1, 5, 2});
    for (const ChunkRef& chunk : claim(pending(id)))
        ASSERT_THAT(settle(chunk), IsOk());
    for (std::int64_t from = 0; from <= 12; ++from) {
        for (std::int64_t count = 0; count <= 13; ++count) {
            std::string expected;
            const std::int64_t until = std::max(from, std::min<std::int64_t>(11, from + count));
            for (std::int64_t i = from; i < until; ++i)
                expected += line_of(i);
            const auto page = results(id, from, count);
            ASSERT_THAT(page, IsOk());
            ASSERT_EQ(page->lines, expected) << from << "+" << count;
            ASSERT_EQ(page->next_index, until);
        }
    }
    EXPECT_EQ(results(id, 9, std::numeric_limits<std::int64_t>::max())->next_index, 11);
    EXPECT_EQ(results(id, -5, 2)->lines, line_of(0) + line_of(1));
}

TEST_F(BatchStoreTest, APageEndsBeforeTheFirstProductWithoutAResult) {
    const BatchId id = queue({2, 2, 2});
    const auto claimed = claim(pending(id));
    ASSERT_THAT(settle(claimed[0]), IsOk());
    ASSERT_THAT(settle(claimed[2]), IsOk());
    EXPECT_EQ(results(id, 0, 10)->next_index, 2);
    EXPECT_EQ(results(id, 3, 10)->lines, "");
    EXPECT_EQ(results(id, 3, 10)->next_index, 3);
    EXPECT_EQ(results(id, 4, 10)->lines, line_of(4) + line_of(5));
}

TEST_F(BatchStoreTest, CancelledProductsHaveLinesOnceTheBatchHasEnded) {
    const BatchId id = queue({2, 3});
    const auto claimed = claim({pending(id)[0]});
    ASSERT_FALSE(cancel(id)->terminal);
    EXPECT_EQ(results(id, 2, 10)->lines, "");
    ASSERT_TRUE(settle(claimed[0])->terminal);
    EXPECT_EQ(results(id, 3, 1)->lines, cancelled_line_of(3));
    EXPECT_EQ(results(id, 1, 10)->lines,
              line_of(1) + cancelled_line_of(2) + cancelled_line_of(3) + cancelled_line_of(4));
}

TEST_F(BatchStoreTest, EveryFlippedByteOfStoredResultsIsFound) {
    const BatchId id = queue({2});
    ASSERT_THAT(settle(claim(pending(id))[0]), IsOk());
    const std::string lines = results(id, 0, 2)->lines;
    for (std::size_t at = 1; at <= lines.size(); at += 7) {
        const std::string position = std::to_string(at);
        const std::string flip = "UPDATE chunk_result SET lines=CAST(substr(lines,1," + position +
                                 "-1)||char(unicode(CAST(substr(lines," + position +
                                 ",1) AS TEXT))^^1)||substr(lines," + position + "+1) AS BLOB)";
        // SQLite has no xor: a ^ b = (a | b) - (a & b).
        std::string sql = flip;
        const std::string value = "unicode(CAST(substr(lines," + position + ",1) AS TEXT))";
        sql.replace(sql.find(value + "^^1"), value.size() + 3,
                    "((" + value + "|1)-(" + value + "&1))");
        damage(sql);
        EXPECT_THAT(results(id, 0, 1), FailsWith(ErrorCode::corrupt)) << at;
        damage(sql);  // and back
        ASSERT_EQ(results(id, 0, 2)->lines, lines);
    }
}

TEST_F(BatchStoreTest, DamageOfACancelledChunksInputIsFound) {
    const BatchId id = queue({2});
    ASSERT_TRUE(cancel(id)->terminal);
    ASSERT_EQ(results(id, 0, 2)->next_index, 2);
    damage("UPDATE chunk_input SET input=CAST(input||x'00' AS BLOB)");
    EXPECT_THAT(results(id, 0, 2), FailsWith(ErrorCode::corrupt));
}

TEST_F(BatchStoreTest, WholeInputsAreReadAcrossChunks) {
    const BatchId id = queue({2, 3});
    const auto inputs = [&](std::int64_t from, std::int64_t count) {
        const auto found =
            read([&](Connection& db) { return read_full_inputs(db, id, from, count); });
        EXPECT_THAT(found, IsOk());
        return found ? *found : std::vector<std::optional<std::string>>{};
    };
    EXPECT_EQ(inputs(1, 2), (std::vector<std::optional<std::string>>{R"({"title":"product 1"})",
                                                                     R"({"title":"product 2"})"}));
    EXPECT_EQ(inputs(0, 100).size(), 5U);
    EXPECT_TRUE(inputs(5, 1).empty());
    EXPECT_TRUE(inputs(0, -1).empty());
}

TEST_F(BatchStoreTest, LotBlobsComeInTheOrderOfTheProducts) {
    const BatchId id = queue({2, 2, 2});
    const auto claimed = claim(pending(id));
    ASSERT_THAT(settle(claimed[2]), IsOk());
    ASSERT_THAT(settle(claimed[0]), IsOk());
    const auto blobs = read([&](Connection& db) { return lot_blobs(db, id); });
    ASSERT_THAT(blobs, IsOk());
    EXPECT_EQ(*blobs,
              (std::vector<std::pair<std::int64_t, std::string>>{{0, "lot0"}, {4, "lot4"}}));
    damage("UPDATE chunk_result SET lot=x'00'");
    EXPECT_THAT(read([&](Connection& db) { return lot_blobs(db, id); }),
                FailsWith(ErrorCode::corrupt));
}

}  // namespace
}  // namespace assay::engine::batch_store
