// Windows-1252 in UTF-8, and blanks beyond ASCII.
// SPDX-License-Identifier: MIT
#include "engine/batch/text_encoding.hpp"

#include <gtest/gtest.h>

#include "engine/base/utf8.hpp"

namespace assay::engine {
namespace {

std::string in_utf8(std::string_view bytes) {
    std::string out;
    append_latin1(out, bytes);
    return out;
}

TEST(TextEncoding, ReadsWindows1252AsBrowsersDo) {
    EXPECT_EQ(in_utf8("K\xe4se 5 \x80"), "K\xc3\xa4se 5 \xe2\x82\xac");  // a umlaut, the euro sign
    EXPECT_EQ(in_utf8("\x93x\x94"), "\xe2\x80\x9cx\xe2\x80\x9d");        // typographic quotes
    EXPECT_EQ(in_utf8("\xff\x9f"), "\xc3\xbf\xc5\xb8");
}

TEST(TextEncoding, EveryByteBecomesOneCharacterOfUtf8) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text = in_utf8(std::string(1, static_cast<char>(byte)));
        EXPECT_TRUE(is_utf8(text)) << byte;
        EXPECT_FALSE(text.empty()) << byte;
        EXPECT_EQ(text.size() == 1, byte < 0x80) << byte;
    }
}

TEST(TextEncoding, BlanksComeOffBothEndsWhateverTheirKind) {
    EXPECT_EQ(trim_blanks("\xef\xbb\xbf\xc2\xa0 \ta b\r\n\xe2\x80\xaf"), "a b");
    EXPECT_EQ(trim_blanks("plain"), "plain");
    EXPECT_EQ(trim_blanks("\xc3\xa4"), "\xc3\xa4");
    EXPECT_EQ(trim_blanks(" \xc2\xa0"), "");
    EXPECT_EQ(trim_blanks(""), "");
}

}  // namespace
}  // namespace assay::engine
