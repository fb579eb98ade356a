// Opening a store: files, lock, mark, migrations; and its readers.
// SPDX-License-Identifier: MIT
#include "engine/store/database.hpp"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "engine/base/limits.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;
using testing::ManualClock;
using testing::TemporaryDirectory;

unsigned mode_of(const std::filesystem::path& path) {
    struct stat facts {};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 0777U;
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class DatabaseTest : public ::testing::Test {
  protected:
    std::filesystem::path home() const { return directory_.path() / "deep" / "data"; }

    std::unique_ptr<Database> open() {
        Result<std::unique_ptr<Database>> opened = open_store(home());
        EXPECT_THAT(opened, IsOk());
        return opened ? *std::move(opened) : nullptr;
    }

    void write_notes(Database& database, std::int64_t from, std::int64_t until) {
        Writer writer(database, clock_);
        for (std::int64_t number = from; number < until; ++number) {
            ASSERT_THAT(writer.run(insert_note(number)), IsOk());
        }
    }

    // The data directory as it is now, WAL and all, as if the process had been killed.
    std::filesystem::path killed_copy(const std::string& name) {
        const auto copy = directory_.path() / name;
        std::filesystem::create_directories(copy);
        for (const char* file : {"assay.db", "assay.db-wal", "assay.mark"}) {
            std::filesystem::copy_file(home() / file, copy / file);
        }
        return copy;
    }

    TemporaryDirectory directory_;
    ManualClock clock_;
};

TEST_F(DatabaseTest, KeepsItsFilesToItsOwner) {
    const auto database = open();
    write_notes(*database, 0, 1);
    EXPECT_EQ(mode_of(home()), 0700U);
    for (const char* file :
         {"assay.db", "assay.db-wal", "assay.db-shm", "assay.lock", "assay.mark"}) {
        EXPECT_EQ(mode_of(home() / file), 0600U) << file;
    }
}

TEST_F(DatabaseTest, ASecondOpenIsRefusedUntilTheFirstIsGone) {
    auto first = open();
    EXPECT_THAT(open_store(home()), FailsWith(ErrorCode::locked));
    first.reset();
    EXPECT_THAT(open_store(home()), IsOk());
}

TEST_F(DatabaseTest, KeepsWhatWasWritten) {
    {
        const auto database = open();
        write_notes(*database, 0, 20);
    }
    EXPECT_EQ(notes_in(*open()).size(), 20U);
}

TEST_F(DatabaseTest, AppliesEachMigrationOnce) {
    for (int round = 0; round < 3; ++round) {
        const auto database = open();
        const auto lease = *database->read();
        Statement query = lease->prepare("SELECT count(*) FROM store_migration");
        ASSERT_THAT(query.step(), IsOk());
        EXPECT_EQ(query.integer(0), 2);
    }
}

TEST_F(DatabaseTest, AppliesTheStepsThatAreNew) {
    ASSERT_THAT(Database::open({home(), false, {}}, std::span(note_schema).first(1)), IsOk());
    const auto database = open();
    const auto lease = *database->read();
    EXPECT_THAT(lease->prepare("SELECT number FROM extra").step(), IsOk());
}

TEST_F(DatabaseTest, AFailedMigrationLeavesNoTrace) {
    const std::array<Migration, 1> broken{
        Migration{"notes", 1, "CREATE TABLE half(a); INSERT INTO missing VALUES(1);"}};
    EXPECT_FALSE(Database::open({home(), false, {}}, broken));
    const auto database = open();
    const auto lease = *database->read();
    Statement query = lease->prepare("SELECT 1 FROM sqlite_schema WHERE name='half'");
    EXPECT_FALSE(*query.step());
}

TEST_F(DatabaseTest, DataOfANewerProgramIsRefusedAndLeftAlone) {
    static_cast<void>(open());
    EXPECT_THAT(Database::open({home(), false, {}}, std::span(note_schema).first(1)),
                FailsWith(ErrorCode::schema_newer));
}

TEST_F(DatabaseTest, BytesThatAreNoDatabaseAreCorrupt) {
    static_cast<void>(open());
    overwrite(home() / "assay.db", std::string(8'192, 'x'));
    EXPECT_THAT(open_store(home()), FailsWith(ErrorCode::corrupt));
}

TEST_F(DatabaseTest, AStoreBehindItsMarkIsRefusedWithBothNumbers) {
    const auto database = open();
    write_notes(*database, 0, 3);
    const auto old = killed_copy("old");
    write_notes(*database, 3, 8);
    std::filesystem::copy_file(home() / "assay.mark", old / "assay.mark",
                               std::filesystem::copy_options::overwrite_existing);

    const auto refused = open_store(old);
    ASSERT_THAT(refused, FailsWith(ErrorCode::commits_lost));
    EXPECT_NE(refused.error().message.find("ends at commit 3"), std::string::npos);
    EXPECT_NE(refused.error().message.find("commits 4 to 8 are missing"), std::string::npos);
}

TEST_F(DatabaseTest, RecoverStartsBehindTheMarkSaysWhatIsMissingAndNeverReusesNumbers) {
    const auto database = open();
    write_notes(*database, 0, 3);
    const auto old = killed_copy("old");
    write_notes(*database, 3, 8);
    std::filesystem::copy_file(home() / "assay.mark", old / "assay.mark",
                               std::filesystem::copy_options::overwrite_existing);
    {
        const auto recovered = open_store(old, {}, true);
        ASSERT_THAT(recovered, IsOk());
        EXPECT_NE((*recovered)->recovered().find("commits 4 to 8"), std::string::npos);
        EXPECT_EQ(notes_in(**recovered).size(), 3U);
        write_notes(**recovered, 100, 101);
    }
    const auto again = open_store(old);
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ((*again)->recovered(), "");
    EXPECT_NE(bytes_of(old / "assay.mark").find("00000009 "), std::string::npos);
}

TEST_F(DatabaseTest, AFlippedBitInTheWalIsFoundByTheMark) {
    const auto database = open();
    write_notes(*database, 0, 6);
    const std::string wal = bytes_of(home() / "assay.db-wal");
    int refused = 0;
    for (std::size_t at = 32; at < wal.size(); at += 997) {
        const auto copy = killed_copy("flip" + std::to_string(at));
        std::string damaged = wal;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        overwrite(copy / "assay.db-wal", damaged);
        const auto opened = open_store(copy);
        // A flip in a frame that a later one replaces may do no harm; it never does silent harm.
        if (opened) {
            EXPECT_EQ(notes_in(**opened).size(), 6U) << at;
        } else {
            EXPECT_THAT(opened, FailsWith(ErrorCode::commits_lost));
            ++refused;
        }
    }
    EXPECT_GT(refused, 10);
}

TEST_F(DatabaseTest, ADamagedMarkIsRefusedAndAnEmptyOneIsNot) {
    {
        const auto database = open();
        write_notes(*database, 0, 2);
    }
    const std::string mark = bytes_of(home() / "assay.mark");
    for (std::size_t at = 0; at < mark.size(); ++at) {
        std::string damaged = mark;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        overwrite(home() / "assay.mark", damaged);
        EXPECT_THAT(open_store(home()), FailsWith(ErrorCode::commits_lost)) << at;
    }
    overwrite(home() / "assay.mark", std::string(mark.size(), '\0'));
    EXPECT_THAT(open_store(home()), IsOk());
    overwrite(home() / "assay.mark", "");
    EXPECT_THAT(open_store(home()), IsOk());
}

TEST_F(DatabaseTest, ALeaseReadsOneSnapshotAndCannotWrite) {
    const auto database = open();
    Writer writer(*database, clock_);
    ASSERT_THAT(writer.run(insert_note(1)), IsOk());
    const auto lease = *database->read();
    EXPECT_EQ(notes_in(*lease).size(), 1U);
    ASSERT_THAT(writer.run(insert_note(2)), IsOk());
    EXPECT_EQ(notes_in(*lease).size(), 1U);
    EXPECT_EQ(notes_in(*database).size(), 2U);
    EXPECT_FALSE(lease->execute("DELETE FROM note"));
}

TEST_F(DatabaseTest, LeasesAreBoundedAndComeBack) {
    const auto database = open();
    {
        std::vector<Database::ReadLease> leases;
        for (std::size_t i = 0; i < limits::readers_max; ++i) {
            auto lease = database->read();
            ASSERT_THAT(lease, IsOk());
            leases.push_back(*std::move(lease));
        }
        EXPECT_THAT(database->read(), FailsWith(ErrorCode::busy));
    }
    EXPECT_THAT(database->read(), IsOk());
}

TEST_F(DatabaseTest, AStatementBindsAndReadsEveryKindOfValue) {
    const auto database = open();
    const auto lease = *database->read();
    Statement query = lease->prepare("SELECT ?1, ?2, ?3, ?4, ?5, typeof(?2), typeof(?6)");
    const std::string zero_inside("a\0b", 3);
    query.bind(1, std::int64_t{-5}).bind(2, std::string_view{}).bind_blob(3, zero_inside);
    query.bind(4, std::optional<std::string>{}).bind(5, std::optional<std::int64_t>{7});
    ASSERT_TRUE(*query.step());
    EXPECT_EQ(query.integer(0), -5);
    EXPECT_EQ(query.text(1), "");
    EXPECT_EQ(query.text(2), zero_inside);
    EXPECT_TRUE(query.is_null(3));
    EXPECT_EQ(query.integer(4), 7);
    EXPECT_EQ(query.text(5), "text");
    EXPECT_EQ(query.text(6), "null");
    EXPECT_FALSE(*query.step());
}

TEST_F(DatabaseTest, TheSameSqlMayBeUsedTwiceAtOnceAndForgetsItsBindings) {
    const auto database = open();
    const auto lease = *database->read();
    {
        Statement outer = lease->prepare("SELECT ?1");
        outer.bind(1, std::int64_t{1});
        Statement inner = lease->prepare("SELECT ?1");
        inner.bind(1, std::int64_t{2});
        ASSERT_TRUE(*outer.step());
        ASSERT_TRUE(*inner.step());
        EXPECT_EQ(outer.integer(0), 1);
        EXPECT_EQ(inner.integer(0), 2);
    }
    Statement fresh = lease->prepare("SELECT ?1");
    ASSERT_TRUE(*fresh.step());
    EXPECT_TRUE(fresh.is_null(0));
}

}  // namespace
}  // namespace assay::engine
