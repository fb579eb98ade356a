// Which bytes are UTF-8.
// SPDX-License-Identifier: MIT
#include "engine/base/utf8.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Utf8, TakesTextOfEveryLength) {
    for (const std::string_view text :
         {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x93\xa6", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
}

TEST(Utf8, RefusesOverlongSurrogateTooLargeAndCutForms) {
    for (const std::string_view bytes : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                                         "\xf4\x90\x80\x80", "\xc3", "\xe2\x82", "\x80", "a\xff"}) {
        EXPECT_FALSE(is_utf8(bytes)) << bytes.size();
    }
}

TEST(Utf8, IsCutBetweenCharacters) {
    EXPECT_EQ(whole_characters("plain", 5), "plain");
    EXPECT_EQ(whole_characters("plain", 4), "plai");
    EXPECT_EQ(whole_characters("a\xe2\x82\xac", 3), "a");
    EXPECT_EQ(whole_characters("a\xe2\x82\xac", 4), "a\xe2\x82\xac");
    EXPECT_EQ(whole_characters("\xe2\x82\xac", 0), "");
}

}  // namespace
}  // namespace assay
