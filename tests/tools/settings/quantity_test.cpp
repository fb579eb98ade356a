// Durations and sizes in people's units, and names that were nearly right.
// SPDX-License-Identifier: MIT
#include "tools/settings/quantity.hpp"

#include <gmock/gmock.h>

#include <array>

#include "tests/support/matchers.hpp"
#include "tools/settings/nearest_name.hpp"

namespace assay::tools {
namespace {

using namespace std::chrono_literals;
using testing::FailsWith;

TEST(Duration, IsAWholeNumberWithItsUnit) {
    EXPECT_EQ(*parse_duration("500ms"), 500ms);
    EXPECT_EQ(*parse_duration(" 30 s "), 30s);
    EXPECT_EQ(*parse_duration("5m"), 5min);
    EXPECT_EQ(*parse_duration("2h"), 2h);
    EXPECT_EQ(*parse_duration("1d"), 24h);
    EXPECT_EQ(*parse_duration("0"), 0ms) << "nothing needs no unit";
    for (const char* text : {"", "30", "s", "-1s", "1.5s", "1w", "30S", "4000d", "99999999999999d"})
        EXPECT_THAT(parse_duration(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

TEST(Size, IsBytesUnlessAUnitIsThere) {
    EXPECT_EQ(*parse_size("0"), 0);
    EXPECT_EQ(*parse_size("1024"), 1'024);
    EXPECT_EQ(*parse_size("64KiB"), 65'536);
    EXPECT_EQ(*parse_size("256 MiB"), 268'435'456);
    for (const char* text : {"", "MiB", "-1", "1.5MiB", "1MB", "2000TiB"})
        EXPECT_THAT(parse_size(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

TEST(Quantity, IsWrittenInTheLargestUnitThatKeepsItWhole) {
    EXPECT_EQ(format_duration(0ms), "0ms");
    EXPECT_EQ(format_duration(1'500ms), "1500ms");
    EXPECT_EQ(format_duration(90s), "90s");
    EXPECT_EQ(format_duration(60s), "1m");
    EXPECT_EQ(format_size(65'536), "64KiB");
    EXPECT_EQ(format_size(1'025), "1025B");
    for (const auto duration : {1ms, 999ms, 60'000ms, 86'400'000ms})
        EXPECT_EQ(*parse_duration(format_duration(duration)), duration);
}

TEST(NearestName, FindsWhatWasMistyped) {
    constexpr std::array<std::string_view, 4> known{"listen", "data_dir", "public_url", "tls_key"};
    EXPECT_EQ(nearest_name("lisen", known), "listen");
    EXPECT_EQ(nearest_name("litsen", known), "listen");
    EXPECT_EQ(nearest_name("Data-Dir", known), "data_dir");
    EXPECT_EQ(nearest_name("publicurl", known), "public_url");
    EXPECT_EQ(nearest_name("colour", known), "");
    EXPECT_EQ(nearest_name("", known), "");
    EXPECT_EQ(nearest_name(std::string(10'000, 'l'), known), "");
}

}  // namespace
}  // namespace assay::tools
