// Ed25519: the vectors of RFC 8032, and keys that are refused.
// SPDX-License-Identifier: MIT
#include "notify/sign/ed25519.hpp"

#include <gtest/gtest.h>

#include "engine/base/encoding.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using testing::IsOk;

struct Vector {
    std::string_view seed, key, message, signature;
};
// RFC 8032, 7.1, tests 1 to 3.
constexpr Vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"}};

std::string bytes_of(std::string_view hex) {
    return from_hex(hex).value();
}

TEST(Ed25519, SignsAndVerifiesThePublishedVectors) {
    for (const Vector& vector : vectors) {
        const auto key = Ed25519Key::from_private(bytes_of(vector.seed));
        ASSERT_THAT(key, IsOk());
        const std::string message = bytes_of(vector.message);
        EXPECT_EQ(to_hex(key->sign({message})), vector.signature);
        const auto shared = Ed25519Key::from_public(bytes_of(vector.key));
        ASSERT_THAT(shared, IsOk());
        EXPECT_TRUE(shared->verify(message, bytes_of(vector.signature)));
        EXPECT_FALSE(shared->verify(message + "x", bytes_of(vector.signature)));
        std::string changed = bytes_of(vector.signature);
        changed[40] = static_cast<char>(changed[40] ^ 1);
        EXPECT_FALSE(shared->verify(message, changed));
        EXPECT_FALSE(shared->verify(message, ""));
    }
}

TEST(Ed25519, PartsAreSignedAsOneText) {
    const auto key = Ed25519Key::from_private(bytes_of(vectors[0].seed));
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ(key->sign({"a", "", "bc"}), key->sign({"abc"}));
}

TEST(Ed25519, ThePublicHalfBehindTheSeedHasToBeItsOwn) {
    const std::string seed = bytes_of(vectors[0].seed);
    EXPECT_THAT(Ed25519Key::from_private(seed + bytes_of(vectors[0].key)), IsOk());
    EXPECT_THAT(Ed25519Key::from_private(seed + bytes_of(vectors[1].key)),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(Ed25519, KeysOfAnotherLengthAreRefused) {
    for (const std::size_t size : {0U, 31U, 33U, 63U, 65U}) {
        EXPECT_THAT(Ed25519Key::from_private(std::string(size, 'a')),
                    FailsWith(ErrorCode::invalid_argument));
        EXPECT_THAT(Ed25519Key::from_public(std::string(size, 'a')),
                    FailsWith(ErrorCode::invalid_argument));
    }
}

}  // namespace
}  // namespace assay::notify
