// Characters by their ASCII class.
// SPDX-License-Identifier: MIT
#include "engine/base/ascii.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Ascii, ClassesHoldTheirCharactersAndNoOthers) {
    int digits = 0, letters = 0, blanks = 0, hexadecimal = 0, changed = 0;
    for (int byte = -128; byte < 128; ++byte) {
        const char c = static_cast<char>(byte);
        digits += is_digit(c) ? 1 : 0;
        letters += is_letter(c) ? 1 : 0;
        blanks += is_blank(c) ? 1 : 0;
        hexadecimal += hex_value(c) >= 0 ? 1 : 0;
        changed += to_lower(c) != c ? 1 : 0;
    }
    EXPECT_EQ(digits, 10);
    EXPECT_EQ(letters, 52);
    EXPECT_EQ(blanks, 4);
    EXPECT_EQ(hexadecimal, 22);
    EXPECT_EQ(changed, 26);
    EXPECT_EQ(to_lower('Z'), 'z');
}

TEST(Ascii, HexDigitsHaveTheirValues) {
    for (int value = 0; value < 16; ++value) {
        EXPECT_EQ(hex_value("0123456789abcdef"[value]), value);
        EXPECT_EQ(hex_value("0123456789ABCDEF"[value]), value);
    }
    EXPECT_EQ(hex_value('g'), -1);
    EXPECT_EQ(hex_value('/'), -1);
}

TEST(Ascii, TrimTakesBlanksOffBothEnds) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim("\xc2\xa0x"), "\xc2\xa0x");  // a no-break space is no ASCII
}

}  // namespace
}  // namespace assay
