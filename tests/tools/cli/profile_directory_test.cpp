// A directory of the user's own profiles: known beside ours, refused with file and reason.
// SPDX-License-Identifier: MIT
#include "tools/cli/profile_directory.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class ProfileDirectory : public ::testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) {
        std::ofstream(directory_.path() / name, std::ios::binary) << text;
    }
    static std::string profile(const std::string& name, const std::string& layout = "body_hex") {
        return R"({"name":")" + name + R"(","version":1,"source":"ours","envelope":"ztrace",
            "content_type":"application/json",
            "signature":{"layout":")" +
               layout + R"(","header":"X-Acme-Signature","old_secret_last":true},
            "secret":"required","headers":{},"success":"any_2xx","response":"kept",
            "timeout_ms":10000,
            "retry":{"delays_s":[30],"jitter_percent":20,"honours_retry_after":false,
                     "gone_disables":false},
            "events":[],"accepts_published_types":true})";
    }
    auto load() const { return load_profiles_with(directory_.path().string()); }

    testing::TemporaryDirectory directory_;
};

TEST_F(ProfileDirectory, WithoutOneOursHold) {
    const auto book = load_profiles_with("");
    ASSERT_THAT(book, IsOk());
    EXPECT_EQ((*book)->names(), notify::built_in_book().names());
    EXPECT_THAT(find_signing_profile(**book, "ztrace"), IsOk());
    const auto unknown = find_signing_profile(**book, "acme");
    ASSERT_THAT(unknown, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(unknown.error().remedy, HasSubstr("standard-webhooks"));
}

TEST_F(ProfileDirectory, AddsItsFilesInTheOrderOfTheirNames) {
    write("b.json", profile("beta"));
    write("a.json", profile("alpha"));
    write("notes.txt", "not read");
    const auto book = load();
    ASSERT_THAT(book, IsOk());
    EXPECT_THAT((*book)->names(), ::testing::EndsWith("email, alpha, beta"));
    EXPECT_EQ((*find_signing_profile(**book, "beta"))->signature.signature_header,
              "X-Acme-Signature");
}

TEST_F(ProfileDirectory, NamesTheFileAndItsFault) {
    write("acme.json", profile("acme", "rot13"));
    const auto book = load();
    ASSERT_THAT(book, FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(book.error().message, HasSubstr("acme.json"));
    EXPECT_EQ(book.error().field, "/signature/layout");
}

TEST_F(ProfileDirectory, RefusesANameThatIsTaken) {
    write("mine.json", profile("ztrace"));
    EXPECT_THAT(load(), FailsWith(ErrorCode::invalid_argument));
}

TEST_F(ProfileDirectory, RefusesWhatIsNoDirectoryOrHoldsNothingOrTooMuch) {
    EXPECT_THAT(load(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(load_profiles_with("/nowhere/at/all"), FailsWith(ErrorCode::invalid_argument));
    write("large.json", std::string(64 * 1024 + 1, ' '));
    EXPECT_THAT(load(), FailsWith(ErrorCode::payload_too_large));
}

}  // namespace
}  // namespace assay::tools
