// The ids of a batch: each once, and the same names for the same rows.
// SPDX-License-Identifier: MIT
#include "engine/batch/id_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::engine {
namespace {

TEST(IdTable, TakesEachIdOnceAlsoAfterItHasGrown) {
    IdTable table(7);
    constexpr int many = 5'000;  // past the first table of 1,024 places
    for (int i = 0; i < many; ++i)
        EXPECT_TRUE(table.add("product " + std::to_string(i))) << i;
    for (int i = 0; i < many; ++i)
        EXPECT_FALSE(table.add("product " + std::to_string(i))) << i;
    EXPECT_TRUE(table.add(""));
    EXPECT_FALSE(table.add(""));
}

TEST(IdTable, NamesRowsTheSameWayUnderAnySeed) {
    IdTable one(1), other(2);
    const std::string first = one.name_row("a,b,c");
    const std::string second = one.name_row("a,b,c");
    EXPECT_NE(first, second);  // an identical row is another product
    EXPECT_EQ(other.name_row("a,b,c"), first);
    EXPECT_EQ(other.name_row("a,b,c"), second);
}

TEST(IdTable, ANameIsAUuidOfVersionEightAndIsTaken) {
    IdTable table(3);
    const std::string name = table.name_row("row");
    ASSERT_EQ(name.size(), 36U);
    EXPECT_EQ(name[14], '8');
    EXPECT_NE(std::string("89ab").find(name[19]), std::string::npos);
    EXPECT_FALSE(table.add(name));
}

}  // namespace
}  // namespace assay::engine
