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

}  // namespace
}  // namespace assay
