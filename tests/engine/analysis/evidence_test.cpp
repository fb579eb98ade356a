// Numbers in evidence: the same text for the same number, whatever its last bits.
// SPDX-License-Identifier: MIT
#include "engine/analysis/evidence.hpp"

#include <gtest/gtest.h>

namespace assay::engine {
namespace {

std::string thousandths(double number) {
    std::string text;
    append_thousandths(text, number);
    return text;
}

TEST(EvidenceNumbers, AreWrittenToTheThousandth) {
    EXPECT_EQ(thousandths(0), "0");
    EXPECT_EQ(thousandths(0.3), "0.3");
    EXPECT_EQ(thousandths(0.1 + 0.2), "0.3");
    EXPECT_EQ(thousandths(13.0999), "13.1");
    EXPECT_EQ(thousandths(7.8049), "7.805");
    EXPECT_EQ(thousandths(-0.25), "-0.25");
    EXPECT_EQ(thousandths(-3), "-3");
    EXPECT_EQ(thousandths(-0.0001), "0");
    EXPECT_EQ(thousandths(0.05), "0.05");
    EXPECT_EQ(thousandths(0.005), "0.005");
    EXPECT_EQ(thousandths(1000), "1000");
    EXPECT_EQ(thousandths(123456789012.5), "123456789012.5");
}

TEST(EvidenceNumbers, AreWrittenWhole) {
    std::string text;
    append_number(text, -42);
    EXPECT_EQ(text, "-42");
}

}  // namespace
}  // namespace assay::engine
