// The walk over all rows with a checksum.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::IsOk;

TEST_F(BatchStoreTest, VerifyCountsWhatIsWholeAndNamesWhatIsDamaged) {
    const BatchId id = queue({2, 2});
    for (const ChunkRef& chunk : claim(pending(id)))
        ASSERT_THAT(settle(chunk), IsOk());
    const auto verify = [&] { return *read([](Connection& db) { return verify_rows(db); }); };
    EXPECT_EQ(verify().rows, 6);  // two inputs, two results, two events
    EXPECT_TRUE(verify().damaged.empty());

    damage("UPDATE chunk_input SET input=x'00' WHERE key=(SELECT max(key) FROM chunk_input)");
    damage("UPDATE chunk_result SET lot=x'00' WHERE key=(SELECT min(key) FROM chunk_result)");
    damage("UPDATE chunk_result SET lines=x'00' WHERE key=(SELECT max(key) FROM chunk_result)");
    damage("UPDATE event SET data='{}' WHERE seq=2");
    const VerifyReport report = verify();
    EXPECT_EQ(report.rows, 6);
    ASSERT_EQ(report.damaged.size(), 4U);
    EXPECT_EQ(report.damaged[0].table, "chunk_input");
    EXPECT_NE(report.damaged[0].description.find("chunk 1"), std::string::npos);
    EXPECT_NE(report.damaged[1].description.find("lot lines"), std::string::npos);
    EXPECT_NE(report.damaged[2].description.find("results of chunk 1"), std::string::npos);
    EXPECT_EQ(report.damaged[3].table, "event");
    EXPECT_EQ(report.damaged[3].key, 2);
}

}  // namespace
}  // namespace assay::engine::batch_store
