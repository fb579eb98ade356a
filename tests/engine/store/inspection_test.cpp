// A look into a store changes nothing and keeps servers out.
// SPDX-License-Identifier: MIT
#include "engine/store/inspection.hpp"

#include <fstream>
#include <sstream>

#include "tests/engine/store/store_fixture.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;

class InspectionTest : public ::testing::Test {
  protected:
    void write_notes(int count) {
        const auto database = *open_store(directory_.path());
        Writer writer(*database, clock_);
        for (int i = 0; i < count; ++i)
            ASSERT_THAT(writer.run(insert_note(i)), IsOk());
    }
    auto inspect() { return StoreInspection::open(directory_.path(), note_schema); }
    std::string bytes_of(const char* name) {
        std::stringstream bytes;
        bytes << std::ifstream(directory_.path() / name, std::ios::binary).rdbuf();
        return bytes.str();
    }

    testing::TemporaryDirectory directory_;
    testing::ManualClock clock_;
};

TEST_F(InspectionTest, SeesCommitsMarkAndRows) {
    write_notes(3);
    const auto store = inspect();
    ASSERT_THAT(store, IsOk());
    EXPECT_EQ(*(*store)->last_commit(), 3);
    EXPECT_EQ(**(*store)->mark(), 3);
    EXPECT_EQ(notes_in((*store)->connection()).size(), 3U);
    EXPECT_TRUE((*store)->structure_faults()->empty());
}

TEST_F(InspectionTest, LeavesEveryByteAsItIs) {
    write_notes(3);
    const std::string database = bytes_of("assay.db"), mark = bytes_of("assay.mark");
    const std::string wal = bytes_of("assay.db-wal");
    {
        const auto store = inspect();
        ASSERT_THAT(store, IsOk());
        ASSERT_THAT((*store)->structure_faults(), IsOk());
        EXPECT_THAT((*store)->connection().execute("DELETE FROM note"), ::testing::Not(IsOk()));
    }
    EXPECT_EQ(bytes_of("assay.db"), database);
    EXPECT_EQ(bytes_of("assay.mark"), mark);
    EXPECT_EQ(bytes_of("assay.db-wal"), wal);
}

TEST_F(InspectionTest, StandsAsideForAServerAndKeepsOneOutMeanwhile) {
    write_notes(1);
    {
        const auto database = *open_store(directory_.path());
        EXPECT_THAT(inspect(), FailsWith(ErrorCode::locked));
    }
    const auto store = inspect();
    ASSERT_THAT(store, IsOk());
    EXPECT_THAT(open_store(directory_.path()), FailsWith(ErrorCode::locked));
}

TEST_F(InspectionTest, MakesNoStoreWhereThereIsNone) {
    EXPECT_THAT(inspect(), FailsWith(ErrorCode::not_found));
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
    EXPECT_THAT(StoreInspection::open(directory_.path() / "none", note_schema),
                FailsWith(ErrorCode::not_found));
}

TEST_F(InspectionTest, RefusesASchemaThatIsNotItsOwn) {
    write_notes(1);
    const std::array<Migration, 1> older{note_schema[0]};
    EXPECT_THAT(StoreInspection::open(directory_.path(), older),
                FailsWith(ErrorCode::schema_newer));
    const std::array<Migration, 3> newer{note_schema[0], note_schema[1],
                                         Migration{"notes", 3, "SELECT 1;"}};
    EXPECT_THAT(StoreInspection::open(directory_.path(), newer), FailsWith(ErrorCode::conflict));
}

TEST_F(InspectionTest, TellsADamagedFileAndADamagedMark) {
    write_notes(40);
    std::fstream mark(directory_.path() / "assay.mark");
    mark << "nonsense";
    mark.close();
    {
        const auto store = inspect();
        ASSERT_THAT(store, IsOk());
        EXPECT_THAT((*store)->mark(), FailsWith(ErrorCode::corrupt));
    }
    std::fstream database(directory_.path() / "assay.db");
    database.seekp(0);
    database << std::string(64, 'x');
    database.close();
    std::filesystem::remove(directory_.path() / "assay.db-wal");
    EXPECT_THAT(inspect(), FailsWith(ErrorCode::corrupt));
}

TEST(WriterOptions, AreCheckedAgainstEachOther) {
    EXPECT_THAT(validate(WriterOptions{}), IsOk());
    WriterOptions options;
    options.group_max = options.queue_max + 1;
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));
    options = {};
    options.checkpoint_bytes = options.wal_bytes_max;
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));
    options = {};
    options.reopen_delay_max = std::chrono::milliseconds(1);
    EXPECT_THAT(validate(options), FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::engine
