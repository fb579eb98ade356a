// API keys: made, checked, ended, and never readable again.
// SPDX-License-Identifier: MIT
#include "tools/api/key_store.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::tools {
namespace {

using namespace std::chrono_literals;
using testing::FailsWith;
using testing::IsOk;

class KeyStoreTest : public ::testing::Test {
  protected:
    KeyStoreTest() { open(); }
    void open() {
        keys.reset();
        writer.reset();
        database.reset();
        database =
            *engine::Database::open({directory.path() / "data", false, {}}, KeyStore::migrations());
        writer = std::make_unique<engine::Writer>(*database, clock);
        keys = std::make_unique<KeyStore>(*database, *writer, clock, random);
        EXPECT_THAT(keys->load(), IsOk());
    }
    KeyStore::Created make(std::vector<Scope> scopes, const char* tenant = "default",
                           std::optional<TimePoint> expires = std::nullopt) {
        auto created = keys->make(TenantId(tenant), "test", std::move(scopes), expires);
        EXPECT_THAT(keys->add(created.key), IsOk());
        return created;
    }
    Result<std::shared_ptr<const ApiKey>> check(const std::string& text) {
        const std::string header = "Bearer " + text;
        return keys->check(&header);
    }

    testing::TemporaryDirectory directory;
    testing::ManualClock clock;
    SystemRandom random;
    std::unique_ptr<engine::Database> database;
    std::unique_ptr<engine::Writer> writer;
    std::unique_ptr<KeyStore> keys;
};

TEST_F(KeyStoreTest, AKeyOpensWhatItsScopesSay) {
    EXPECT_TRUE(keys->empty());
    const auto created = make({Scope::submit, Scope::read});
    EXPECT_THAT(created.text, ::testing::MatchesRegex("ak_[0-9a-f]{32}\\.[0-9a-f]{64}"));
    const auto key = check(created.text);
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ((*key)->tenant, TenantId("default"));
    EXPECT_TRUE((*key)->allows(Scope::read));
    EXPECT_FALSE((*key)->allows(Scope::manage));
    EXPECT_TRUE((*check(make({Scope::admin}).text))->allows(Scope::manage));
}

TEST_F(KeyStoreTest, AnUnknownIdAndAWrongSecretGetTheSameAnswer) {
    const auto created = make({Scope::read});
    std::string wrong_secret = created.text;
    wrong_secret.back() = wrong_secret.back() == '0' ? '1' : '0';
    std::string unknown_id = created.text;
    unknown_id[3] = unknown_id[3] == '0' ? '1' : '0';
    const auto first = check(wrong_secret);
    const auto second = check(unknown_id);
    EXPECT_THAT(first, FailsWith(ErrorCode::unauthorized));
    ASSERT_FALSE(second);
    EXPECT_EQ(first.error(), second.error());
    EXPECT_THAT(keys->check(nullptr), FailsWith(ErrorCode::unauthorized));
    for (const std::string& text : {std::string(), std::string("x"), created.key.id.text(),
                                    created.text + "0", created.text.substr(0, 99)})
        EXPECT_THAT(check(text), FailsWith(ErrorCode::unauthorized)) << text;
}

TEST_F(KeyStoreTest, KeysSurviveARestartAndRevokedOnesDoNot) {
    const auto kept = make({Scope::manage});
    const auto ended = make({Scope::read});
    EXPECT_THAT(keys->revoke(TenantId("default"), ended.key.id), IsOk());
    EXPECT_THAT(check(ended.text), FailsWith(ErrorCode::unauthorized));
    EXPECT_THAT(keys->revoke(TenantId("default"), ended.key.id), FailsWith(ErrorCode::not_found));
    open();
    ASSERT_THAT(check(kept.text), IsOk());
    EXPECT_TRUE((*check(kept.text))->allows(Scope::manage));
    EXPECT_THAT(check(ended.text), FailsWith(ErrorCode::unauthorized));
}

TEST_F(KeyStoreTest, AnExpiredKeyOpensNothing) {
    const auto created = make({Scope::read}, "default", clock.now() + 1h);
    EXPECT_THAT(check(created.text), IsOk());
    clock.advance(1h);
    EXPECT_THAT(check(created.text), FailsWith(ErrorCode::unauthorized));
}

TEST_F(KeyStoreTest, ATenantSeesAndEndsOnlyItsOwnKeys) {
    make({Scope::read});
    const auto other = make({Scope::read}, "other");
    EXPECT_EQ(keys->list(TenantId("default")).size(), 1U);
    EXPECT_THAT(keys->revoke(TenantId("default"), other.key.id), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(keys->tenants(), ::testing::ElementsAre(TenantId("default"), TenantId("other")));
}

TEST_F(KeyStoreTest, TheSecretIsNowhereOnDisk) {
    const auto created = make({Scope::read});
    const std::string secret = created.text.substr(created.text.find('.') + 1);
    keys.reset();
    writer.reset();
    database.reset();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path();
    }
}

}  // namespace
}  // namespace assay::tools
