// Hexadecimal and base64, there and back, and what is refused.
// SPDX-License-Identifier: MIT
#include "engine/base/encoding.hpp"

#include <gtest/gtest.h>

#include "engine/base/random.hpp"
#include "tests/support/matchers.hpp"

namespace assay {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(EncodingTest, Base64HasTheVectorsOfRfc4648) {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(to_base64(bytes), text);
        const auto read = from_base64(text);
        ASSERT_THAT(read, IsOk()) << text;
        EXPECT_EQ(*read, bytes);
    }
}

TEST(EncodingTest, Base64RefusesWhatAnotherReaderMightTakeDifferently) {
    for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm9v=", "Zm 9",
                             "Zm9-", "Zm9_", "Zg==Zg==", "Zm9v\n", "=Zg=", "Z=g="}) {
        EXPECT_THAT(from_base64(text), FailsWith(ErrorCode::invalid_argument)) << text;
    }
}

TEST(EncodingTest, HexIsLowerCaseAndReadsBoth) {
    EXPECT_EQ(to_hex(std::string("\x00\x9f\xff", 3)), "009fff");
    EXPECT_EQ(*from_hex("009FfF"), std::string("\x00\x9f\xff", 3));
    EXPECT_THAT(from_hex("0"), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(from_hex("0g"), FailsWith(ErrorCode::invalid_argument));
}

TEST(EncodingTest, RandomBytesComeBack) {
    SeededRandom random(4);
    for (std::size_t size = 0; size < 300; ++size) {
        std::string bytes(size, '\0');
        random.fill(std::as_writable_bytes(std::span(bytes)));
        ASSERT_EQ(*from_hex(to_hex(bytes)), bytes);
        ASSERT_EQ(*from_base64(to_base64(bytes)), bytes);
        ASSERT_EQ(to_base64(bytes).size(), base64_size(size));
    }
}

}  // namespace
}  // namespace assay
