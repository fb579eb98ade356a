// How titles are brought to their normal form, and into which tokens it falls.
// SPDX-License-Identifier: MIT
#include "engine/analysis/title_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/analysis/html_entities.hpp"
#include "engine/analysis/title_tokens.hpp"
#include "engine/analysis/unicode_folding.hpp"
#include "engine/base/utf8.hpp"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string normal(std::string_view raw, std::string_view language = {}) {
    TextBuffer out;
    normalise_text(raw, decimal_mark_of(language), out);
    return std::string(out.view());
}

std::string folded(std::string_view raw) {
    TextBuffer out;
    fold_unicode(raw, out);
    return std::string(out.view());
}

std::string folded_by_library(std::string_view raw) {
    TextBuffer out;
    fold_unicode_by_library(raw, out);
    return std::string(out.view());
}

TEST(HtmlEntities, NamesAndNumbersAreDecoded) {
    const auto decoded = [](std::string_view text) {
        TextBuffer out;
        decode_entities(text, out);
        return std::string(out.view());
    };
    EXPECT_EQ(decoded("Mario &amp; Luigi"), "Mario & Luigi");
    EXPECT_EQ(decoded("&lt;b&gt;&quot;x&apos;"), "<b>\"x'");
    EXPECT_EQ(decoded("caf&eacute; &#233; &#xE9; &#Xe9;"),
              "caf\xC3\xA9 \xC3\xA9 \xC3\xA9 \xC3\xA9");
    EXPECT_EQ(decoded("&AElig;&zwnj;"), "\xC3\x86\xE2\x80\x8C") << "the first and the last name";
    EXPECT_EQ(decoded("&NotEqualTilde;"), "\xE2\x89\x82\xCC\xB8") << "two characters";
    EXPECT_EQ(decoded("&#x1F600;"), "\xF0\x9F\x98\x80");
    EXPECT_EQ(decoded("14&amp;quot; TV"), "14\" TV") << "escaped twice";
}

TEST(HtmlEntities, WhatIsNoneStaysAsItIs) {
    for (const char* text : {"AT&T; R&D", "&;", "&nosuch;", "&#0;", "&#xD800;", "&#x110000;",
                             "&#99999999999999999999;", "&", "&amp", "a & b; c"}) {
        TextBuffer out;
        decode_entities(text, out);
        EXPECT_EQ(out.view(), text);
    }
}

TEST(UnicodeFolding, TheShortWayAgreesWithTheLibrary) {
    for (std::uint32_t code = 0x80; code < 0x2200; ++code) {
        std::string text = "a";
        if (code < 0x800) {
            text += static_cast<char>(0xC0U | code >> 6);
        } else {
            text += static_cast<char>(0xE0U | code >> 12);
            text += static_cast<char>(0x80U | (code >> 6 & 0x3FU));
        }
        text += static_cast<char>(0x80U | (code & 0x3FU));
        text += "b";
        EXPECT_EQ(folded(text), folded_by_library(text)) << std::hex << code;
    }
}

TEST(UnicodeFolding, WritingsOfOneTextBecomeOne) {
    EXPECT_EQ(folded("stra\xC3\x9F"
                     "e"),
              "strasse");
    EXPECT_EQ(folded("\xEF\xBC\xB3\xEF\xBD\x8F\xEF\xBD\x8E\xEF\xBD\x99"), "sony") << "full width";
    EXPECT_EQ(folded("u\xCC\x88"
                     "ber"),
              "\xC3\xBC"
              "ber")
        << "composed";
    EXPECT_EQ(folded("\xEF\xAC\x81lter"), "filter") << "a ligature";
    EXPECT_EQ(folded("so\xC2\xADny"), folded("sony")) << "a soft hyphen";
    EXPECT_EQ(folded("Nintendo\xE2\x84\xA2 Wii\xC2\xAE"), "Nintendo  Wii ");
    EXPECT_EQ(folded("\xF0\x9F\x94\xA5 hot \xE2\x9C\x85"), "  hot  ") << "pictures say nothing";
}

TEST(TitleText, DecorationGoes) {
    EXPECT_EQ(normal("~~ L@@K *-- Nintendo Wii --* L@@K!! ~~"), "nintendo wii");
    EXPECT_EQ(normal("***NEW*** Sony   TV...."), "new sony tv");
    EXPECT_EQ(normal("\x01"
                     "Sony\tTV\n"),
              "sony tv");
    EXPECT_EQ(normal(""), "");
    EXPECT_EQ(normal("!!!"), "");
    EXPECT_EQ(normal("Visual C++ 6.0"), "visual c++ 6.0");
}

TEST(TitleText, EntitiesAreDecodedFirst) {
    EXPECT_EQ(normal("Mario Kart Wii &amp; Wheel"), "mario kart wii & wheel");
    EXPECT_EQ(normal("14&quot; Monitor"), "14in monitor");
    EXPECT_EQ(normal("L&#39;Or&eacute;al"),
              "lor\xC3\xA9"
              "al");
}

TEST(TitleText, QuotesAndInchMarksAreUnified) {
    for (const char* title :
         {"14\" TV", "14'' TV", "14\xE2\x80\x9D TV", "14\xE2\x80\xB3 TV", "14 inch TV",
          "14-Inch TV", "14 inches TV", "14 Zoll TV", "14in TV", "14\"TV"}) {
        EXPECT_EQ(normal(title), "14in tv") << title;
    }
    EXPECT_EQ(normal("15.4\" TFT"), "15.4in tft");
    EXPECT_EQ(normal("new in box 4 in 1"), "new in box 4 in 1") << "a word";
    EXPECT_EQ(normal("Noah\xE2\x80\x99s Ark"), "noahs ark");
    EXPECT_EQ(normal("\xE2\x80\x9EWindows 7\xE2\x80\x9C"), "windows 7");
    EXPECT_EQ(normal("\"quoted\" words"), "quoted words");
    EXPECT_EQ(normal("6' cable"), "6ft cable");
}

TEST(TitleText, UnitsJoinTheirNumber) {
    EXPECT_EQ(normal("64 GB"), "64gb");
    EXPECT_EQ(normal("64 Gigabyte"), "64gb");
    EXPECT_EQ(normal("500 Watts, 220 Volt"), "500w, 220v");
    EXPECT_EQ(normal("10 Megapixel"), "10mp");
    EXPECT_EQ(normal("2.4 GHz"), "2.4ghz");
    EXPECT_EQ(normal("500watts"), "500w");
    EXPECT_EQ(normal("20 x 30 cm"), "20 x 30cm");
    EXPECT_EQ(normal("S10 gb"), "s10 gb") << "the number belongs to a name";
    EXPECT_EQ(normal("MX-5 Volt"), "mx-5 volt");
    EXPECT_EQ(normal("4 pieces"), "4 pieces");
    EXPECT_EQ(normal("5 black cats"), "5 black cats");
}

TEST(TitleText, ACommaMeansWhatTheLanguageSays) {
    EXPECT_EQ(normal("2,5 l", "de"), "2.5l");
    EXPECT_EQ(normal("1.200 W", "de"), "1200w");
    EXPECT_EQ(normal("1.234.567 Teile", "de-AT"), "1234567 teile");
    EXPECT_EQ(normal("0,750 l", "de"), "0.750l");
    EXPECT_EQ(normal("1,200 W", "en"), "1200w");
    EXPECT_EQ(normal("1,234,567 pieces", "en"), "1234567 pieces");
    EXPECT_EQ(normal("1.200 W", "en"), "1.200w");
    EXPECT_EQ(normal("2,5 l"), "2.5l") << "no language";
    EXPECT_EQ(normal("1,200 W"), "1200w") << "no language";
    EXPECT_EQ(normal("black,white"), "black,white");
}

TEST(TitleText, TakesAnyBytesAndStaysUtf8) {
    std::string bytes;
    for (int i = 0; i < 9000; ++i)
        bytes.push_back(static_cast<char>(i * 131 % 256));
    for (std::size_t size = 0; size < bytes.size(); size += 61) {
        const std::string text = normal(std::string_view(bytes).substr(size));
        EXPECT_TRUE(is_utf8(text));
        EXPECT_LE(text.size(), text_bytes_max);
    }
    std::string long_one;  // one character that NFKC writes as 18
    while (long_one.size() < text_bytes_max)
        long_one += "\xEF\xB7\xBA";
    EXPECT_TRUE(is_utf8(normal(long_one)));
    EXPECT_FALSE(normal(long_one).empty());
}

TEST(TitleText, IsItsOwnNormalForm) {
    for (const char* title : {"Sony WH-1000XM4 (black) & case, 2.5 l",
                              "T-Shirt Gr\xC3\xB6\xC3\x9F"
                              "e XL",
                              "4 x 50 ml, 14\" TV"}) {
        EXPECT_EQ(normal(normal(title)), normal(title));
    }
}

std::string token_text(std::string_view title) {
    TextBuffer out;
    normalise_text(title, DecimalMark::unknown, out);
    TokenList list;
    list.read(out.view());
    std::string text;
    for (const TitleToken& token : list.tokens()) {
        constexpr const char* kinds[] = {"", "#", "~", "=", "!"};
        text += std::string(text.empty() ? "" : " ") + kinds[static_cast<int>(token.kind)] +
                std::string(token.key);
    }
    return text;
}

TEST(TitleTokens, KindsAreTold) {  // # number, ~ measure, = part number, ! model
    EXPECT_EQ(token_text("Sony Turntable - PSLX350H"), "sony turntable !pslx350h");
    EXPECT_EQ(token_text("WH-1000XM4"), "!wh1000xm4 wh 1000xm4");
    EXPECT_EQ(token_text("MB470LL/A"), "!mb470lla mb470ll");
    EXPECT_EQ(token_text("Garmin 010-00715-20"), "garmin =0100071520");
    EXPECT_EQ(token_text("Sirius 14240"), "sirius =14240");
    EXPECT_EQ(token_text("64 GB 1080p 2.4 GHz 20x30cm"), "~64gb ~1080p ~2.4ghz ~20x30cm");
    EXPECT_EQ(token_text("Acrobat 7.0"), "acrobat #7");
    EXPECT_EQ(token_text("Acrobat v7"), "acrobat #7");
    EXPECT_EQ(token_text("Photoshop CS3, Office 2007"), "photoshop #cs3 office #2007");
    EXPECT_EQ(token_text("Windows7 PlayStation3"), "#windows7 #playstation3");
    EXPECT_EQ(token_text("black/silver all-in-one"), "black silver all in one");
    EXPECT_EQ(token_text("24-Port 3-in-1 10/100"), "#24 port #3 in #1 #10 #100");
    EXPECT_EQ(token_text("DVD-8100"), "!dvd8100 dvd 8100");
    EXPECT_EQ(token_text("Galaxy S21+"), "galaxy #s21+");
    EXPECT_EQ(token_text("802.11n 1000Base-T"), "#802 #11n ~1000base t");
}

TEST(TitleTokens, EndsWhereATitleEnds) {
    std::string words;
    for (int i = 0; i < 500; ++i)
        words += "word" + std::to_string(i * 7919) + " ";
    TextBuffer out;
    normalise_text(words, DecimalMark::unknown, out);
    TokenList list;
    list.read(out.view());
    EXPECT_EQ(list.tokens().size(), TokenList::tokens_max);
    list.read("");
    EXPECT_THAT(list.tokens(), IsEmpty());
    list.read("a-b");
    EXPECT_THAT(list.atoms(), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace assay::engine
