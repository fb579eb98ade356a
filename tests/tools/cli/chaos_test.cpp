// Chaos plans: what is taken, what is refused, and when they strike.
// SPDX-License-Identifier: MIT
#include "tools/cli/chaos.hpp"

#include <gtest/gtest.h>

#include "tests/support/matchers.hpp"

namespace assay::tools {
namespace {

ChaosPlan plan_of(std::string_view text) {
    auto plan = parse_chaos(text);
    EXPECT_THAT(plan, testing::IsOk()) << text;
    return plan ? *plan : ChaosPlan{};
}
HttpResponse answer_of(std::string_view text, bool goes_on = true) {
    return chaos_answer(plan_of(text), [goes_on](std::chrono::milliseconds) { return goes_on; });
}

TEST(Chaos, PartsStandInAnyOrder) {
    ChaosPlan expected;
    expected.status = 503;
    expected.delay = std::chrono::milliseconds(2'000);
    expected.every = 3;
    EXPECT_EQ(plan_of("status=503,delay=2000,every=3"), expected);
    EXPECT_EQ(plan_of("every=3,delay=2000,status=503"), expected);
    EXPECT_TRUE(plan_of("wrong-tls").wrong_tls);
    EXPECT_FALSE(plan_of("wrong-tls").ends_answer());
    EXPECT_FALSE(plan_of("delay=5").ends_answer());
}

TEST(Chaos, WhatMeansNothingIsRefusedByName) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"staus=503", "\"staus\""},
        {"status=99", "from 200 to 599"},
        {"status=50x", "\"50x\""},
        {"delay=-1", "from 0 to 600000"},
        {"every=0", "from 1"},
        {"redirect=/x", "takes a URL"},
        {"drip=1", "\"drip\""},
        {"drop", "\"drop\""},
        {"status=503,drip", "one of"},
        {"reset,huge-body", "one of"},
        {"wrong-tls,every=2", "every"},
        {"every=1", "nothing"},
        {",", "\"\""},
    };
    for (const auto& [text, named] : rows) {
        const auto plan = parse_chaos(text);
        ASSERT_FALSE(plan) << text;
        EXPECT_EQ(plan.error().field, "--chaos");
        EXPECT_NE(plan.error().message.find(named), std::string::npos) << plan.error().message;
    }
}

TEST(Chaos, StrikesEveryNthTime) {
    const ChaosPlan third = plan_of("reset,every=3");
    std::string struck;
    for (int number = 1; number <= 7; ++number)
        struck += strikes(third, number) ? 'x' : '.';
    EXPECT_EQ(struck, "..x..x.");
    EXPECT_TRUE(strikes(plan_of("reset"), 1));
}

TEST(Chaos, AnswersAsThePlanSays) {
    EXPECT_EQ(answer_of("status=429").status, 429);
    EXPECT_EQ(answer_of("reset").stream->next().state, BodySource::State::broken);
    const HttpResponse redirect = answer_of("redirect=https://example.com/x");
    EXPECT_EQ(redirect.status, 307);
    EXPECT_EQ(*find_field(redirect.fields, "Location"), "https://example.com/x");
}

TEST(Chaos, ADripGivesAByteAtATimeAndEndsWhenItsReceiverDoes) {
    const HttpResponse drip = answer_of("drip");
    const BodySource::Piece piece = drip.stream->next();
    EXPECT_EQ(piece.bytes.size(), 1U);
    EXPECT_EQ(piece.state, BodySource::State::more);
    EXPECT_EQ(answer_of("drip", false).stream->next().state, BodySource::State::broken);
}

TEST(Chaos, AHugeBodyIsAGibibyte) {
    const HttpResponse flood = answer_of("huge-body");
    std::size_t bytes = 0;
    for (;;) {
        const BodySource::Piece piece = flood.stream->next();
        bytes += piece.bytes.size();
        if (piece.state == BodySource::State::ended) break;
    }
    EXPECT_EQ(bytes, std::size_t{1} << 30);
}

}  // namespace
}  // namespace assay::tools
