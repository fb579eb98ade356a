// Generators and UUIDs.
// SPDX-License-Identifier: MIT
#include "engine/base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace assay {
namespace {

bool is_uuid(const std::string& text, char version) {
    if (text.size() != 36 || text[14] != version) return false;
    if (std::string_view("89ab").find(text[19]) == std::string_view::npos) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen != (text[i] == '-')) return false;
        if (!hyphen && std::string_view("0123456789abcdef").find(text[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

TEST(RandomTest, ASeedDecidesEverything) {
    SeededRandom one(1), same(1), other(2);
    const std::uint64_t first = one.next_u64();
    EXPECT_EQ(first, same.next_u64());
    EXPECT_NE(first, other.next_u64());
    // SplitMix64's published first output for seed 0.
    EXPECT_EQ(SeededRandom(0).next_u64(), 0xe220a8397b1dcdafULL);
}

TEST(RandomTest, UnitsLieInTheirIntervalAndAverageOut) {
    SeededRandom random(9);
    double sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double unit = random.next_unit();
        ASSERT_GE(unit, 0.0);
        ASSERT_LT(unit, 1.0);
        sum += unit;
    }
    EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
}

TEST(RandomTest, FillsEveryByteOfOddSizes) {
    SystemRandom random;
    std::array<std::byte, 1001> bytes{};
    random.fill(bytes);
    std::set<std::byte> seen(bytes.begin(), bytes.end());
    EXPECT_GT(seen.size(), 200U);
    random.fill({});
}

TEST(UuidTest, RandomOnesAreVersion4AndDiffer) {
    SystemRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const std::string uuid = make_uuid(random);
        ASSERT_TRUE(is_uuid(uuid, '4')) << uuid;
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 1'000U);
}

TEST(UuidTest, HashedOnesAreVersion8AndStable) {
    const std::string uuid = uuid_from_hash(0x0123456789abcdefULL, 0xfedcba9876543210ULL);
    EXPECT_EQ(uuid, "01234567-89ab-8def-bedc-ba9876543210");
    EXPECT_TRUE(is_uuid(uuid, '8'));
}

}  // namespace
}  // namespace assay
