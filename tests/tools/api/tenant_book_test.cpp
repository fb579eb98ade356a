// Which addresses a list of allowed ones has.
// SPDX-License-Identifier: MIT
#include "tools/api/tenant_book.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::tools {
namespace {

bool admits(const std::vector<std::string>& allowed, std::string_view address) {
    const auto parsed = parse_allowed(allowed);
    EXPECT_THAT(parsed, testing::IsOk());
    return is_allowed(address, *parsed);
}

TEST(AllowedAddresses, NoneGivenMeansEverywhere) {
    EXPECT_TRUE(admits({}, "203.0.113.7"));
    EXPECT_TRUE(admits({}, "2001:db8::1"));
}

TEST(AllowedAddresses, AreSingleOnesAndBlocksOfBothFamilies) {
    const std::vector<std::string> allowed{"203.0.113.7", "10.0.0.0/8", "2001:db8::/32"};
    for (const char* inside : {"203.0.113.7", "10.255.0.1", "2001:db8:1::5", "::ffff:10.1.2.3"})
        EXPECT_TRUE(admits(allowed, inside)) << inside;
    for (const char* outside : {"203.0.113.8", "11.0.0.1", "2001:db9::1", "", "10.1", "localhost"})
        EXPECT_FALSE(admits(allowed, outside)) << outside;
    EXPECT_FALSE(admits({"::/0"}, "10.0.0.1")) << "all of IPv6 is not all";
}

TEST(AllowedAddresses, ThatAreNoneAreRefusedByName) {
    for (const char* wrong : {"", "10.0.0.1/8", "10.0.0.0/33", "example.com", "10.0.0.0/8 "}) {
        const auto refused = parse_allowed({"192.0.2.1", wrong});
        ASSERT_THAT(refused, testing::FailsWith(ErrorCode::invalid_argument)) << wrong;
        EXPECT_EQ(refused.error().field, "allowed_ips");
    }
}

}  // namespace
}  // namespace assay::tools
