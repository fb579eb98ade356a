// The small values of the API: queries, JSON bodies, problems, log lines, rate limits.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/log.hpp"
#include "tools/api/problem.hpp"
#include "tools/api/query.hpp"
#include "tools/api/rate_limit.hpp"

namespace assay::tools {
namespace {

using namespace std::chrono_literals;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ManualClock;

TEST(Query, DecodesNamesAndValues) {
    const auto query = Query::parse("a=1&b=x%20y+z&c&d=%C3%A9");
    ASSERT_THAT(query, IsOk());
    EXPECT_EQ(*query->find("a"), "1");
    EXPECT_EQ(*query->find("b"), "x y z");
    EXPECT_EQ(*query->find("c"), "");
    EXPECT_EQ(*query->find("d"), "\xc3\xa9");
    EXPECT_EQ(query->find("e"), nullptr);
}

TEST(Query, RefusesWhatCouldBeReadTwoWays) {
    for (const char* text : {"a=1&a=2", "a=%", "a=%2", "a=%zz", "a=%00", "a=%0d%0a", "a=%ff"})
        EXPECT_THAT(Query::parse(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

TEST(Query, ChecksNumbersAndSaysTheirRange) {
    const auto query = Query::parse("limit=101&n=-5&x=1.5");
    EXPECT_THAT(query->limit(), FailsWith(ErrorCode::invalid_argument));
    EXPECT_EQ(*query->integer("n", 0, -10, 10), -5);
    EXPECT_THAT(query->integer("x", 0, 0, 10), FailsWith(ErrorCode::invalid_argument));
    EXPECT_EQ(*query->integer("absent", 7, 0, 10), 7);
    const auto refused = query->only({"limit", "n"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "x");
    EXPECT_EQ(refused.error().remedy, "it takes limit, n");
}

TEST(JsonBody, RefusesRepeatedNamesAtAnyDepth) {
    EXPECT_THAT(parse_json(R"({"a":1,"b":{"a":2}})"), IsOk());
    EXPECT_THAT(parse_json(R"({"a":1,"a":2})"), FailsWith(ErrorCode::duplicate_key));
    EXPECT_THAT(parse_json(R"([{"b":{"x":1,"\u0078":2}}])"), FailsWith(ErrorCode::duplicate_key));
}

TEST(JsonBody, RefusesWhatIsNotOneJsonDocument) {
    for (const char* text : {"{", "{} {}", "{\"a\":1,}", "nul", "{\"a\":\"\xff\"}", "// x\n{}"})
        EXPECT_THAT(parse_json(text), FailsWith(ErrorCode::invalid_json)) << text;
    EXPECT_THAT(parse_json(std::string(40, '[') + std::string(40, ']')),
                FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(parse_json_object("[]"), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(parse_json_object(" "), IsOk());
    EXPECT_THAT(parse_json_object("null"), IsOk());
}

TEST(JsonBody, NamesTheMemberThatIsWrongOrUnknown) {
    const auto object = parse_json_object(R"({"name":"a","count":11,"list":["x",""],"odd":1})");
    {
        MemberReader reader(*object);
        EXPECT_EQ(reader.text("name", 10), "a");
        EXPECT_EQ(reader.integer("count", 0, 10), std::nullopt);
        const auto read = reader.finish();
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().field, "count");
    }
    {
        MemberReader reader(*object, "outer");
        reader.texts("list", 5, 5);
        EXPECT_EQ(reader.finish().error().field, "outer.list");
    }
    MemberReader reader(*object);
    reader.text("name", 10);
    reader.integer("count", 0, 20);
    reader.array("list", 5);
    const auto read = reader.finish();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field, "odd");
    EXPECT_EQ(read.error().remedy, "the known members are name, count, list");
}

TEST(Problem, SaysWhatWhereAndHowToMendIt) {
    Error error = fail(ErrorCode::invalid_input, "is negative", "/quantity", "write 1 or more");
    error.line = 3;
    const HttpResponse response = problem(error);
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(*find_field(response.fields, "content-type"), "application/problem+json");
    EXPECT_EQ(response.body,
              R"({"type":"about:blank","title":"Unprocessable Content","status":422,)"
              R"("code":"invalid_input","message":"is negative","param":"/quantity","line":3,)"
              R"("remedy":"write 1 or more"})");
}

TEST(Problem, KeepsWhatWentWrongInsideToItself) {
    const HttpResponse response = problem(fail(ErrorCode::io_error, "open /secret/place failed"));
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, ::testing::Not(HasSubstr("secret")));
}

TEST(Problem, SaysHowToComeBack) {
    EXPECT_NE(find_field(problem(fail(ErrorCode::unauthorized, "x")).fields, "WWW-Authenticate"),
              nullptr);
    EXPECT_NE(find_field(problem(fail(ErrorCode::busy, "x")).fields, "Retry-After"), nullptr);
    EXPECT_EQ(http_status_of(ErrorCode::quota_exceeded), 429);
    EXPECT_EQ(http_status_of(ErrorCode::storage_full), 507);
    EXPECT_EQ(http_status_of(ErrorCode::already_settled), 409);
}

TEST(Log, WritesOneHarmlessLine) {
    ManualClock clock;
    std::string line;
    Log log(clock, [&](std::string_view text) { line = text; });
    log.write(LogLevel::warning, "odd",
              {{"path", "/a\r\nb\x1b[31m\xff"}, {"status", std::int64_t{404}}});
    EXPECT_EQ(line,
              "{\"time\":\"2026-05-25T10:30:00.000Z\",\"level\":\"warning\",\"event\":\"odd\","
              "\"path\":\"/a\\r\\nb\\u001b[31m?\",\"status\":404}\n");
}

TEST(RateLimiter, LetsABurstThroughThenTheRate) {
    RateLimiter limiter({2, 3});
    SteadyTime now{1h};
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(limiter.take("a", now));
    EXPECT_FALSE(limiter.take("a", now));
    EXPECT_FALSE(limiter.has("a", now));
    EXPECT_TRUE(limiter.take("b", now));
    EXPECT_TRUE(limiter.take("a", now + 500ms));
    EXPECT_FALSE(limiter.take("a", now + 500ms));
    EXPECT_TRUE(limiter.has("a", now + 2s));
}

TEST(RateLimiter, StaysBounded) {
    RateLimiter limiter({1, 1}, 2);
    const SteadyTime now{1h};
    EXPECT_TRUE(limiter.take("a", now));
    EXPECT_TRUE(limiter.take("b", now));
    EXPECT_TRUE(limiter.take("c", now));  // no room: not limited
    EXPECT_TRUE(limiter.take("c", now + 2s));
    EXPECT_FALSE(limiter.take("c", now + 2s));  // a and b were full again and made room
}

}  // namespace
}  // namespace assay::tools
