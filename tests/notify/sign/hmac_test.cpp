// HMAC-SHA256 against the published vectors, and what prepared keys promise.
// SPDX-License-Identifier: MIT
#include "notify/sign/hmac.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "engine/base/encoding.hpp"

namespace assay::notify {
namespace {

std::string hex_of(const Digest& digest) {
    return to_hex({digest.data(), digest.size()});
}

struct Rfc4231Case {
    std::string key, data, digest;
};

std::string counted(char first, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += static_cast<char>(first + static_cast<char>(i));
    return text;
}

// RFC 4231, sections 4.2 to 4.8; case 5 gives the first 128 bits only.
std::vector<Rfc4231Case> rfc_4231_cases() {
    return {
        {std::string(20, '\x0b'), "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'), std::string(50, '\xdd'),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counted(1, 25), std::string(50, '\xcd'),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(20, '\x0c'), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. "
         "The key needs to be hashed before being used by the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
}

TEST(Hmac, GivesTheDigestsOfRfc4231) {
    for (const Rfc4231Case& vector : rfc_4231_cases()) {
        const HmacKey key(vector.key);
        EXPECT_EQ(hex_of(key.sign({vector.data})).substr(0, vector.digest.size()), vector.digest);
    }
}

TEST(Hmac, SignsTheConcatenationOfItsPartsHoweverTheyAreCut) {
    const HmacKey key("Jefe");
    const std::string data = "what do ya want for nothing?";
    const std::string whole = hex_of(key.sign({data}));
    for (std::size_t cut = 0; cut <= data.size(); ++cut) {
        const std::string_view view = data;
        EXPECT_EQ(hex_of(key.sign({view.substr(0, cut), "", view.substr(cut)})), whole);
    }
}

TEST(Hmac, KeysAtTheBlockBorderAreTakenWhole) {
    // 64 bytes are used as they are, 65 are hashed first.
    EXPECT_NE(hex_of(HmacKey(std::string(64, 'k')).sign({"m"})),
              hex_of(HmacKey(std::string(65, 'k')).sign({"m"})));
    // A shorter key is padded with zeros (RFC 2104).
    EXPECT_EQ(hex_of(HmacKey("key").sign({"m"})),
              hex_of(HmacKey(std::string("key") + std::string(61, '\0')).sign({"m"})));
}

TEST(Hmac, AKeyCanBeMovedAndUsedAgainAndAgain) {
    HmacKey first("Jefe");
    const std::string expected = hex_of(first.sign({"m"}));
    HmacKey second(std::move(first));
    EXPECT_EQ(hex_of(second.sign({"m"})), expected);
    HmacKey third("another");
    third = std::move(second);
    EXPECT_EQ(hex_of(third.sign({"m"})), expected);
    EXPECT_EQ(hex_of(third.sign({"m"})), expected);
}

TEST(Hmac, ThreadsMayShareOneKey) {
    const HmacKey key("Jefe");
    const std::string expected = hex_of(key.sign({"m"}));
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 1'000; ++n)
                EXPECT_EQ(hex_of(key.sign({"m"})), expected);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

TEST(Hmac, ComparisonWantsEqualLengthAndEqualBytes) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST(Hmac, WipeLeavesNothingInTheBuffer) {
    std::string text = "a secret that is longer than the small string buffer";
    text.reserve(200);
    const char* buffer = text.data();
    const std::size_t size = text.size();
    wipe(text);
    EXPECT_TRUE(text.empty());
    ASSERT_EQ(text.data(), buffer);
    text.resize(size, '\0');  // makes the bytes readable again
    EXPECT_EQ(text, std::string(size, '\0'));
}

}  // namespace
}  // namespace assay::notify
