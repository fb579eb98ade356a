// Batch facts: the JSON they are kept as, and the success rate.
// SPDX-License-Identifier: MIT
#include "engine/event/batch_facts.hpp"

#include <gtest/gtest.h>

#include "engine/base/random.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;

BatchFacts finished_batch() {
    BatchFacts facts;
    facts.batch = BatchId("0b0e7a3e-0000-4000-8000-000000000001");
    facts.collection_id = "pallet \"7\"";
    facts.status = "completed";
    facts.total = 10;
    facts.successful = 9;
    facts.failed = 1;
    facts.started_at = *parse_time("2026-05-25T10:30:00.100Z");
    facts.completed_at = *parse_time("2026-05-25T10:30:02.350Z");
    facts.by_verdict = {{"buy", 6}, {"pass", 3}};
    return facts;
}

TEST(BatchFactsTest, JsonHasItsKeysInTheirFixedOrder) {
    EXPECT_EQ(to_json(finished_batch()),
              R"({"batch_id":"0b0e7a3e-0000-4000-8000-000000000001",)"
              R"("collection_id":"pallet \"7\"","status":"completed","total_count":10,)"
              R"("completed_count":10,"successful_count":9,"failed_count":1,"cancelled_count":0,)"
              R"("success_rate":90,"started_at":"2026-05-25T10:30:00.100Z",)"
              R"("completed_at":"2026-05-25T10:30:02.350Z","duration_ms":2250,)"
              R"("by_verdict":{"buy":6,"pass":3}})");
}

TEST(BatchFactsTest, WhatIsNotKnownYetIsNull) {
    BatchFacts facts = finished_batch();
    facts.collection_id.reset();
    facts.completed_at.reset();
    facts.status = "in_progress";
    const std::string json = to_json(facts);
    EXPECT_NE(json.find(R"("collection_id":null)"), std::string::npos);
    EXPECT_NE(json.find(R"("completed_at":null,"duration_ms":null)"), std::string::npos);
    const auto read = parse_batch_facts(json);
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, facts);
}

TEST(BatchFactsTest, ADurationIsNeverNegativeWhenTheClockWasSetBack) {
    BatchFacts facts = finished_batch();
    facts.completed_at = *facts.started_at - std::chrono::hours(1);
    EXPECT_NE(to_json(facts).find(R"("duration_ms":0,)"), std::string::npos);
}

TEST(BatchFactsTest, ZeroVerdictsAreLeftOut) {
    BatchFacts facts = finished_batch();
    facts.by_verdict = {{"buy", 0}, {"pass", 9}};
    EXPECT_NE(to_json(facts).find(R"("by_verdict":{"pass":9})"), std::string::npos);
}

TEST(BatchFactsTest, RandomFactsComeBackAsTheyWere) {
    SeededRandom random(7);
    for (int round = 0; round < 500; ++round) {
        BatchFacts facts;
        facts.batch = BatchId(make_uuid(random));
        if (random.next_u64() % 2 == 0) facts.collection_id = make_uuid(random) + "\n\x01ü";
        facts.status = round % 2 == 0 ? "completed" : "cancelled";
        const auto count = [&] { return static_cast<std::int64_t>(random.next_u64() % 1000); };
        facts.successful = count();
        facts.failed = count();
        facts.cancelled = count();
        facts.total = facts.successful + facts.failed + facts.cancelled + count();
        if (round % 3 != 0) facts.started_at = from_unix_milliseconds(1'700'000'000'000 + round);
        if (round % 5 != 0) facts.completed_at = from_unix_milliseconds(1'700'000'001'000 + round);
        facts.by_verdict = {{"buy", 1 + count()}, {"watch", 1 + count()}};
        const auto read = parse_batch_facts(to_json(facts));
        ASSERT_THAT(read, IsOk());
        ASSERT_EQ(*read, facts);
    }
}

TEST(BatchFactsTest, TextThatIsNotOursIsCorrupt) {
    const std::string good = to_json(finished_batch());
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_THAT(parse_batch_facts(good.substr(0, length)), FailsWith(ErrorCode::corrupt));
    }
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return parse_batch_facts(text);
    };
    EXPECT_THAT(with("\"completed\"", "\"finished\""), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(with("\"total_count\":10", "\"total_count\":9"), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(with("\"failed_count\":1", "\"failed_count\":-1"), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(with("\"failed_count\":1", "\"failed_count\":9223372036854775807"),
                FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(with("\"failed_count\":1", "\"failed_count\":\"1\""),
                FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(with("2026-05-25T10:30:00.100Z", "yesterday"), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(with("\"buy\":6", "\"buy\":null"), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(parse_batch_facts("[]"), FailsWith(ErrorCode::corrupt));
}

TEST(SuccessRateTest, IsAPercentageHalfUpToTwoDecimals) {
    EXPECT_EQ(success_rate(9, 10), 90);
    EXPECT_EQ(success_rate(2, 3), 66.67);
    EXPECT_EQ(success_rate(1, 3), 33.33);
    EXPECT_EQ(success_rate(1, 8), 12.5);
    EXPECT_EQ(success_rate(1, 800), 0.13);  // 0.125
    EXPECT_EQ(success_rate(0, 0), 0);
}

TEST(SuccessRateTest, IsNeverFullWithAFailureNorZeroWithASuccess) {
    EXPECT_EQ(success_rate(99'999, 100'000), 99.99);
    EXPECT_EQ(success_rate(1, 100'000), 0.01);
    EXPECT_EQ(success_rate(100'000, 100'000), 100);
    EXPECT_EQ(success_rate(0, 100'000), 0);
}

}  // namespace
}  // namespace assay::engine
