// Versions of sold prices in the store: the old one holds until the new one is whole, and what an
// open batch works with is never cleared away.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/comps_books.hpp"

#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

class CompsBooks : public BatchStoreTest {
  protected:
    CompsVersion begin(const TenantId& tenant) {
        const auto version =
            write([&](Tx& tx) { return begin_comps_book(tx, tenant, clock_.now()); });
        EXPECT_THAT(version, IsOk());
        return version ? *version : 0;
    }
    Result<void> append(CompsVersion version, std::int64_t number, std::string_view bytes) {
        return writer_->run([&](Tx& tx) { return append_comps_chunk(tx, version, number, bytes); });
    }
    Result<void> install(CompsVersion version, std::int64_t chunks) {
        return writer_->run(
            [&](Tx& tx) { return install_comps_book(tx, version, chunks, "{\"a\":1}"); });
    }
    CompsVersion put(const TenantId& tenant, std::string_view text) {
        const CompsVersion version = begin(tenant);
        EXPECT_THAT(append(version, 0, text.substr(0, 2)), IsOk());
        EXPECT_THAT(append(version, 1, text.substr(2)), IsOk());
        EXPECT_THAT(install(version, 2), IsOk());
        return version;
    }
    CompsVersion in_force(const TenantId& tenant) {
        const auto row = read([&](Connection& db) { return find_comps_book(db, tenant); });
        EXPECT_THAT(row, IsOk());
        return row && *row ? (*row)->version : 0;
    }
    Result<std::string> bytes_of(CompsVersion version) {
        std::string all;
        const auto done = read([&](Connection& db) {
            return read_comps_book(db, version, [&](std::string_view bytes) -> Result<void> {
                all += bytes;
                return {};
            });
        });
        if (!done) return done.error();
        return all;
    }
    std::int64_t drop(std::int64_t chunks_max = 100) {
        const auto removed = write([&](Tx& tx) { return drop_unused_comps(tx, chunks_max); });
        EXPECT_THAT(removed, IsOk());
        return removed ? *removed : -1;
    }
    bool pin(const BatchId& batch, CompsVersion version) {
        const auto pinned = write([&](Tx& tx) { return pin_comps_book(tx, batch, version); });
        EXPECT_THAT(pinned, IsOk());
        return pinned && *pinned;
    }

    const TenantId ours_{"default"}, others_{"other"};
};

TEST_F(CompsBooks, TheOldVersionHoldsUntilTheNewOneIsInstalled) {
    const CompsVersion first = put(ours_, "first");
    EXPECT_EQ(in_force(ours_), first);
    EXPECT_EQ(in_force(others_), 0);
    const CompsVersion second = begin(ours_);
    ASSERT_THAT(append(second, 0, "sec"), IsOk());
    EXPECT_EQ(in_force(ours_), first);
    EXPECT_THAT(install(second, 2), FailsWith(ErrorCode::internal));  // one chunk is missing
    EXPECT_EQ(in_force(ours_), first);
    ASSERT_THAT(append(second, 1, "ond"), IsOk());
    ASSERT_THAT(install(second, 2), IsOk());
    EXPECT_EQ(in_force(ours_), second);
    EXPECT_EQ(*bytes_of(second), "second");
    EXPECT_THAT(append(second, 2, "x"), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(install(second, 2), FailsWith(ErrorCode::not_found));
    const auto row = read([&](Connection& db) { return find_comps_book(db, ours_); });
    EXPECT_EQ((*row)->bytes, 6);
    EXPECT_EQ((*row)->facts, "{\"a\":1}");
}

TEST_F(CompsBooks, WhatACrashLeftIsGivenUpAndClearedAway) {
    const CompsVersion first = put(ours_, "first");
    const CompsVersion second = begin(ours_);
    ASSERT_THAT(append(second, 0, "second"), IsOk());
    reopen();
    EXPECT_EQ(in_force(ours_), first);
    EXPECT_EQ(*bytes_of(first), "first");
    EXPECT_EQ(drop(), 0);  // it might still be coming
    ASSERT_THAT(writer_->run([](Tx& tx) { return abandon_unfinished_comps(tx); }), IsOk());
    EXPECT_EQ(drop(), 1);
    EXPECT_THAT(bytes_of(second), FailsWith(ErrorCode::not_found));
    EXPECT_EQ(in_force(ours_), first);
}

TEST_F(CompsBooks, AVersionStaysAsLongAsAnOpenBatchWorksWithIt) {
    const CompsVersion first = put(ours_, "first");
    const BatchId batch("b1");
    ASSERT_THAT(insert(batch), IsOk());
    ASSERT_TRUE(pin(batch, first));
    const CompsVersion second = put(ours_, "second");
    EXPECT_EQ(drop(), 0);
    EXPECT_EQ(*bytes_of(first), "first");
    reopen();
    EXPECT_EQ(drop(), 0);
    const auto held = read([&](Connection& db) { return comps_of_batch(db, batch); });
    ASSERT_THAT(held, IsOk());
    ASSERT_TRUE(held->has_value());
    EXPECT_EQ((*held)->version, first);
    EXPECT_FALSE(pin(BatchId("b2"), first));  // in force no longer
    EXPECT_TRUE(*read([](Connection& db) { return has_retired_comps(db); }));
    ASSERT_THAT(writer_->run([&](Tx& tx) { return drop_batch(tx, batch); }), IsOk());
    EXPECT_EQ(drop(), 2);
    EXPECT_FALSE(*read([](Connection& db) { return has_retired_comps(db); }));
    EXPECT_EQ(in_force(ours_), second);
}

TEST_F(CompsBooks, ClearingAwayGoesInSteps) {
    const CompsVersion first = put(ours_, "first");
    static_cast<void>(put(others_, "theirs"));
    const auto had = write([&](Tx& tx) { return retire_comps_book(tx, ours_); });
    ASSERT_THAT(had, IsOk());
    EXPECT_TRUE(*had);
    EXPECT_FALSE(*write([&](Tx& tx) { return retire_comps_book(tx, ours_); }));
    EXPECT_EQ(drop(1), 1);
    EXPECT_EQ(drop(1), 1);
    EXPECT_EQ(drop(1), 0);
    EXPECT_THAT(bytes_of(first), FailsWith(ErrorCode::not_found));
    EXPECT_NE(in_force(others_), 0);
}

TEST_F(CompsBooks, DamagedBytesAreNoticedWhenTheyAreReadAndByTheWalk) {
    const CompsVersion version = put(ours_, "first");
    ASSERT_THAT(writer_->run([](Tx& tx) {
        return tx->execute("UPDATE comps_chunk SET bytes=x'00' WHERE key%4294967296=1");
    }),
                IsOk());
    EXPECT_THAT(bytes_of(version), FailsWith(ErrorCode::corrupt));
    const auto report = read([](Connection& db) { return verify_rows(db); });
    ASSERT_THAT(report, IsOk());
    ASSERT_EQ(report->damaged.size(), 1U);
    EXPECT_EQ(report->damaged[0].table, "comps_chunk");
}

}  // namespace
}  // namespace assay::engine::batch_store
