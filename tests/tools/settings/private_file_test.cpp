// Files that hold a secret are read only when nobody else can.
// SPDX-License-Identifier: MIT
#include "tools/settings/private_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(PrivateFile, ComesBackAsItWasWritten) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "key";
    ASSERT_THAT(write_private_file(path, "secret\n"), IsOk());
    EXPECT_FALSE(*is_open_to_others(path));
    EXPECT_EQ(*read_private_file(path, "key file", "key_file"), "secret\n");
}

TEST(PrivateFile, IsRefusedWhereOthersCanReadIt) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "key";
    ASSERT_THAT(write_private_file(path, "secret\n"), IsOk());
    ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
    EXPECT_TRUE(*is_open_to_others(path));
    const auto refused = read_private_file(path, "key file", "client.key_file");
    ASSERT_THAT(refused, FailsWith(ErrorCode::invalid_argument));
    EXPECT_EQ(refused.error().field, "client.key_file");
    EXPECT_EQ(describe(refused.error()).find("secret\n"), std::string::npos);
}

TEST(PrivateFile, ThatIsNotThereNamesTheSetting) {
    const auto missing = read_private_file("/nowhere/key", "key file", "client.key_file");
    ASSERT_THAT(missing, FailsWith(ErrorCode::io_error));
    EXPECT_EQ(missing.error().field, "client.key_file");
}

TEST(PrivateFile, AnEmptyOneIsMadeForItsOwnerAndOneThatIsThereKeepsWhatItHas) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "received.ndjson";
    ASSERT_THAT(make_private_file(path), IsOk());
    EXPECT_FALSE(*is_open_to_others(path));
    std::ofstream(path) << "kept";
    ASSERT_THAT(make_private_file(path), IsOk());
    EXPECT_EQ(std::filesystem::file_size(path), 4U);
    EXPECT_THAT(make_private_file(directory.path() / "nowhere" / "x"),
                FailsWith(ErrorCode::io_error));
}

}  // namespace
}  // namespace assay::tools
