// Secrets: what is taken, what is shown, what is left behind.
// SPDX-License-Identifier: MIT
#include "notify/sign/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "engine/base/encoding.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using testing::IsOk;

Secret secret_of(std::string_view text) {
    Result<Secret> secret = Secret::parse(text);
    EXPECT_THAT(secret, IsOk());
    return std::move(secret).value();
}

TEST(Secret, TakesPrintableTextOf16To256Characters) {
    EXPECT_THAT(Secret::parse(std::string(15, 'a')), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(Secret::parse(std::string(16, 'a')), IsOk());
    EXPECT_THAT(Secret::parse(std::string(256, 'a')), IsOk());
    EXPECT_THAT(Secret::parse(std::string(257, 'a')), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(Secret::parse(""), FailsWith(ErrorCode::invalid_argument));
}

TEST(Secret, RefusesControlCharactersAndBytesBeyondAscii) {
    for (const char bad : {'\t', '\n', '\r', '\0', '\x1f', '\x7f', '\x80', '\xff'}) {
        std::string text(20, 'a');
        text[7] = bad;
        const Result<Secret> secret = Secret::parse(text);
        ASSERT_THAT(secret, FailsWith(ErrorCode::invalid_argument)) << static_cast<int>(bad);
        EXPECT_EQ(secret.error().field, "secret");
    }
}

TEST(Secret, MayHoldSpacesButNotAtItsEnds) {
    EXPECT_THAT(Secret::parse("It's a Secret to Everybody"), IsOk());
    for (const auto* text : {" a secret with a space before", "a secret with one behind "})
        EXPECT_THAT(Secret::parse(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

TEST(Secret, KeysOfEd25519AreDecodedBehindTheirOwnPrefix) {
    const Secret key = secret_of("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
    EXPECT_TRUE(key.is_public_key());
    EXPECT_FALSE(key.is_private_key());
    ASSERT_THAT(key.decoded_key(), IsOk());
    EXPECT_EQ(key.decoded_key()->size(), 32U);
    EXPECT_THAT(key.decoded(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(secret_of("whsk_not_base64_at_all").decoded_key(),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").decoded_key(),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(Secret, ErrorsNeverQuoteTheText) {
    const std::string text = "verysecretvalue\twithtab";
    const Result<Secret> secret = Secret::parse(text);
    ASSERT_FALSE(secret);
    EXPECT_EQ(describe(secret.error()).find("verysecret"), std::string::npos);
    const Result<std::string> key = secret_of("whsec_verysecret_not_base64").decoded();
    ASSERT_FALSE(key);
    EXPECT_EQ(describe(key.error()).find("verysecret"), std::string::npos);
}

TEST(Secret, PrintsAsStarsOnly) {
    std::ostringstream out;
    out << secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") << ' ' << Secret();
    EXPECT_EQ(out.str(), "*** (none)");
    EXPECT_EQ(::testing::PrintToString(secret_of("0123456789abcdef")), "***");
}

TEST(Secret, GeneratedOnesHold32RandomBytesBehindThePrefix) {
    SeededRandom random(1);
    const Secret first = Secret::generate(random);
    const Secret second = Secret::generate(random);
    EXPECT_TRUE(first.reveal().starts_with("whsec_"));
    EXPECT_EQ(first.reveal().size(), 6U + 44U);
    EXPECT_EQ(first.decoded().value().size(), 32U);
    EXPECT_FALSE(first == second);
    SeededRandom again(1);
    EXPECT_TRUE(first == Secret::generate(again));
    EXPECT_THAT(Secret::parse(first.reveal()), IsOk());
}

TEST(Secret, DecodedWantsThePrefixStandardBase64And24To64Bytes) {
    const auto with_bytes = [](std::size_t count) {
        return secret_of("whsec_" + to_base64(std::string(count, 'k')));
    };
    EXPECT_THAT(with_bytes(23).decoded(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(with_bytes(24).decoded(), IsOk());
    EXPECT_THAT(with_bytes(64).decoded(), IsOk());
    EXPECT_THAT(with_bytes(65).decoded(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(secret_of("WHSEC_" + to_base64(std::string(24, 'k'))).decoded(),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(secret_of("whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_").decoded(),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(secret_of("0123456789abcdef").decoded(), FailsWith(ErrorCode::invalid_argument));
}

TEST(Secret, CopiesAndMovesKeepTheTextAndEmptyTheSource) {
    Secret a = secret_of("0123456789abcdef");
    Secret copy(a);
    EXPECT_TRUE(copy == a);
    Secret moved(std::move(a));
    EXPECT_TRUE(moved == copy);
    EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is the promise
    a = moved;
    EXPECT_TRUE(a == copy);
    copy = std::move(a);
    EXPECT_TRUE(copy == moved);
    EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move)
    const Secret& alias = copy;
    copy = alias;
    EXPECT_TRUE(copy == moved);
}

}  // namespace
}  // namespace assay::notify
