// Aligned columns.
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
}

TEST(UrlEncoded, LeavesOnlyWhatASegmentMayHold) {
    EXPECT_EQ(url_encoded("a-b_c.d~e"), "a-b_c.d~e");
    EXPECT_EQ(url_encoded("../x?y=1&z#\n"), "..%2fx%3fy%3d1%26z%23%0a");
}

TEST(Printable, LetsNoControlCharacterReachTheTerminal) {
    EXPECT_EQ(printable("ok\x1b[31m\r\n"), "ok?[31m??");
}

}  // namespace
}  // namespace assay::tools
