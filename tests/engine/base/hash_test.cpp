// XXH3: the values that stores and ids rest on never change.
// SPDX-License-Identifier: MIT
#include "engine/base/hash.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(HashTest, ValuesAreThoseOfXxh3) {
    EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);  // published for the empty input
    const Hash128 empty = hash128("");
    EXPECT_EQ(empty.high, 0x99aa06d3014798d8ULL);
    EXPECT_EQ(empty.low, 0x6001c324468d497fULL);
}

TEST(HashTest, SeedAndEveryBitCount) {
    EXPECT_EQ(hash64("assay", 0), hash64("assay"));
    EXPECT_NE(hash64("assay", 1), hash64("assay"));
    EXPECT_NE(hash64("assay"), hash64("assax"));
    EXPECT_NE(hash128("assay"), hash128("assax"));
}

}  // namespace
}  // namespace assay
