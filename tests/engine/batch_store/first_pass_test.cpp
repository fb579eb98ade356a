// The note on a batch's first pass: restarts are counted, a chunk that was being read is left out.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

#include <gmock/gmock.h>

namespace assay::engine::batch_store {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;

TEST_F(BatchStoreTest, ARestartIsCountedAndTheChunkThatWasBeingReadIsLeftOut) {
    const BatchId id = queue({4, 4});
    const auto restart = [&] { return write([&](Tx& tx) { return restart_first_pass(tx, id); }); };
    const auto note = [&](std::optional<std::int64_t> chunk) {
        return write([&](Tx& tx) { return note_first_pass(tx, id, chunk); });
    };
    auto first = restart();
    ASSERT_THAT(first, IsOk());
    EXPECT_EQ(first->restarts, 1);
    EXPECT_THAT(first->left_out, IsEmpty());
    ASSERT_THAT(note(1), IsOk());
    reopen();
    auto second = restart();
    ASSERT_THAT(second, IsOk());
    EXPECT_EQ(second->restarts, 2);
    EXPECT_EQ(second->at, std::nullopt);
    EXPECT_THAT(second->left_out, ElementsAre(1));
    ASSERT_THAT(note(0), IsOk());
    ASSERT_THAT(note(std::nullopt), IsOk());
    EXPECT_THAT(restart()->left_out, ElementsAre(1)) << "it was read to its end";
    EXPECT_THAT(write([&](Tx& tx) { return restart_first_pass(tx, BatchId("nobody")); }),
                FailsWith(ErrorCode::not_found));
}

TEST_F(BatchStoreTest, ANoteThatCannotBeReadCountsAsNeverWritten) {
    const BatchId id = queue({4});
    ASSERT_THAT(write([&](Tx& tx) {
                    return tx->execute("UPDATE batch_text SET first_pass = 'x|y|z,,7,'");
                }),
                IsOk());
    const auto note = write([&](Tx& tx) { return restart_first_pass(tx, id); });
    ASSERT_THAT(note, IsOk());
    EXPECT_EQ(note->restarts, 1);
    EXPECT_THAT(note->left_out, ElementsAre(7));
}

TEST_F(BatchStoreTest, AllChunksAreListedWhateverTheirState) {
    const BatchId id = queue({2, 2, 2});
    const auto chunks = pending(id);
    ASSERT_EQ(claim({chunks[1]}).size(), 1U);
    EXPECT_EQ(pending(id).size(), 2U);
    const auto all = read([&](Connection& db) { return all_chunks(db, id, 0, 100); });
    ASSERT_THAT(all, IsOk());
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ((*all)[1].first_index, 2);
    EXPECT_EQ(read([&](Connection& db) { return all_chunks(db, id, 2, 100); })->size(), 1U);
    EXPECT_EQ(read([&](Connection& db) { return all_chunks(db, id, 0, 2); })->size(), 2U);
}

}  // namespace
}  // namespace assay::engine::batch_store
