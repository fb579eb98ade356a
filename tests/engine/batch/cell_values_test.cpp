// Tests of cells: formats, dates of both systems, numbers without lost digits.
// SPDX-License-Identifier: MIT
#include "engine/batch/cell_values.hpp"

#include <gtest/gtest.h>

namespace assay::engine {
namespace {

std::string shown(std::string_view stored, std::string_view format = "General",
                  const CellStyle& style = {}) {
    std::string out;
    append_number(out, stored, parse_number_format(format), style);
    return out;
}

TEST(CellValues, NumbersKeepTheirFifteenDigits) {
    EXPECT_EQ(shown("4006381333931"), "4006381333931");
    EXPECT_EQ(shown("4.006381333931E+12"), "4006381333931");
    EXPECT_EQ(shown("4.006381333931E12", "0.00E+00"), "4006381333931");
    EXPECT_EQ(shown("490154203237518"), "490154203237518") << "an IMEI";
    EXPECT_EQ(shown("999999999999999"), "999999999999999");
    EXPECT_EQ(shown("12.99"), "12.99");
    EXPECT_EQ(shown("12.990000000000002"), "12.99") << "a double's last bits are not shown";
    EXPECT_EQ(shown("1.1000000000000001"), "1.1");
    EXPECT_EQ(shown("-5"), "-5");
    EXPECT_EQ(shown("3.0"), "3.0");
    EXPECT_EQ(shown("1E2"), "100");
    EXPECT_EQ(shown("0"), "0");
}

TEST(CellValues, DigitsThatAreLostShowThatTheyAre) {
    EXPECT_EQ(shown("1234567890123450000"), "1.23456789012345e+18");
    EXPECT_EQ(shown("1E+15"), "1e+15");
    EXPECT_EQ(shown("1.5E-7"), "1.5e-07");
}

TEST(CellValues, WhatIsNoNumberStaysAsItIs) {
    for (const std::string_view text : {"NaN", "INF", "-inf", "1e999", "12 pcs", ""})
        EXPECT_EQ(shown(text), text);
}

TEST(CellValues, AFormatOfZerosKeepsLeadingZeros) {
    EXPECT_EQ(shown("45496901332", "000000000000"), "045496901332");
    EXPECT_EQ(shown("7", "00"), "07");
    EXPECT_EQ(shown("4006381333931", "0000"), "4006381333931");
    EXPECT_EQ(shown("7", "0"), "7");
    EXPECT_EQ(shown("7.5", "00"), "7.5");
}

TEST(CellValues, AFormatNamesTheCurrency) {
    EXPECT_EQ(shown("1299.5", "#,##0.00 \"\xe2\x82\xac\""), "1299.5 \xe2\x82\xac");
    EXPECT_EQ(shown("12", "[$\xe2\x82\xac-407] #,##0.00"), "12 \xe2\x82\xac");
    EXPECT_EQ(shown("12", "#,##0.00 [$EUR]"), "12 EUR");
    EXPECT_EQ(shown("12", "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00)"), "12 $");
    EXPECT_EQ(shown("12", "\\$0.00"), "12 $");
    EXPECT_EQ(shown("12", "[$XYZ] 0"), "12") << "no currency that anyone knows";
    EXPECT_EQ(shown("4006381333931", "$#,##0"), "4006381333931") << "an id, whatever its format";
}

TEST(CellValues, DatesComeFromTheirFormat) {
    EXPECT_EQ(shown("45413", "dd.mm.yyyy"), "2024-05-01");
    EXPECT_EQ(shown("45413", "[$-407]d. mmmm yyyy;@"), "2024-05-01");
    EXPECT_EQ(shown("45413.4375", "yyyy-mm-dd hh:mm"), "2024-05-01T10:30:00Z");
    EXPECT_EQ(shown("0.4375", "hh:mm"), "10:30:00");
    EXPECT_EQ(shown("45413.4375", "h:mm AM/PM"), "2024-05-01T10:30:00Z");
    EXPECT_EQ(shown("45413", "mmm"), "2024-05-01");
    EXPECT_EQ(shown("1", "yyyy"), "1900-01-01");
    EXPECT_EQ(shown("59", "yyyy"), "1900-02-28");
    EXPECT_EQ(shown("60", "yyyy"), "60") << "29 February 1900 never was";
    EXPECT_EQ(shown("61", "yyyy"), "1900-03-01");
    EXPECT_EQ(shown("2958465", "yyyy"), "9999-12-31");
    EXPECT_EQ(shown("2958466", "yyyy"), "2958466");
    EXPECT_EQ(shown("4006381333931", "yyyy"), "4006381333931");
    EXPECT_EQ(shown("-1", "yyyy"), "-1");
}

TEST(CellValues, TheSystemOf1904CountsFromItsOwnDay) {
    CellStyle style;
    style.dates_from_1904 = true;
    EXPECT_EQ(shown("0", "yyyy-mm-dd", style), "1904-01-01");
    EXPECT_EQ(shown("43951", "yyyy-mm-dd", style), "2024-05-01");
    EXPECT_EQ(shown("60", "yyyy-mm-dd", style), "1904-03-01");
}

TEST(CellValues, WhatOnlyLooksLikeADateIsNone) {
    for (const std::string_view format :
         {"General", "@", "0.00", "#,##0", "0%", "# ?/?", "0 \"days\"", "0 \\d", "[h]:mm:ss",
          "[Red]0", "\"Stk\" 0", "0.00E+00", ""}) {
        EXPECT_EQ(shown("45413", format).substr(0, 5), "45413") << format;
    }
}

TEST(CellValues, FormatsByNumberAloneAreKnown) {
    for (const int id : {14, 17, 22, 27, 36, 50, 58})
        EXPECT_EQ(builtin_number_format(id).kind, CellFormat::Kind::date) << id;
    for (const int id : {18, 21, 45, 47})
        EXPECT_EQ(builtin_number_format(id).kind, CellFormat::Kind::time) << id;
    for (const int id : {0, 1, 13, 23, 44, 46, 48, 59, 164, -1})
        EXPECT_EQ(builtin_number_format(id), CellFormat{}) << id;
}

TEST(CellValues, ThreeDecimalsAreNoThousandsWhereTextsUseAComma) {
    CellStyle style;
    style.decimal_comma = true;
    EXPECT_EQ(shown("1.299", "General", style), "1.2990");
    EXPECT_EQ(shown("1.29", "General", style), "1.29");
}

TEST(CellValues, EscapedCharactersAreThemselves) {
    const auto plain = [](std::string_view text) {
        std::string out;
        append_unescaped(out, text);
        return out;
    };
    EXPECT_EQ(plain("a_x000D_\nb"), "a\r\nb");
    EXPECT_EQ(plain("_x005F_x000D_"), "_x000D_");
    EXPECT_EQ(plain("_x0000_"), "_x0000_") << "NUL never";
    EXPECT_EQ(plain("_xD83D_"), "_xD83D_");
    EXPECT_EQ(plain("my_xbox_x1"), "my_xbox_x1");
    EXPECT_EQ(plain("_x000"), "_x000");
}

TEST(CellValues, ReferencesAreReadWithinASheet) {
    std::size_t column = 0;
    std::uint64_t row = 0;
    ASSERT_TRUE(parse_cell_reference("BC12", column, row));
    EXPECT_EQ(column, 54U);
    EXPECT_EQ(row, 12U);
    ASSERT_TRUE(parse_cell_reference("XFD1048576", column, row));
    EXPECT_EQ(column, 16'383U);
    for (const std::string_view wrong : {"", "A", "1", "A0", "A-1", "XFE1", "ZZZZZZZZZZZZZ1", "A1B",
                                         "A99999999999999999999", "$A$1"})
        EXPECT_FALSE(parse_cell_reference(wrong, column, row)) << wrong;
}

}  // namespace
}  // namespace assay::engine
