// Names of headers: what may be sent, and what nobody may choose.
// SPDX-License-Identifier: MIT
#include "notify/sign/header_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::notify {
namespace {

TEST(HeaderName, IsATokenOfAtMost128Characters) {
    for (const auto* name : {"X-Signature", "signature", "webhook-id", "a!#$%&'*+-.^_`|~0"})
        EXPECT_TRUE(is_header_name(name)) << name;
    EXPECT_TRUE(is_header_name(std::string(128, 'a')));
    EXPECT_FALSE(is_header_name(std::string(129, 'a')));
    for (const auto* name : {"", " ", "a b", "a:", "a\r\nb", "a\"", "\xc3\xa4"})
        EXPECT_FALSE(is_header_name(name)) << name;
}

TEST(HeaderName, FramingIsReservedInAnyCase) {
    EXPECT_TRUE(is_reserved_header("Content-Length"));
    EXPECT_TRUE(is_reserved_header("HOST"));
    EXPECT_TRUE(is_reserved_header("X-Assay-Sequence")) << "we send it ourselves";
    EXPECT_FALSE(is_reserved_header("X-Signature"));
    EXPECT_FALSE(is_reserved_header("Authorization"));
}

TEST(HeaderName, CaseOfLettersDoesNotMatter) {
    EXPECT_TRUE(same_header_name("Webhook-ID", "webhook-id"));
    EXPECT_FALSE(same_header_name("webhook-id", "webhook-id2"));
    EXPECT_FALSE(same_header_name("a_", "a\x7f"));
}

}  // namespace
}  // namespace assay::notify
