// Heads of responses, whole bodies, dates.
// SPDX-License-Identifier: MIT
#include "tools/api/http_message.hpp"

#include <gmock/gmock.h>

#include "tools/api/http_date.hpp"
#include "tools/api/request_rules.hpp"

namespace assay::tools {
namespace {

TEST(HttpMessage, WritesStatusFramingAndFields) {
    HttpResponse response;
    response.status = 202;
    response.fields = {{"Content-Type", "text/plain"}};
    EXPECT_EQ(serialise_head(response, "now", "Content-Length: 3\r\n", true),
              "HTTP/1.1 202 Accepted\r\nDate: now\r\nContent-Type: text/plain\r\n"
              "Content-Length: 3\r\n\r\n");
    EXPECT_THAT(serialise_head(response, "now", "", false),
                ::testing::HasSubstr("Connection: close\r\n\r\n"));
}

TEST(HttpMessage, NeverLetsALineBreakIntoAField) {
    EXPECT_FALSE(is_field_value("a\r\nb"));
    EXPECT_FALSE(is_field_value(std::string_view("a\0b", 3)));
    EXPECT_TRUE(is_field_value("a\tb"));
    EXPECT_FALSE(is_token("a b"));
    EXPECT_FALSE(is_token(""));
    EXPECT_TRUE(is_token("X-A_b.1"));
}

TEST(HttpMessage, CollectsABodyUpToItsLimit) {
    const auto make = [] {
        return read_whole_body(
            4,
            [](std::string body) {
                HttpResponse response;
                response.body = body;
                return response;
            },
            [] {
                HttpResponse response;
                response.status = 413;
                return response;
            });
    };
    auto sink = make();
    EXPECT_FALSE(sink->feed("ab"));
    EXPECT_FALSE(sink->feed("cd"));
    EXPECT_EQ(sink->finish().body, "abcd");
    sink = make();
    EXPECT_FALSE(sink->feed("abc"));
    EXPECT_EQ(sink->feed("de")->status, 413);
}

TEST(HttpDate, IsInTheOnlyFormOfHttp) {
    EXPECT_EQ(to_http_date(*parse_time("2026-05-25T10:30:00Z")), "Mon, 25 May 2026 10:30:00 GMT");
    EXPECT_EQ(to_http_date(*parse_time("2024-02-29")), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace assay::tools
