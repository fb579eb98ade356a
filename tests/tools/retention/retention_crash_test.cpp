// A deletion and a clean-up that are cut in the middle: nothing is half there, and nothing stays.
// SPDX-License-Identifier: MIT
#include <array>

#include "tests/support/faulty_vfs.hpp"
#include "tests/tools/retention/retention_fixture.hpp"

namespace assay::tools {
namespace {

using std::chrono::days;
using testing::FaultyVfs;
using testing::IsOk;
using testing::TemporaryDirectory;

constexpr int chunks = 6;
constexpr std::size_t chunk_bytes = 120'000;  // four to a job

class RetentionCrashTest : public RetentionFixture {
  protected:
    void SetUp() override { options_.free_bytes_kept = 100'000; }
    void TearDown() override {
        vfs_.heal();
        close();
    }

    // An old batch, one that its owner deletes, and one that stays.
    void prepare(const std::filesystem::path& directory) {
        open(directory, vfs_.name());
        old_ = ended_batch(chunks, chunk_bytes);
        clock_.advance(days(31));
        deleted_ = ended_batch(chunks, chunk_bytes);
        kept_ = ended_batch(2, chunk_bytes);
        relayed();
    }
    Result<void> remove_deleted() {
        return write([&](engine::Tx& tx) {
            return engine::batch_store::delete_batch(tx, TenantId("default"), deleted_,
                                                     clock_.now());
        });
    }

    // Whole, or gone: never in between, whatever has been removed already.
    enum class State { whole, gone, torn };
    State state_of(const BatchId& id, int count) {
        auto db = database_->read();
        if (!db) return State::torn;
        const auto page = engine::batch_store::read_results(**db, id, 0, 100);
        if (page) return page->next_index == count ? State::whole : State::torn;
        return page.error().code == ErrorCode::archived ? State::gone : State::torn;
    }
    void check_whole_or_gone(const std::string& where) {
        EXPECT_NE(state_of(old_, chunks), State::torn) << where;
        EXPECT_NE(state_of(deleted_, chunks), State::torn) << where;
        EXPECT_EQ(state_of(kept_, 2), State::whole) << where;
        auto db = database_->read();
        ASSERT_THAT(db, IsOk());
        const auto verified = engine::batch_store::verify_rows(**db);
        ASSERT_THAT(verified, IsOk());
        EXPECT_TRUE(verified->damaged.empty()) << where;
    }
    // The next passes finish what was begun.
    void check_finished(bool was_deleted, const std::string& where) {
        run();
        EXPECT_EQ(state_of(old_, chunks), State::gone) << where;
        EXPECT_EQ(state_of(kept_, 2), State::whole) << where;
        EXPECT_EQ(rows_of_chunks(), 3 * (2 + (was_deleted ? 0 : chunks))) << where;
        EXPECT_EQ(ask("SELECT count(*) FROM batch_leaving"), 0) << where;
        EXPECT_EQ(ask("SELECT count(*) FROM event WHERE seq<=2"), 0) << where;
        EXPECT_EQ(ask("SELECT count(*) FROM event"), 4) << where;
    }

    FaultyVfs vfs_;
    BatchId old_, deleted_, kept_;
};

TEST_F(RetentionCrashTest, AfterAnyPowerCutABatchIsWholeOrGoneAndTheRestGoesLater) {
    const TemporaryDirectory live(testing::memory_backed_parent());
    vfs_.record();
    prepare(live.path() / "live");
    const std::size_t from = vfs_.recorded();
    ASSERT_THAT(remove_deleted(), IsOk());
    vfs_.note(1);  // the deletion was answered
    run();
    vfs_.note(2);  // so was the whole pass
    const std::size_t until = vfs_.recorded();
    ASSERT_GT(until, from + 20);
    close();

    constexpr std::array losses{FaultyVfs::Loss::everything, FaultyVfs::Loss::nothing,
                                FaultyVfs::Loss::suffix, FaultyVfs::Loss::scattered};
    SeededRandom dice(11);
    int half_way = 0;
    for (std::size_t cut = from; cut <= until; ++cut) {
        const std::string where = "cut " + std::to_string(cut);
        const TemporaryDirectory after(testing::memory_backed_parent());
        const std::int64_t promised =
            vfs_.crash(cut, losses[cut % losses.size()], dice, after.path());
        const FaultyVfs look;
        open(after.path(), look.name());
        check_whole_or_gone(where);
        const bool is_deleted = state_of(deleted_, chunks) == State::gone;
        EXPECT_TRUE(is_deleted || promised == 0) << where << ": an answered deletion came undone";
        half_way += ask("SELECT count(*) FROM batch_leaving") > 0 ? 1 : 0;
        check_finished(is_deleted, where);
        close();
        if (HasFailure()) return;
    }
    EXPECT_GT(half_way, 5) << "the cuts fell into the clean-up";
}

TEST_F(RetentionCrashTest, ADiskThatFailsAnywhereInAPassLosesNothingAndTheNextOneFinishes) {
    bool failed = true;
    int failures = 0;
    // Every operation at first, then with growing strides: the last ones are alike.
    for (int nth = 1; failed && nth < 3'000; nth += 1 + nth / 40) {
        const std::string where = "operation " + std::to_string(nth);
        const TemporaryDirectory disk(testing::memory_backed_parent());
        prepare(disk.path());
        vfs_.fail_at(nth, FaultyVfs::Fault::io_error, true);
        const bool was_answered = remove_deleted().has_value();
        const bool passed = retention_->run_once().has_value();
        failed = !was_answered || !passed;
        failures += failed ? 1 : 0;
        close();
        vfs_.heal();
        open(disk.path(), vfs_.name());
        check_whole_or_gone(where);
        const bool is_deleted = state_of(deleted_, chunks) == State::gone;
        EXPECT_TRUE(is_deleted || !was_answered) << where;
        check_finished(is_deleted, where);
        close();
        if (HasFailure()) return;
    }
    EXPECT_FALSE(failed);
    EXPECT_GT(failures, 10);
}

}  // namespace
}  // namespace assay::tools
