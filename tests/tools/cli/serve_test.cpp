// The parts of `serve` that need no server: addresses, master keys, private files.
// SPDX-License-Identifier: MIT
#include "tools/cli/serve.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/cli/master_key.hpp"
#include "tools/settings/private_file.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;
using testing::IsOk;

const std::string zeros(64, '0');

TEST(Serve, ReadsAddressAndPort) {
    EXPECT_EQ(parse_listen("127.0.0.1:8080")->address, "127.0.0.1");
    EXPECT_EQ(parse_listen("127.0.0.1:8080")->port, 8080);
    EXPECT_EQ(parse_listen("[::1]:0")->address, "::1");
    for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                             "127.0.0.1:80x", "::1:80", "127.0.0.1:-1"})
        EXPECT_THAT(parse_listen(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

TEST(MasterKey, IsThirtyTwoBytesInHexOrBase64) {
    EXPECT_THAT(parse_master_key(" " + zeros + "\n"), IsOk());
    EXPECT_THAT(parse_master_key("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), IsOk());
    EXPECT_THAT(parse_master_key("00"), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(parse_master_key(""), FailsWith(ErrorCode::invalid_argument));
}

TEST(MasterKey, IsMadeOnceBesideTheDataForItsOwnerOnly) {
    const testing::TemporaryDirectory directory;
    SystemRandom random;
    const MasterKeySource source{{}, std::nullopt, directory.path()};
    const auto made = load_master_key(source, random);
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(made->beside_data);
    EXPECT_EQ(std::filesystem::status(made->made_at).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto again = load_master_key(source, random);
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ(again->key, made->key);
    EXPECT_TRUE(again->made_at.empty());
}

TEST(MasterKey, ComesFromAFileThatOnlyItsOwnerReads) {
    const testing::TemporaryDirectory directory;
    SystemRandom random;
    const auto file = directory.path() / "key";
    ASSERT_THAT(write_private_file(file, zeros), IsOk());
    const MasterKeySource source{file, std::nullopt, directory.path()};
    ASSERT_THAT(load_master_key(source, random), IsOk());
    EXPECT_FALSE(load_master_key(source, random)->beside_data);
    ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
    EXPECT_THAT(load_master_key(source, random), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(
        load_master_key({directory.path() / "none", std::nullopt, directory.path()}, random),
        FailsWith(ErrorCode::io_error));
}

TEST(MasterKey, ComesFromTheEnvironmentBeforeOneIsMade) {
    const testing::TemporaryDirectory directory;
    SystemRandom random;
    const auto loaded = load_master_key({{}, zeros, directory.path()}, random);
    ASSERT_THAT(loaded, IsOk());
    EXPECT_EQ(loaded->key, MasterKey{});
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "master.key"));
}

TEST(MasterKey, GivesEachPurposeAKeyOfItsOwn) {
    EXPECT_EQ(derived_key(MasterKey{}, "a").size(), 32U);
    EXPECT_NE(derived_key(MasterKey{}, "a"), derived_key(MasterKey{}, "b"));
}

}  // namespace
}  // namespace assay::tools
