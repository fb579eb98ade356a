// Aligned columns, cut where a terminal is narrow.
// SPDX-License-Identifier: MIT
#include "tools/cli/table.hpp"

#include <gtest/gtest.h>

#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

TEST(Aligned, PadsColumnsByWhatPeopleSee) {
    EXPECT_EQ(aligned({{"ID", "NAME", "N"}, {"1", "Kücheneule", "2"}, {"22", "x", ""}}),
              "ID  NAME        N\n"
              "1   Kücheneule  2\n"
              "22  x\n");
    EXPECT_EQ(aligned({{"NAME", "N"}, {"ソニー", "1"}}),
              "NAME    N\n"
              "ソニー  1\n");
}

TEST(Aligned, PutsNumbersToTheRight) {
    EXPECT_EQ(aligned({{"N", "NAME"}, {"1,000", "x"}, {"7", "y"}}, {0, {}, {0}}),
              "    N  NAME\n"
              "1,000  x\n"
              "    7  y\n");
}

TEST(Aligned, CutsTheColumnsThatMayGiveWayTheLastOneFirst) {
    const std::vector<std::vector<std::string>> rows{
        {"ID", "EVENTS", "URL"}, {"wh_1", std::string(30, 'e'), std::string(30, 'u')}};
    EXPECT_EQ(aligned(rows, {60, {1, 2}, {}}),
              "ID    " + std::string("EVENTS") + std::string(26, ' ') + "URL\n" + "wh_1  " +
                  std::string(30, 'e') + "  " + std::string(21, 'u') + "…\n");
    EXPECT_EQ(aligned(rows, {200, {1, 2}, {}}).find("…"), std::string::npos);
}

TEST(Aligned, BecomesSmallBlocksWhereCuttingWouldLeaveNothingToRead) {
    const std::vector<std::vector<std::string>> rows{
        {"ID", "STATUS", "URL"},
        {std::string(36, 'i'), "completed", "https://example.com/a/long/path"},
        {std::string(36, 'j'), "", "https://b.example"}};
    EXPECT_EQ(aligned(rows, {60, {2}, {}}),
              std::string(36, 'i') +
                  "\n"
                  "  status completed  url https://example.com/a/long/path\n" +
                  std::string(36, 'j') +
                  "\n"
                  "  url https://b.example\n");
}

TEST(UrlEncoded, LeavesOnlyWhatASegmentMayHold) {
    EXPECT_EQ(url_encoded("a-b_c.d~e"), "a-b_c.d~e");
    EXPECT_EQ(url_encoded("../x?y=1&z#\n"), "..%2fx%3fy%3d1%26z%23%0a");
}

}  // namespace
}  // namespace assay::tools
