// Columns as terminals count them, cuts that never split a character, text made safe.
// SPDX-License-Identifier: MIT
#include "tools/cli/text_width.hpp"

#include <gtest/gtest.h>

#include "engine/base/utf8.hpp"

namespace assay::tools {
namespace {

TEST(DisplayWidth, CountsWideCharactersTwiceAndCombiningOnesNever) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("Größe XL"), 8U);
    EXPECT_EQ(display_width("ソニー"), 6U);
    EXPECT_EQ(display_width("e\u0301"), 1U) << "e with a combining accent";
    EXPECT_EQ(display_width("📦"), 2U);
    EXPECT_EQ(display_width("\xff\xfe"), 2U) << "what is no UTF-8 is shown as a mark a byte";
}

TEST(CutTo, KeepsWholeCharactersAndSaysThatSomethingIsMissing) {
    EXPECT_EQ(cut_to("kettle", 6), "kettle");
    EXPECT_EQ(cut_to("kettles", 6), "kettl…");
    EXPECT_EQ(cut_to("ソニー製品", 6), "ソニ…") << "half a wide character does not fit";
    EXPECT_EQ(cut_to("a kettle", 3), "a…") << "no blank before the ellipsis";
    EXPECT_EQ(cut_to("kettle", 0), "");
    const std::string text = "aソe\u0301📦Größe";
    for (std::size_t columns = 0; columns < 20; ++columns) {
        EXPECT_LE(display_width(cut_to(text, columns)), columns);
        EXPECT_TRUE(is_utf8(cut_to(text, columns)));
    }
}

TEST(Pad, FillsUpToColumnsNotBytes) {
    EXPECT_EQ(pad_right("ソ", 4), "ソ  ");
    EXPECT_EQ(pad_left("ö", 3), "  ö");
    EXPECT_EQ(pad_right("long", 2), "long");
}

TEST(Printable, LetsNothingReachTheTerminalThatSteersIt) {
    EXPECT_EQ(printable("ok\x1b[31m\r\n"), "ok?[31m  ");
    EXPECT_EQ(printable("a\tb\x7f"), "a b?");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m"),
              "?31m")
        << "the one-byte form of an escape sequence";
    EXPECT_EQ(printable("\xff"), "?");
    EXPECT_EQ(printable("abc\u202Edcb"), "abc?dcb") << "text that would run backwards";
    EXPECT_EQ(printable("\u200ESony"), "Sony") << "a mark of direction, as web shops add them";
    EXPECT_EQ(printable("Größe ソニー"), "Größe ソニー");
}

}  // namespace
}  // namespace assay::tools
