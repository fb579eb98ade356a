// Header lines: what stands in them, and what never does.
// SPDX-License-Identifier: MIT
#include "notify/sign/header_lines.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

TEST(HeaderLines, StandAsTheyAreSent) {
    HeaderLines lines;
    lines.add("X-Number", "17");
    std::string& value = lines.begin("X-Signature");
    value += "t=1,";
    value += "v1=abc";
    lines.end();
    lines.add("X-Empty", "");
    EXPECT_EQ(lines.text(), "X-Number: 17\r\nX-Signature: t=1,v1=abc\r\nX-Empty: \r\n");
    EXPECT_THAT(lines.list(),
                ElementsAre(Header{"X-Number", "17"}, Header{"X-Signature", "t=1,v1=abc"},
                            Header{"X-Empty", ""}));
    EXPECT_THAT(lines.checked(), IsOk());
}

TEST(HeaderLines, WhatWouldBreakOutOfItsLineStaysOutAndIsRemembered) {
    const std::vector<Header> bad{{"X-Evil", "a\r\nHost: other"},
                                  {"X-Evil", "a\n"},
                                  {"X\r\nY", "a"},
                                  {"X Y", "a"},
                                  {"X:Y", "a"},
                                  {"", "a"},
                                  {"X-Nul", std::string("a\0b", 3)},
                                  {"X-High", "\xc3\xa9"},
                                  {"X-Long", std::string(4'097, 'v')}};
    for (const Header& header : bad) {
        HeaderLines lines;
        lines.add("X-Good", "1");
        lines.add(header.name, header.value);
        lines.add("X-Good-Too", "2");
        EXPECT_EQ(lines.text(), "X-Good: 1\r\nX-Good-Too: 2\r\n") << header.name;
        EXPECT_THAT(lines.checked(), FailsWith(ErrorCode::invalid_argument)) << header.name;
    }
}

TEST(HeaderLines, FramingIsNotTheirsToWrite) {
    for (const std::string name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION",
                                   "te", "Keep-Alive", "trailer", "Upgrade", "Expect"}) {
        HeaderLines lines;
        lines.add(name, "1");
        EXPECT_EQ(lines.text(), "") << name;
        ASSERT_THAT(lines.checked(), FailsWith(ErrorCode::invalid_argument)) << name;
        EXPECT_THAT(lines.checked().error().message, HasSubstr(name));
    }
}

TEST(HeaderLines, AFaultNamesTheHeaderButNeverItsValue) {
    HeaderLines lines;
    lines.add("X-Token", "secret\r\n");
    lines.add("bad name", "1");
    EXPECT_THAT(lines.checked().error().message, HasSubstr("X-Token")) << "the first one";
    EXPECT_THAT(lines.checked().error().message, Not(HasSubstr("secret")));
}

TEST(HeaderLines, AreNewAfterTheyWereCleared) {
    HeaderLines lines;
    lines.add("Host", "other");
    lines.add("X-Old", "1");
    lines.clear();
    EXPECT_THAT(lines.checked(), IsOk());
    lines.add("X-New", "2");
    EXPECT_EQ(lines.text(), "X-New: 2\r\n");
}

}  // namespace
}  // namespace assay::notify
