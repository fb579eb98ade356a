// Headers: nothing that could break a line or lie about the framing goes out.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "notify/endpoint/endpoint.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(HeaderSyntax, NamesAreTokens) {
    for (const auto* name : {"X-Key", "x", "Authorization", "!#$%&'*+-.^_`|~", "X1"})
        EXPECT_THAT(check_header_syntax({name, "v"}), IsOk()) << name;
    for (const auto* name : {"", "X Key", "X-Key:", "X\r\nHost", "X\nY", "X\tY", "(x)", "a/b",
                             "a=b", "\"x\"", "\xc3\xa4", "[x]", "a,b", "{x}", "X\x7f"})
        EXPECT_THAT(check_header_syntax({name, "v"}), FailsWith(ErrorCode::invalid_argument))
            << name;
    EXPECT_THAT(check_header_syntax({std::string("X\0Y", 3), "v"}),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(check_header_syntax({std::string(129, 'x'), "v"}),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(HeaderSyntax, EveryByteOfAValueIsPrintableOrABlank) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string value = std::string("a") + static_cast<char>(byte) + "b";
        const bool good = byte == '\t' || (byte >= 0x20 && byte < 0x7f);
        EXPECT_EQ(check_header_syntax({"X", value}).has_value(), good) << byte;
    }
    EXPECT_THAT(check_header_syntax({"X", ""}), IsOk());
    EXPECT_THAT(check_header_syntax({"X", std::string(4'096, 'v')}), IsOk());
    EXPECT_THAT(check_header_syntax({"X", std::string(4'097, 'v')}),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(HeaderSyntax, RequestSplittingIsRefused) {
    for (const auto* value : {"a\r\nContent-Length: 0", "a\nX: y", "a\rX: y",
                              "\r\n\r\nGET / HTTP/1.1", "a\xc4\x8d\xc4\x8a"})
        EXPECT_THAT(check_header_syntax({"X", value}), FailsWith(ErrorCode::invalid_argument));
}

TEST(CustomHeaders, NamesOfTheFramingAndOfOursAreReserved) {
    for (const auto* name : {"Host",
                             "host",
                             "HOST",
                             "Content-Length",
                             "Transfer-Encoding",
                             "Connection",
                             "Keep-Alive",
                             "TE",
                             "Trailer",
                             "Upgrade",
                             "Expect",
                             "Content-Type",
                             "Content-Encoding",
                             "User-Agent",
                             "Accept-Encoding",
                             "X-Webhook-Signature",
                             "webhook-id",
                             "Webhook-Signature",
                             "webhook-timestamp",
                             "X-Assay-Event-Id",
                             "x-assay-anything",
                             "Proxy-Authorization"})
        EXPECT_THAT(check_custom_header({name, "v"}), FailsWith(ErrorCode::invalid_argument))
            << name;
    for (const auto* name : {"Authorization", "X-Api-Key", "Accept", "X-Tenant", "Hosted"})
        EXPECT_THAT(check_custom_header({name, "v"}), IsOk()) << name;
}

TEST(CustomHeaders, ValuesDoNotBeginOrEndWithABlank) {
    for (const auto* value : {" v", "v ", "\tv", "v\t", " "})
        EXPECT_THAT(check_custom_header({"X", value}), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(check_custom_header({"X", "a b"}), IsOk());
    EXPECT_THAT(check_custom_header({"X", "a\r\nb"}), FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::notify
